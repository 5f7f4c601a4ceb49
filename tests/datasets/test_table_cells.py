"""Cells of somebody's table, in words of the project."""

import pytest

from fracture.datasets.table import cells


@pytest.mark.parametrize(
    ("cell", "part"),
    [
        ("Train", "train"), (" training ", "train"), ("VAL", "validation"), ("dev", "validation"),
        ("validation", "validation"), ("testing", "test"), ("", ""), ("NaN", ""),
    ],
)  # fmt: skip
def test_parts(cell: str, part: str) -> None:
    assert cells.read_part(cell) == part


@pytest.mark.parametrize(
    ("cell", "sex"),
    [("F", "female"), ("w", "female"), ("Weiblich", "female"), ("M", "male"), ("männlich", "male"),
     ("Other", ""), ("-", ""), ("", "")],
)  # fmt: skip
def test_sexes(cell: str, sex: str) -> None:
    assert cells.read_sex(cell) == sex


@pytest.mark.parametrize(
    ("cell", "age"),
    [("45", 45.0), ("7,5", 7.5), (" 0.25 ", 0.25), ("045Y", 45.0), ("006m", 0.5), ("", None),
     ("N/A", None), ("unknown", None)],
)  # fmt: skip
def test_ages(cell: str, age: float | None) -> None:
    assert cells.read_age(cell) == age


@pytest.mark.parametrize(
    ("cell", "truth"),
    [("1", True), ("1.0", True), ("TRUE", True), ("ja", True), ("x", True), ("0", False),
     ("false", False), ("No", False), ("", False)],
)  # fmt: skip
def test_truths(cell: str, truth: bool) -> None:
    assert cells.read_truth(cell) is truth


@pytest.mark.parametrize(
    ("cell", "boxes"),
    [
        ("", ()),
        ("[]", ()),
        ("[[1, 2, 3, 4.5]]", ((1.0, 2.0, 3.0, 4.5),)),
        ("[1, 2, 3, 4]", ((1.0, 2.0, 3.0, 4.0),)),
        ("[[1, 2, 3, 4], [5, 6, 7, 8]]", ((1.0, 2.0, 3.0, 4.0), (5.0, 6.0, 7.0, 8.0))),
    ],
)
def test_boxes(cell: str, boxes: tuple[cells.Box, ...]) -> None:
    assert cells.read_boxes(cell) == boxes


def test_boxes_of_four_cells() -> None:
    assert cells.read_box(["1", "2", "3", "4,5"], extents=False) == ((1.0, 2.0, 3.0, 4.5),)
    assert cells.read_box(["1", "2", "3", "4"], extents=True) == ((1.0, 2.0, 4.0, 6.0),)
    assert cells.read_box(["", " ", "NA", ""], extents=True) == ()


@pytest.mark.parametrize(
    "refused",
    [
        lambda: cells.read_part("fold 3"),
        lambda: cells.read_sex("1"),  # male for one, female for another
        lambda: cells.read_age("old"),
        lambda: cells.read_age("180"),
        lambda: cells.read_age("inf"),
        lambda: cells.read_truth("perhaps"),
        lambda: cells.read_boxes("1, 2, 3, 4"),
        lambda: cells.read_boxes('{"left": 1}'),
        lambda: cells.read_boxes("[[1, 2, 3]]"),
        lambda: cells.read_boxes("[[3, 2, 1, 4]]"),  # no area
        lambda: cells.read_boxes('[["1", 2, 3, 4]]'),
        lambda: cells.read_boxes("[[1, 2, 3, NaN]]"),
        lambda: cells.read_box(["1", "2", "3", ""], extents=False),
    ],
)
def test_what_is_not_clear_is_refused(refused: object) -> None:
    assert callable(refused)
    with pytest.raises(ValueError):  # noqa: PT011 - the table names the rows
        refused()


def test_words_that_only_a_public_table_may_bring() -> None:
    assert cells.read_body_part("Left  Wrist", private=False) == "left_wrist"
    assert cells.read_body_part("Left Wrist", private=True) == ""
    assert cells.read_body_part("Handgelenk", private=True) == "wrist"
    assert cells.read_body_part("LOWER_LEG", private=True) == "leg"
    assert cells.read_view("Lateral", private=True) == "lateral"
    assert cells.read_view("pa", private=True) == "frontal"
    assert cells.read_view("Meier", private=True) == ""
    assert cells.read_view("Y view", private=False) == "y_view"
