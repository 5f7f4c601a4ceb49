from collections import Counter
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fracture.artifacts.manifest import Radiograph
from fracture.console import PipelineError
from fracture.splitting.draw import keep_shipped, validation_folds
from tests.splitting.examples import radiograph


def shipped(train: int, test: int, validation: int = 0) -> list[Radiograph]:
    """Return groups of one radiograph each, every fourth fractured."""
    names = ["train"] * train + ["test"] * test + ["validation"] * validation
    return [radiograph(n, n, n % 4 == 0, shipped=name) for n, name in enumerate(names)]


def test_a_shipped_split_of_three_parts_is_kept_to_the_radiograph() -> None:
    radiographs = shipped(40, 12, 8)
    assert keep_shipped(radiographs, 0.1, 0.2, 0) == {r.id: r.shipped for r in radiographs}


@pytest.mark.parametrize(
    ("validation", "test", "folds"),
    [(0.1, 0.2, (1, 8)), (0.2, 0.2, (1, 4)), (0.15, 0.15, (3, 17)), (0.45, 0.45, (9, 11))],
)
def test_validation_is_to_training_as_in_a_split_drawn_here(
    validation: float, test: float, folds: tuple[int, int]
) -> None:
    assert validation_folds(validation, test) == folds
    assert folds[0] / folds[1] == pytest.approx(validation / (1 - test))


def test_a_missing_validation_part_is_drawn_from_training_alone_and_stratified() -> None:
    radiographs = shipped(160, 40)
    parts = keep_shipped(radiographs, 0.1, 0.2, 0)
    assert {r.id for r in radiographs if r.shipped == "test"} == {
        name for name, part in parts.items() if part == "test"
    }
    fractured = Counter(parts[r.id] for r in radiographs if r.fractured)
    assert Counter(parts.values()) == {"train": 140, "validation": 20, "test": 40}
    assert fractured == {"train": 35, "validation": 5, "test": 10}


@st.composite
def data_sets(draw: st.DrawFn) -> list[Radiograph]:
    """Groups of one to four radiographs, some of them on both shipped sides."""
    random = Random(draw(st.integers(0, 2**20)))  # noqa: S311 - test data
    groups = [group for group in range(60) for _ in range(random.randint(1, 4))]
    return [
        radiograph(
            n, group, n % 2 == 0, random.choice(["hand", "hip"]),
            "train" if group < 40 else random.choice(["train", "test", "test"]),
        )
        for n, group in enumerate(groups)
    ]  # fmt: skip


@settings(max_examples=20)
@given(data_sets(), st.integers(0, 2**31 - 1), st.randoms())
def test_the_draw_divides_no_group_and_moves_no_test_radiograph(
    radiographs: list[Radiograph], seed: int, random: Random
) -> None:
    parts = keep_shipped(radiographs, 0.1, 0.2, seed)
    assert parts.keys() == {r.id for r in radiographs}
    drawn: dict[str, set[str]] = {}
    for r in radiographs:
        assert (parts[r.id] == "test") == (r.shipped == "test")
        if r.shipped == "train":
            drawn.setdefault(r.group, set()).add(parts[r.id])
    assert all(len(found) == 1 for found in drawn.values())
    shuffled = random.sample(radiographs, len(radiographs))
    assert parts == keep_shipped(shuffled, 0.1, 0.2, seed)


@pytest.mark.parametrize(
    ("radiographs", "message"),
    [
        (
            [*shipped(9, 9), radiograph(99, 99, True)],
            "1 of 19 .* no part in a split .* 00099: take",
        ),
        ([radiograph(0, 0, True, shipped="valid")], "1 of 1 radiographs have no part"),
        (shipped(40, 0, 8), "has no test part: take the data set out of split.shipped"),
        (shipped(0, 40, 8), "has no train part"),
        (shipped(20, 8), "5 fractured radiographs, fewer than the 8 folds"),
        (
            shipped(40, 1),
            "test holds no radiograph that is not fractured, .*: take the data set",
        ),
    ],
)
def test_a_split_that_cannot_be_kept_is_refused(
    radiographs: list[Radiograph], message: str
) -> None:
    with pytest.raises(PipelineError, match=message):
        keep_shipped(radiographs, 0.1, 0.2, 0)
