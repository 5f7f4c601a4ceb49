from pathlib import Path
from typing import Any

import pytest
from dvc.utils.hydra import apply_overrides
from ruamel.yaml import YAML

from fracture.params.overrides import command, option


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "-S a.b=null"),
        (True, "-S a.b=true"),
        (0, "-S a.b=0"),
        (0.25, "-S a.b=0.25"),
        ("data/raw/x", "-S a.b=data/raw/x"),
        ("true", "-S 'a.b=\"true\"'"),
        ("my folder", "-S 'a.b=\"my folder\"'"),
        ([0, "1"], "-S 'a.b=[0,\"1\"]'"),
        ({"left": "x"}, "-S 'a.b={left:x}'"),
    ],
)
def test_an_option_says_the_value_and_dvc_reads_it(value: Any, text: str, tmp_path: Path) -> None:
    assert option("a.b", value) == text
    file = tmp_path / "params.yaml"
    file.write_text("a: {b: other}\n")
    apply_overrides(file, [text.removeprefix("-S ").strip("'")])
    assert YAML(typ="safe").load(file) == {"a": {"b": value}}


def test_a_command_has_an_option_a_line() -> None:
    assert command(["-S a=1", "-S b=2"]) == "dvc exp run \\\n    -S a=1 \\\n    -S b=2"
