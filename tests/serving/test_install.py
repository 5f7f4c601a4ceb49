"""The service's installation: what it refuses; its image runs the same script."""

import subprocess
from pathlib import Path

import pytest

from tests.conftest import ROOT

INSTALL = ROOT / "serving/install.sh"


@pytest.mark.parametrize("words", [[], ["one", "two"]])
def test_it_takes_one_folder(words: list[str]) -> None:
    done = subprocess.run([INSTALL, *words], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (2, "usage: serving/install.sh FOLDER\n")


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "note").write_text("mine")
    done = subprocess.run([INSTALL, tmp_path], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == f"error: {tmp_path} is not empty: name a new folder\n"
    assert [file.name for file in tmp_path.iterdir()] == ["note"]


def test_the_image_is_what_the_script_installs() -> None:
    steps = (INSTALL.with_name("Dockerfile")).read_text()
    assert "RUN serving/install.sh /srv/service" in steps
    assert "USER 10001:10001" in steps
    sent = (INSTALL.with_name("Dockerfile.dockerignore")).read_text().splitlines()
    assert [name[1:] for name in sent if name.startswith("!")] == [
        "fracture", "serving", "pyproject.toml", "uv.lock",
    ]  # fmt: skip
    assert all((ROOT / name[1:]).exists() for name in sent if name.startswith("!"))
