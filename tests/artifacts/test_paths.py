"""Only fracture/artifacts knows where an artifact stands."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT

WRITTEN = re.compile(r"(?<![\w/])(data|metrics|plots)/(?!raw|features|resume)\w")
"""A path of an artifact; what the user brings, and what `train` alone keeps, are none."""
SOURCES = sorted(
    path.relative_to(ROOT)
    for room in ("fracture", "serving", "stages", "tools")
    for path in (ROOT / room).rglob("*.py")
    if not path.is_relative_to(ROOT / "fracture/artifacts")
)


def texts(source: Path) -> Iterator[str]:
    """Yield the texts of a module that are no docstrings, those within f-strings too."""
    tree = ast.parse((ROOT / source).read_text(encoding="utf-8"))
    described = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and id(node) not in described:
            yield str(node.value)


@pytest.mark.parametrize("source", SOURCES, ids=str)
def test_no_path_is_written_elsewhere(source: Path) -> None:
    assert [text for text in texts(source) if WRITTEN.search(text)] == []
