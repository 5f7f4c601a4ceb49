from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fracture.artifacts.duplicates import Pair
from fracture.auditing import audit as counts
from fracture.auditing.audit import found_table, kept_table
from fracture.console import PipelineError
from tests.auditing.examples import KEPT, LEFT_OUT, PAIRS, PARTS

TABLE = kept_table(KEPT, PARTS)


def test_counts_by_value_name_the_fractured_ones() -> None:
    assert counts.count_by(TABLE, "body_part") == {
        "hand": {"radiographs": 10, "fractured": 0},
        "leg": {"radiographs": 10, "fractured": 5},
    }
    assert counts.count_by(TABLE, "view")["unknown"] == {"radiographs": 1, "fractured": 0}


def test_a_radiograph_counts_for_each_of_its_flags() -> None:
    assert counts.count_by_flag(TABLE) == {
        "hardware": {"radiographs": 3, "fractured": 1},
        "multiscan": {"radiographs": 1, "fractured": 1},
    }
    assert counts.count_by_flag(TABLE[TABLE["id"] > "r10"]) == {}


def test_counts_by_age_ascend() -> None:
    ages = TABLE.assign(age=pd.Series([70.0, 5.0], index=[0, 1]).reindex(TABLE.index))
    counted = counts.count_by_age(ages, [6, 18])
    assert list(counted) == ["0 to 5 years", "18 years or more", "unknown"]
    assert counted["unknown"]["radiographs"] == 18
    assert counted["0 to 5 years"] == {"radiographs": 1, "fractured": 0}


def test_an_empty_id_is_not_counted() -> None:
    assert counts.different(TABLE, "patient") == 10
    assert counts.different(TABLE.assign(study=["a", "b"] * 9 + ["", ""]), "study") == 2
    assert counts.different(TABLE.assign(study=""), "study") is None


def test_sizes_by_hand() -> None:
    assert counts.sizes(TABLE) == {
        "different": 2,
        "most_frequent": "100 x 200",
        "radiographs": 15,
        "width": {"minimum": 100, "median": 100.0, "maximum": 120},
        "height": {"minimum": 200, "median": 200.0, "maximum": 200},
    }


def test_clusters_join_pairs_of_any_kind() -> None:
    assert counts.duplicates(found_table(KEPT, LEFT_OUT, PAIRS), PAIRS) == {
        "pairs": {"bytes": 0, "pixels": 1, "near": 3},
        "clusters": 3,  # r00 r04 x3, r02 r03, x1 x2
        "radiographs": 7,
        "clusters_with_opposite_labels": 2,
    }
    assert counts.duplicates(found_table(KEPT, [], []), [])["clusters"] == 0


def test_an_unknown_label_is_opposite_to_none() -> None:
    found = pd.DataFrame({"exposure": ["a", "a"], "label": ["fractured", ""]})
    assert counts.duplicates(found, [])["clusters_with_opposite_labels"] == 0


def test_parts_by_hand() -> None:
    parts = counts.parts(TABLE)
    assert list(parts) == ["train", "validation", "test"]
    assert parts["train"] == {
        "groups": 6,
        "radiographs": 12,
        "fractured": 3,
        "rate": 0.25,
        "by_body_part": {
            "hand": {"radiographs": 6, "fractured": 0},
            "leg": {"radiographs": 6, "fractured": 3},
        },
    }


def test_a_row_for_each_that_is_kept() -> None:
    table = kept_table(KEPT, PARTS)
    assert len(table) == 20
    row = table.set_index("id").loc["r16"]
    assert (row["fractured"], row["part"], row["body_part"]) == (1, "test", "leg")


@pytest.mark.parametrize("parts", [{}, PARTS | {"other": "test"}])
def test_a_split_of_other_radiographs_is_refused(parts: dict[str, str]) -> None:
    with pytest.raises(PipelineError, match=r"differ in \d+ radiographs, such as .*dvc repro"):
        kept_table(KEPT, parts)  # type: ignore[arg-type]


def test_chains_of_pairs_and_equal_pixels_are_one_exposure() -> None:
    twins = [replace(one, pixels_sha256="0") if one.id == "r07" else one for one in KEPT]
    table = found_table(twins, LEFT_OUT, PAIRS).set_index("id")
    assert list(table.index) == sorted([*PARTS, "x1", "x2", "x3", "x4"])
    for name in ("r00", "r04", "x3", "r07"):
        assert table.loc[name, "exposure"] == "r00"
    assert table.loc["x2", "exposure"] == "x1"
    assert table.loc["r05", "exposure"] == "r05"
    labels = [table.loc[name, "label"] for name in ("r00", "r01", "x1", "x2", "x4")]
    assert labels == ["fractured", "not_fractured", "fractured", "not_fractured", ""]


def test_absent_hashes_are_not_equal() -> None:
    unhashed = [replace(one, pixels_sha256="") for one in KEPT]
    table = found_table(unhashed, [], [])
    assert (table["exposure"] == table["id"]).all()


@settings(max_examples=25)
@given(st.permutations(KEPT), st.permutations(PAIRS), st.permutations(LEFT_OUT))
def test_order_changes_nothing(
    kept: list[object], pairs: list[Pair], left_out: list[object]
) -> None:
    table = found_table(kept, left_out, pairs)  # type: ignore[arg-type]
    assert table.equals(found_table(KEPT, LEFT_OUT, PAIRS))
