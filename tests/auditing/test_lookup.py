import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fracture.auditing.auroc import Bootstrap
from fracture.auditing.lookup import hash_lookup

TABLE = pd.DataFrame(
    [
        ("a", 1, "train"),
        ("b", 0, "train"),
        ("c", 0, "train"),
        ("d", 0, "train"),
        ("a", 1, "test"),  # found: 1
        ("b", 0, "test"),  # found: 0
        ("e", 1, "test"),  # not found: one quarter
        ("f", 0, "test"),  # likewise
        ("g", 0, "validation"),
    ],
    columns=["exposure", "fractured", "part"],
)
TABLE["group"] = [f"group{row}" for row in range(len(TABLE))]
BOOTSTRAP = Bootstrap(draws=300, confidence=0.95, seed=0)


def test_scores_by_hand() -> None:
    # Of the four pairs, fractured against not, three are ordered rightly and one is tied.
    assert hash_lookup(TABLE, "part", BOOTSTRAP) == {
        "n": 4,
        "positives": 2,
        "looked_up": 2,
        "share": 0.5,
        "auroc": 0.875,
        # Four radiographs: a draw may hold the tied pair alone, or nothing but what was found.
        "auroc_low": 0.5,
        "auroc_high": 1.0,
        "accuracy": 0.75,
    }


def test_several_copies_in_training_give_their_mean() -> None:
    twice = pd.concat([TABLE, pd.DataFrame([("a", 0, "train", "x")], columns=TABLE.columns)])
    result = hash_lookup(twice, "part", BOOTSTRAP)
    assert result["auroc"] == 0.875  # a scores one half, the unknown ones one fifth
    assert result["accuracy"] == 0.75


@pytest.mark.parametrize("absent", ["train", "test"])
def test_a_data_set_without_a_split_of_its_own_has_no_score(absent: str) -> None:
    result = hash_lookup(TABLE[TABLE["part"] != absent], "part", BOOTSTRAP)
    assert list(result) == list(hash_lookup(TABLE, "part", BOOTSTRAP))
    assert (result["n"], result["looked_up"], result["auroc"]) == (0, 0, None)


def test_a_test_part_of_one_class_has_an_accuracy_alone() -> None:
    rows = TABLE[(TABLE["part"] != "test") | (TABLE["fractured"] == 0)]
    result = hash_lookup(rows, "part", BOOTSTRAP)
    assert (result["auroc"], result["auroc_low"], result["accuracy"]) == (None, None, 1.0)


@settings(max_examples=25)
@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=4))
def test_where_no_exposure_crosses_memory_is_chance(rows: list[tuple[bool, bool]]) -> None:
    rows += [(False, True), (True, True), (False, False), (True, False)]
    table = pd.DataFrame(
        [(str(n), int(label), "test" if held else "train") for n, (label, held) in enumerate(rows)],
        columns=["exposure", "fractured", "part"],
    )
    table["group"] = table["exposure"]
    result = hash_lookup(table, "part", BOOTSTRAP)
    assert (result["looked_up"], result["share"], result["auroc"]) == (0, 0.0, 0.5)
    # Of a handful of radiographs most draws may lack a class.
    assert (result["auroc_low"], result["auroc_high"]) in {(0.5, 0.5), (None, None)}
