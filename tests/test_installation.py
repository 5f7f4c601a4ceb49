"""The package: what inference imports is what an installation of it brings."""

import re
import tomllib
from importlib.metadata import metadata
from pathlib import Path
from typing import Any

import pytest

from fracture.inputs.code import CodeBase

ROOT = Path(__file__).parents[1]
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def names(requirements: list[str]) -> set[str]:
    """Return the packages of requirements, spelled as the registry spells them."""
    return {
        re.sub(r"[-_.]+", "-", re.split(r"[\[<>=;]", requirement)[0]).lower()
        for requirement in requirements
    }


def imported(*modules: str) -> set[str]:
    lines = [line.split()[0] for line in CodeBase(ROOT).digests(*modules)]
    return names([metadata(line)["Name"] for line in lines if "/" not in line])


@pytest.mark.parametrize("module", ["serving.predict", "fracture.inference"])
def test_inference_needs_no_extra(module: str) -> None:
    assert imported(module) <= names(PROJECT["dependencies"])


def test_the_stages_need_what_the_extras_bring() -> None:
    extras = PROJECT["optional-dependencies"]
    declared = [
        *PROJECT["dependencies"], *extras["training"], *extras["pipeline"], *extras["tracking"]
    ]  # fmt: skip
    stages = [f"stages.{file.stem}" for file in (ROOT / "stages").glob("[a-z]*.py")]
    beside = {"cycler", "markupsafe", "sqlalchemy"}  # of Matplotlib, Jinja2 and MLflow themselves
    assert imported(*stages) <= names(declared) | beside
