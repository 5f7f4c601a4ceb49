from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fracture.artifacts.duplicates import Pair
from fracture.auditing.table import found_table, kept_table
from fracture.console import PipelineError
from tests.auditing.examples import KEPT, LEFT_OUT, PAIRS, PARTS


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
