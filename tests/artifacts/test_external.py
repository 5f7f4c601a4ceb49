from pathlib import Path

import pytest

from fracture.artifacts import external
from fracture.artifacts.external import External
from fracture.artifacts.row import Estimate


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "external.json"


def test_what_is_written_is_read(path: Path) -> None:
    one = External(
        name="hospital",
        dataset="class_folders",
        synthetic=False,
        trained_on="mura",
        found=3,
        left_out={"truncated": 3},
        confidence=0.95,
        draws=100,
        parts={},
        drop={"small": Estimate(value=0.1)},
        passed_over={},
    )
    external.write([one, one], path)
    assert external.read(path) == [one, one]
    external.write([], path)
    assert external.read(path) == []
