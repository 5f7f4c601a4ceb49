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


def declared(*extras: str) -> set[str]:
    """Return what an installation with these extras brings."""
    optional = PROJECT["optional-dependencies"]
    return names([*PROJECT["dependencies"], *(one for extra in extras for one in optional[extra])])


@pytest.mark.parametrize("module", ["serving.predict", "fracture.inference"])
def test_a_service_needs_its_extra_alone(module: str) -> None:
    """Keras it imports where ONNX Runtime or a network's file for it is absent."""
    assert imported(module) - declared("serving") <= declared("keras")
    assert not {"keras", "tensorflow", "tf2onnx", "scikit-learn"} & declared("serving")


def test_the_stages_need_what_the_extras_bring() -> None:
    stages = [f"stages.{file.stem}" for file in (ROOT / "stages").glob("[a-z]*.py")]
    beside = {"cycler", "markupsafe", "sqlalchemy"}  # of Matplotlib, Jinja2 and MLflow themselves
    beside |= {"onnx"}  # of tf2onnx
    assert imported(*stages) <= declared("keras", "training", "pipeline", "tracking") | beside
