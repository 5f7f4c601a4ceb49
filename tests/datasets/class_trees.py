"""Small trees of class folders, and what the reader finds in them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from fracture.artifacts.left_out import LeftOut
from fracture.datasets.class_folders import read
from fracture.datasets.findings import Finding, separate
from fracture.params.datasets import ClassFolders
from tests.conftest import ROOT

PAIR = ("fractured/1.jpg", "normal/1.jpg")
SECTION: dict[str, Any] = YAML(typ="safe").load(ROOT / "params.yaml")["datasets"]["class_folders"]
"""As params.yaml has it."""


def lay_out(root: Path, files: Sequence[str] = PAIR) -> Path:
    """Write empty files: no image is decoded."""
    for file in files:
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        (root / file).touch()
    return root


def section(root: Path, **changes: Any) -> ClassFolders:
    return ClassFolders.parse(SECTION | {"root": str(root)} | changes, "datasets.class_folders")


def findings(root: Path, **changes: Any) -> list[Finding]:
    return read(section(root, **changes), root)


def left_out(root: Path, **changes: Any) -> list[LeftOut]:
    return separate(findings(root, **changes))[1]
