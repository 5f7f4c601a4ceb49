from pathlib import Path

import pytest

from fracture.artifacts import external
from fracture.artifacts.external import External
from fracture.artifacts.scores import Estimate
from fracture.console import PipelineError


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
    )
    external.write([one, one], path)
    assert external.read(path) == [one, one]
    external.write([], path)
    assert external.read(path) == []


def test_what_is_not_there(path: Path) -> None:
    with pytest.raises(PipelineError, match=r"external\.json not found: run `dvc repro external`"):
        external.read(path)


@pytest.mark.parametrize("text", ["{}", '{"external": [{"name": "x"}]}', "cut"])
def test_what_another_version_wrote(path: Path, text: str) -> None:
    path.write_text(text)
    with pytest.raises(PipelineError, match="not as this version writes it: run `dvc repro ext"):
        external.read(path)
