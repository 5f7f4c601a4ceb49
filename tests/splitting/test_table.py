import json
from pathlib import Path

import pytest

from fracture.artifacts.manifest import Radiograph
from fracture.artifacts.splits import PARTS, Part
from fracture.console import PipelineError
from fracture.splitting.table import tabulate_parts
from tests.radiograph_files import lay_out


@pytest.fixture
def radiographs(tmp_path: Path) -> list[Radiograph]:
    return lay_out(tmp_path / "raw")


@pytest.fixture
def parts(radiographs: list[Radiograph]) -> dict[str, Part]:
    return {r.id: PARTS[max(0, n - 9)] for n, r in enumerate(radiographs)}


def test_boxes_are_tabulated_in_pixels_of_the_square(
    radiographs: list[Radiograph], parts: dict[str, Part]
) -> None:
    """Radiograph 4 is 34 x 24 pixels, in a square of 16 therefore 16 x 11, 2 from the left."""
    table = tabulate_parts(radiographs, parts, 16)
    assert json.loads(table["boxes"][4]) == [[2.92, 1.41, 11.17, 7.06], [2, 0, 13, 14.12]]
    assert set(table["boxes"].drop(4)) == {"[]"}


def test_a_split_of_other_radiographs_is_refused(
    radiographs: list[Radiograph], parts: dict[str, Part]
) -> None:
    with pytest.raises(
        PipelineError, match=r"differ in 1 radiographs, such as 00: run `dvc repro split`"
    ):
        tabulate_parts(radiographs[1:], parts, 16)
