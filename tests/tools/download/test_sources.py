"""The table: each row can be used, and each data set has one or a word of advice."""

import re
from pathlib import Path

import pytest

from fracture.datasets import fracatlas
from fracture.params.datasets import DATASETS
from tools.download.sources import ARCHIVES, BY_HAND, Archive


@pytest.mark.parametrize("source", ARCHIVES.values(), ids=list(ARCHIVES))
def test_a_row_can_be_used(source: Archive) -> None:
    assert source.dataset in DATASETS
    assert source.url is None or source.url.startswith("https://")
    assert source.page.startswith("https://doi.org/")
    assert re.fullmatch("[0-9a-f]{64}", source.sha256)
    assert source.bytes < source.unpacked_bytes < 4 * source.bytes
    assert source.receipt.splitlines() == [
        f"{source.title}, {source.licence}",
        source.page,
        f"SHA-256 of the archive: {source.sha256}",
    ]


def test_versions_are_kept_apart() -> None:
    assert len({source.file_name for source in ARCHIVES.values()}) == len(ARCHIVES)
    assert len({source.receipt for source in ARCHIVES.values()}) == len(ARCHIVES)


def test_what_is_looked_for_is_what_the_reader_reads() -> None:
    read = {"images", fracatlas.TABLE, Path(fracatlas.BOXES).parts[0]}
    assert all(set(s.holds) == read for s in ARCHIVES.values() if s.dataset == "fracatlas")


def test_every_data_set_is_in_the_table() -> None:
    fetched = {source.dataset for source in ARCHIVES.values()}
    assert DATASETS.keys() - {"synthetic"} <= fetched | BY_HAND.keys()
    assert not ARCHIVES.keys() & BY_HAND.keys()


@pytest.mark.parametrize("name", BY_HAND)
def test_advice_is_one_line_that_names_the_parameter(name: str) -> None:
    assert f"datasets.{name}.root" in BY_HAND[name]
    assert "\n" not in BY_HAND[name]
