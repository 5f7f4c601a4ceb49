"""The tables of archives: each row can be used, and each data set is in one table."""

import re

import pytest

from fracture.params.datasets import DATASETS
from tools.archives import ARCHIVES, BY_HAND, Archive


@pytest.mark.parametrize("source", ARCHIVES.values(), ids=list(ARCHIVES))
def test_a_row_of_the_table(source: Archive) -> None:
    assert source.dataset in DATASETS
    assert source.url is None or source.url.startswith("https://")
    assert source.page.startswith("https://doi.org/")
    assert re.fullmatch("[0-9a-f]{64}", source.sha256)
    assert source.bytes < source.unpacked_bytes < 4 * source.bytes


def test_every_data_set_is_in_one_table() -> None:
    datasets = {source.dataset for source in ARCHIVES.values()}
    assert DATASETS.keys() - {"synthetic"} == datasets | BY_HAND.keys()
    assert not ARCHIVES.keys() & BY_HAND.keys()
    assert len({source.file_name for source in ARCHIVES.values()}) == len(ARCHIVES)
