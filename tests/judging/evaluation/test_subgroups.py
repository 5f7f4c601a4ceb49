"""Scores of the test radiographs of each body part, view, implant and image size."""

import pandas as pd
import pytest

from fracture.judging.subgroups import age_band, attributes
from tests.judging.evaluation.examples import predictions, scores


def test_subgroups_hold_each_test_radiograph_once() -> None:
    result = scores()
    assert list(result.subgroups) == ["body part", "view", "age", "hardware", "image size"]
    assert list(result.subgroups["image size"]) == ["0 to 0.5 megapixels", "0.5 to 2 megapixels"]
    for parts in result.subgroups.values():
        assert sum(part.n for part in parts.values()) == 120
        assert sum(part.counts[1] for part in parts.values()) == 40


def test_a_subgroup_of_one_class_is_undefined_and_never_the_weakest() -> None:
    result = scores()
    hardware = result.subgroups["hardware"]["hardware"]
    assert (hardware.n, hardware.positives, hardware.groups) == (2, 0, 1)
    assert hardware.scores["auroc"].value is None
    assert hardware.scores["brier"].value is not None
    assert result.weakest is not None
    attribute, value, part = result.weakest
    assert part == result.subgroups[attribute][value]
    known = [
        each.scores["auroc"].value
        for parts in result.subgroups.values()
        for each in parts.values()
        if each.scores["auroc"].value is not None
    ]
    assert part.scores["auroc"].value == min(known)


def weakest(table: pd.DataFrame, least_subgroup: int) -> tuple[str, str]:
    """Return attribute and value of the weakest subgroup, of which there is one."""
    found = scores(table, least_subgroup=least_subgroup).weakest
    assert found is not None
    return found[:2]


def set_apart(table: pd.DataFrame, part: str, fractured: slice, others: slice) -> None:
    """Give test radiographs another body part; the fractured ones get the probability 0.

    Args:
        table: Predictions, which are changed.
        part: The body part that they get.
        fractured: Which of the fractured test radiographs.
        others: Which of the other test radiographs.
    """
    chosen = [
        table.index[(table["part"] == "test") & (table["label"] == label)][rows]
        for label, rows in ((1, fractured), (0, others))
    ]
    table.loc[chosen[0], "probability"] = 0.0
    table.loc[chosen[0].union(chosen[1]), "body_part"] = part


def test_a_small_subgroup_is_never_the_weakest() -> None:
    # 6 of the 40 fractured radiographs stand apart, and are taken for the least probable ones.
    table = predictions()
    set_apart(table, "hip", slice(6), slice(20))
    assert scores(table).subgroups["body part"]["hip"].counts == [20, 6]
    assert weakest(table, least_subgroup=6) == ("body part", "hip")
    assert weakest(table, least_subgroup=7) != ("body part", "hip")
    assert scores(table, least_subgroup=1000).weakest is None


def test_a_subgroup_that_is_nearly_all_is_never_the_weakest() -> None:
    # All but 6 of the 40 fractured radiographs and 10 of the 80 others are of a leg, badly told.
    table = predictions()
    table.loc[table["part"] == "test", "body_part"] = "hand"
    set_apart(table, "leg", slice(6, None), slice(10, None))
    assert scores(table).subgroups["body part"]["leg"].counts == [70, 34]
    assert weakest(table, least_subgroup=6) == ("body part", "leg")
    attribute, _ = weakest(table, least_subgroup=7)
    assert attribute != "body part"


def test_a_subgroup_of_one_radiograph() -> None:
    table = predictions()
    table.loc[table.index[-1], "body_part"] = "hip"
    hip = scores(table).subgroups["body part"]["hip"]
    assert (hip.n, hip.groups) == (1, 1)
    assert hip.scores["auroc"].value is None
    assert hip.scores["log_loss"].low is None


def test_an_attribute_of_one_value_makes_no_subgroups() -> None:
    table = predictions().assign(body_part="leg", view="", age="", flags="", width=100)
    result = scores(table)
    assert result.subgroups == {}
    assert result.weakest is None


TABLE = pd.DataFrame(
    {
        "body_part": ["hand", "leg", "hand"],
        "view": ["frontal", "", "frontal+lateral"],
        "age": ["5.99", "18", ""],
        "sex": ["female", "", "male"],
        "flags": ["", "hardware;multiscan", "multiscan"],
        "width": [500, 1000, 2000],
        "height": [500, 500, 1000],
    },
    index=[7, 3, 5],
)


@pytest.mark.parametrize(
    ("attribute", "values"),
    [
        ("body part", ["hand", "leg", "hand"]),
        ("view", ["frontal", "unknown", "frontal+lateral"]),
        ("age", ["0 to 5 years", "18 years or more", "unknown"]),
        ("sex", ["female", "unknown", "male"]),
        ("hardware", ["no hardware", "hardware", "no hardware"]),
        ("image size", ["0 to 0.5 megapixels", "0.5 to 2 megapixels", "2 megapixels or more"]),
    ],
)
def test_values_of_each_row(attribute: str, values: list[str]) -> None:
    found = attributes([6, 18])[attribute](TABLE)
    assert found.tolist() == values
    assert found.index.tolist() == [7, 3, 5]


def test_bands_of_age_ascend_and_the_unknown_come_last() -> None:
    bands = age_band(pd.Series(["70", "", "0", "6", "17.9", "18"]), [6, 18, 65])
    assert bands.cat.categories.tolist() == [
        "0 to 5 years", "6 to 17 years", "18 to 64 years", "65 years or more", "unknown",
    ]  # fmt: skip
    assert bands.tolist() == [
        "65 years or more", "unknown", "0 to 5 years", "6 to 17 years", "6 to 17 years",
        "18 to 64 years",
    ]  # fmt: skip
    assert age_band(pd.Series(["5", ""]), []).tolist() == ["0 years or more", "unknown"]
