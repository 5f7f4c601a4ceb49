"""The entry as text, as options, and in params.yaml, of which nothing else changes."""

import difflib
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from fracture.console import PipelineError
from tools.look.entry import as_options, as_yaml, write
from tools.look.proposals import Proposal

COLUMNS: dict[str, Any] = {
    "file": "Bild Nr.",
    "label": "Größe",
    **dict.fromkeys(["patient", "study", "body_part", "view", "part", "age", "sex"]),
    "boxes": {"left": "x", "top": "y", "width": "w", "height": "h"},
    "further": [],
    "flags": [],
}
SECTION = {
    "root": "/data/my folder",
    "labels": "t.csv",
    "sheet": None,
    "columns": COLUMNS,
    "studies": "unique",
    "positive": ["1", 'ja: "x"'],
    "negative": ["0"],
    "private": False,
}
TABLE = Proposal("table", SECTION, ())


def test_yaml_reads_back() -> None:
    assert YAML(typ="safe").load(as_yaml(TABLE, "vgg16")) == {
        "dataset": "table",
        "run": ["vgg16"],
        "datasets": {"table": SECTION},
    }


def test_writing_changes_the_entry_and_the_choice_alone(
    parameters: dict[str, Any], tmp_path: Path
) -> None:
    before = Path("params.yaml").read_text()
    (tmp_path / "params.yaml").write_text(before)
    write(TABLE, "vgg16", tmp_path / "params.yaml")
    after = (tmp_path / "params.yaml").read_text()
    expected = parameters | {"dataset": "table", "run": ["vgg16"]}
    here = {"pictures_under": parameters["datasets"]["table"]["pictures_under"]}
    expected["datasets"] = parameters["datasets"] | {"table": SECTION | here}
    assert YAML(typ="safe").load(after) == expected
    changed = [
        line
        for line in difflib.unified_diff(before.splitlines(), after.splitlines(), n=0)
        if line[0] == "-" and line[:3] != "---"
    ]
    assert (
        len(changed) == 10
    )  # dataset, run, root, labels, file, label, boxes, positive, negative, private
    assert "      file: Bild Nr.    # a path relative to root or" in after
    assert "dataset: table          # a key of datasets" in after
    write(TABLE, "vgg16", tmp_path / "params.yaml")
    assert (tmp_path / "params.yaml").read_text() == after


def test_options_are_those_keys_that_differ(parameters: dict[str, Any]) -> None:
    assert as_options(Proposal("fracatlas", {"root": "data/raw/x"}, ()), parameters) == [
        "-S dataset=fracatlas",
        "-S datasets.fracatlas.root=data/raw/x",
        "-S 'run=[efficientnet_lite0]'",
    ]
    options = as_options(TABLE, parameters)
    assert "-S 'datasets.table.root=\"/data/my folder\"'" in options
    assert "-S 'datasets.table.columns.boxes={left:x,top:y,width:w,height:h}'" in options
    assert '-S \'datasets.table.positive=["1","ja: \\"x\\""]\'' in options
    assert "-S datasets.table.private=false" in options
    assert not [option for option in options if "further" in option]


def test_a_file_of_another_form_is_refused(tmp_path: Path) -> None:
    (tmp_path / "params.yaml").write_text("dataset: x\ndatasets: {table: {}}\n")
    with pytest.raises(PipelineError, match=r"no datasets\.table in the form that it came with"):
        write(TABLE, "vgg16", tmp_path / "params.yaml")
