"""A working directory and a folder to look into."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with the project's params.yaml; returns the folder to look into."""
    (tmp_path / "params.yaml").write_bytes((ROOT / "params.yaml").read_bytes())
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FRACTURE_SALT", raising=False)
    folder = tmp_path / "data"
    folder.mkdir()
    return folder
