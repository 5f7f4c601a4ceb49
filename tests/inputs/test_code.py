"""Digests of code: an edit changes those of what imports the file, a comment none."""

from collections.abc import Callable
from pathlib import Path

import pytest

from fracture.inputs.code import MESSAGES, CodeBase, code_of

FILES = {
    "stages/__init__.py": '"""Stages."""',
    "stages/train.py": "import numpy\n\nfrom fracture.room import noun\n\nprint(noun)\n",
    "stages/report.py": "from fracture.page import layout\n",
    "fracture/__init__.py": "",
    "fracture/console.py": "def progress(): print('train')\n",
    "fracture/room/__init__.py": '"""A room."""\n',
    "fracture/room/noun.py": (
        '"""A noun."""\n\nfrom fracture import console\n\n\n'
        'def f():\n    """Do."""\n    from fracture.late import g\n\n    return g\n'
    ),
    "fracture/late.py": (
        "from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    import pandas\n\n"
        "    from fracture.page import layout\n\nfrom pkgutil import resolve_name\n\n"
        "from fracture.table import BUILDER\n\nresolve_name(BUILDER)\n"
    ),
    "fracture/table.py": "BUILDER = 'fracture.built:build'\n",
    "fracture/built.py": "import keras\n\n\ndef build(): return keras\n",
    "fracture/page/__init__.py": "",
    "fracture/page/layout.py": "SIZE = 1\n",
    "fracture/page/templates/page.html": "<p>",
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def names(project: Path, module: str) -> list[str]:
    return [line.split()[0] for line in CodeBase(project).digests(module)]


def test_what_is_imported_is_named_however_it_is_imported(project: Path) -> None:
    assert names(project, "stages.train") == [
        "fracture/built.py",
        "fracture/late.py",
        "fracture/room/noun.py",
        "fracture/table.py",
        "keras",
        "numpy",
        "stages/train.py",
        "tensorflow",
    ]


def test_a_text_names_an_import_only_for_those_who_resolve_it(project: Path) -> None:
    (project / "stages/report.py").write_text("from fracture.table import BUILDER\n")
    assert names(project, "stages.report") == ["fracture/table.py", "stages/report.py"]


def test_files_beside_the_code_count(project: Path) -> None:
    assert names(project, "stages.report") == [
        "fracture/page/layout.py",
        "fracture/page/templates/page.html",
        "stages/report.py",
    ]


@pytest.mark.parametrize(
    ("file", "edit"),
    [
        ("fracture/room/noun.py", lambda text: text.replace("A noun.", "Another docstring.")),
        ("fracture/room/noun.py", lambda text: text.replace("Do.", "Do it.\n\n    At once.\n    ")),
        ("fracture/room/noun.py", lambda text: f"# A comment.\n\n{text}  # and another\n"),
        ("fracture/room/noun.py", lambda text: text.replace("return g", "return (\n        g\n)")),
        ("fracture/room/__init__.py", lambda _: '"""Another docstring."""'),
        ("fracture/console.py", lambda text: text.replace("'train'", "'learn'")),
        ("fracture/page/layout.py", lambda _: "SIZE = 2\n"),
    ],
)
def test_what_changes_no_result_changes_no_digest(
    project: Path, file: str, edit: Callable[[str], str]
) -> None:
    before = CodeBase(project).digests("stages.train")
    (project / file).write_text(edit(FILES[file]))
    assert CodeBase(project).digests("stages.train") == before


@pytest.mark.parametrize(
    "file", ["late.py", "table.py", "built.py", "room/noun.py", "room/__init__.py"]
)
def test_code_changes_the_digests_of_those_who_import_it(project: Path, file: str) -> None:
    before = [CodeBase(project).digests(f"stages.{stage}") for stage in ("train", "report")]
    with (project / "fracture" / file).open("a") as source:
        source.write("\nMORE = 1\n")
    after = [CodeBase(project).digests(f"stages.{stage}") for stage in ("train", "report")]
    assert after[0] != before[0]
    assert after[1] == before[1]


def test_another_version_of_a_library_changes_them(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = [CodeBase(project).digests(f"stages.{stage}") for stage in ("train", "report")]
    monkeypatch.setattr("fracture.inputs.code.version", lambda name: f"99 of {name}")
    after = [CodeBase(project).digests(f"stages.{stage}") for stage in ("train", "report")]
    assert "keras 99 of keras" in after[0]
    assert after[1] == before[1]


def test_the_backend_that_computes_is_named(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    assert {"jax", "tensorflow"} & set(names(project, "stages.train")) == {"jax"}


def test_files_of_messages_exist_and_the_installation_has_digests() -> None:
    root = Path(__file__).parents[2]
    assert all((root / name).is_file() for name in MESSAGES)
    assert any(line.startswith("fracture/params/train.py ") for line in code_of("stages.train"))
