import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fracture.auditing.baselines import (
    COLUMNS,
    PRIORS,
    best,
    hash_lookup,
    image_number,
    priors,
    shortcuts,
)
from fracture.judging.bootstrap import Bootstrap
from fracture.params.evaluate import Audit

SECTION = Audit(leaves=8, suspicious=0.7)
BOOTSTRAP = Bootstrap(draws=200, confidence=0.95, seed=0)


def table(n: int = 400, **columns: object) -> pd.DataFrame:
    generator = np.random.default_rng(0)
    parts = ["train", "train", "train", "validation", "test"]
    return pd.DataFrame(
        {
            "part": [parts[row % 5] for row in range(n)],
            "fractured": generator.integers(0, 2, n),
            "group": [f"g{row // 10}" for row in range(n)],
            "path": "images/one.png",
            "file_size": 1,
            "width": 100,
            "height": 100,
            "jpeg_quality": 0,
        }
        | columns
    )


@pytest.mark.parametrize(
    ("path", "number"),
    [
        ("images/IMG0003298.jpg", 3298),
        ("train/patient00011/study1_positive/image2.png", 2),
        ("x/12_34.dcm", 34),
        ("7/none.png", np.nan),
    ],
)
def test_the_last_number_of_the_name_counts(path: str, number: float) -> None:
    assert image_number(path) == pytest.approx(number, nan_ok=True)


def test_a_shortcut_that_is_not_monotone_is_found() -> None:
    frame = table()
    # Fractured ones have the middle of three widths: as a score, the width itself is at chance.
    other = np.where(np.arange(len(frame)) % 2, 100, 300)
    frame["width"] = np.where(frame["fractured"] == 1, 200, other)
    results = shortcuts(frame, SECTION, BOOTSTRAP)
    assert results["width"]["auroc"] == 1.0
    assert results["area"]["auroc"] == results["aspect_ratio"]["auroc"] == 1.0
    assert results["width"]["suspicious"] is True
    test = frame[frame["part"] == "test"]
    assert results["width"]["n"] == len(test)
    assert results["width"]["positives"] == test["fractured"].sum()


def test_what_does_not_vary_tells_nothing() -> None:
    results = shortcuts(table(), SECTION, BOOTSTRAP)
    assert list(results) == list(COLUMNS)
    for row in results.values():
        assert (row["validation_auroc"], row["auroc"], row["suspicious"]) == (None, None, None)
        assert (row["auroc_low"], row["auroc_high"]) == (None, None)
    chosen = best(results)
    assert (chosen["column"], chosen["auroc"], chosen["n"]) == (None, None, 80)


def test_noise_is_at_chance_and_not_suspicious() -> None:
    noise = np.random.default_rng(1).permutation(4000)
    row = shortcuts(table(4000, file_size=noise), SECTION, BOOTSTRAP)["file_size"]
    assert row["auroc"] == pytest.approx(0.5, abs=0.06)
    assert row["suspicious"] is False
    assert row["auroc_low"] is not None
    assert row["auroc_high"] is not None
    assert 0.4 < row["auroc_low"] < 0.5 < row["auroc_high"] < 0.6


def test_the_tree_sees_order_alone_however_long_the_numbers() -> None:
    frame = table()
    short = frame["fractured"] * 400 + np.arange(len(frame))
    long = [f"images/{10**12 + number}.png" for number in short]  # beyond single precision
    results = shortcuts(frame.assign(path=long, file_size=short), SECTION, BOOTSTRAP)
    assert results["image_number"] == results["file_size"]
    assert results["image_number"]["auroc"] == 1.0


def test_a_name_without_a_number_is_a_value_like_any_other() -> None:
    frame = table()
    frame["path"] = [f"{n}.png" if one else "x.png" for n, one in enumerate(frame["fractured"])]
    assert shortcuts(frame, SECTION, BOOTSTRAP)["image_number"]["auroc"] == 1.0


def test_the_best_is_chosen_on_validation_and_test_decides_nothing() -> None:
    frame = table()
    held = frame["part"] == "test"
    turned = frame["fractured"].where(~held, 1 - frame["fractured"])
    noise = np.random.default_rng(1).permutation(len(frame))
    results = shortcuts(frame.assign(file_size=turned, width=1 + noise), SECTION, BOOTSTRAP)
    chosen = best(results)
    assert chosen == {"column": "file_size"} | results["file_size"]
    assert (chosen["validation_auroc"], chosen["auroc"], chosen["suspicious"]) == (1.0, 0.0, False)


def test_few_leaves_see_less() -> None:
    frame = table()
    frame["file_size"] = frame["fractured"] + 2 * (np.arange(len(frame)) // 40)  # ten steps
    assert (
        shortcuts(frame, Audit(leaves=64, suspicious=0.7), BOOTSTRAP)["file_size"]["auroc"] == 1.0
    )
    reached = shortcuts(frame, Audit(leaves=2, suspicious=0.7), BOOTSTRAP)["file_size"]["auroc"]
    assert reached is not None
    assert reached < 0.7


# Shares of fractured training radiographs: hand 3 of 4, hip 1 of 4, foot 1 of 2, all 5 of 10.
KNOWN = pd.DataFrame(
    [("train", body_part, int(label)) for body_part, labels in
     {"hand": "1110", "hip": "1000", "foot": "10"}.items() for label in labels]
    + [("validation", "hand", 1), ("validation", "hip", 0)]
    + [("test", "hand", 1), ("test", "foot", 1),
       ("test", "hip", 0), ("test", "hand", 0), ("test", "elbow", 0)],
    columns=["part", "body_part", "fractured"],
).assign(view="", age=None, sex="")  # fmt: skip
KNOWN["group"] = [f"group{row}" for row in range(len(KNOWN))]


def test_the_table_guesses_by_the_shares_of_the_training_part() -> None:
    found = priors(KNOWN, SECTION, BOOTSTRAP)
    assert list(found) == list(PRIORS)
    # Of six pairs, fractured against not: hand beats hip and elbow (of the mean share) and ties
    # with hand; foot beats hip, ties with elbow, and loses to hand.
    row = found["body_part"]
    assert (row["n"], row["positives"]) == (5, 2)
    assert row["auroc"] == round((1 + 1 + 0.5 + 1 + 0.5) / 6, 6)
    assert row["validation_auroc"] == 1.0
    assert best(found) == {"column": "body_part"} | row


def test_test_labels_teach_the_table_nothing() -> None:
    turned = KNOWN.assign(
        fractured=KNOWN["fractured"].where(KNOWN["part"] != "test", 1 - KNOWN["fractured"])
    )
    reached = priors(turned, SECTION, BOOTSTRAP)["body_part"]["auroc"]
    assert reached == round(1 - 4 / 6, 6)


def test_what_is_known_beforehand_is_never_suspicious() -> None:
    told = KNOWN.assign(sex=KNOWN["fractured"].map({1: "female", 0: "male"}))
    row = priors(told, SECTION, BOOTSTRAP)["sex"]
    assert (row["auroc"], row["suspicious"]) == (1.0, False)


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("view", ["frontal"] * len(KNOWN)),
        ("sex", ["", "", "female", "male"] * 5),  # known of 8 of 17
        ("body_part", ["unknown"] * 9 + ["hand"] * 4 + ["hip"] * 4),
        ("age", [None] * len(KNOWN)),
    ],
)
def test_a_column_of_one_value_or_known_of_few_guesses_nothing(
    column: str, values: list[object]
) -> None:
    table = KNOWN.copy()
    table[column] = pd.Series(values[: len(KNOWN)])
    found = priors(table, SECTION, BOOTSTRAP)[column]
    assert (found["n"], found["auroc"], found["suspicious"]) == (5, None, None)


def test_ages_stand_in_their_order() -> None:
    # Fractured are the youngest and the oldest: two borders, three leaves.
    old = KNOWN["fractured"] * 60 * (np.arange(len(KNOWN)) % 2)
    ages = KNOWN.assign(age=np.where(KNOWN["fractured"] == 1, 5.0 + old, 30.0))
    assert priors(ages, SECTION, BOOTSTRAP)["age"]["auroc"] == 1.0
    two = Audit(leaves=2, suspicious=0.7)
    assert priors(ages, two, BOOTSTRAP)["age"]["auroc"] < 1.0  # type: ignore[operator]


LOOKED_UP = pd.DataFrame(
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
LOOKED_UP["group"] = [f"group{row}" for row in range(len(LOOKED_UP))]
INTERVALS = Bootstrap(draws=300, confidence=0.95, seed=0)


def test_scores_by_hand() -> None:
    # Of the four pairs, fractured against not, three are ordered rightly and one is tied.
    assert hash_lookup(LOOKED_UP, "part", INTERVALS) == {
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
    twice = pd.concat(
        [LOOKED_UP, pd.DataFrame([("a", 0, "train", "x")], columns=LOOKED_UP.columns)]
    )
    result = hash_lookup(twice, "part", INTERVALS)
    assert result["auroc"] == 0.875  # a scores one half, the unknown ones one fifth
    assert result["accuracy"] == 0.75


@pytest.mark.parametrize("absent", ["train", "test"])
def test_a_data_set_without_a_split_of_its_own_has_no_score(absent: str) -> None:
    result = hash_lookup(LOOKED_UP[LOOKED_UP["part"] != absent], "part", INTERVALS)
    assert list(result) == list(hash_lookup(LOOKED_UP, "part", INTERVALS))
    assert (result["n"], result["looked_up"], result["auroc"]) == (0, 0, None)


def test_a_test_part_of_one_class_has_an_accuracy_alone() -> None:
    rows = LOOKED_UP[(LOOKED_UP["part"] != "test") | (LOOKED_UP["fractured"] == 0)]
    result = hash_lookup(rows, "part", INTERVALS)
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
    result = hash_lookup(table, "part", INTERVALS)
    assert (result["looked_up"], result["share"], result["auroc"]) == (0, 0.0, 0.5)
    # Of a handful of radiographs most draws may lack a class.
    assert (result["auroc_low"], result["auroc_high"]) in {(0.5, 0.5), (None, None)}
