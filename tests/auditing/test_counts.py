import pandas as pd

from fracture.auditing import counts
from fracture.auditing.table import found_table, kept_table
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


def test_studies_are_told_apart_by_their_patient() -> None:
    assert counts.different(TABLE, "patient") == 10
    assert counts.different(TABLE, "patient", "study") == 20
    assert counts.different(TABLE.assign(patient=""), "patient", "study") == 2
    assert counts.different(TABLE.assign(study=""), "patient", "study") is None


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
        "pairs": {"bytes": 0, "pixels": 1, "near": 2, "name": 1},
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
