"""What is missing, damaged or of another version is one line: the file, and what makes it anew."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from fracture.artifacts import (
    arrays,
    duplicates,
    history,
    left_out,
    manifest,
    network,
    notes,
    predictions,
    splits,
)
from fracture.artifacts import audit as audits
from fracture.artifacts.duplicates import Pair
from fracture.artifacts.left_out import LeftOut
from fracture.artifacts.manifest import Radiograph
from fracture.artifacts.notes import Note
from fracture.artifacts.reading import reading
from fracture.console import PipelineError
from tests.artifacts.test_artifacts import table
from tests.presenting.report.audits import make_audit

PREDICTIONS = Path("data/predictions/one/fractured.csv")
HISTORY = Path("data/models/one/history.csv")
EPOCH = [[0, "", 1, "frozen", 0.5, 0.5, 0.5, None, 0.1]]
WRITERS: dict[Path, tuple[str, Callable[[], None], Callable[[], Any]]] = {
    manifest.PATH: (
        "ingest",
        lambda: manifest.write([Radiograph("a", "a.png", fractured=False, body_part="hand")]),
        manifest.read,
    ),
    splits.PATH: ("split", lambda: splits.write({"a": "train", "b": "test"}), splits.read),
    duplicates.PATH: (
        "ingest",
        lambda: duplicates.write([Pair("a", "b", "near", 0.9)]),
        duplicates.read,
    ),
    left_out.PATH: ("ingest", lambda: left_out.write([LeftOut("a", "empty")]), left_out.read),
    notes.PATH: ("ingest", lambda: notes.write([Note("bits", "a note", 3)]), notes.read),
    PREDICTIONS: (
        "predict@one",
        lambda: predictions.write(table(4).assign(probability=0.5), PREDICTIONS),
        lambda: predictions.read(PREDICTIONS),
    ),
    HISTORY: (
        "train@one",
        lambda: history.write(pd.DataFrame(EPOCH, columns=history.COLUMNS), HISTORY),
        lambda: history.read(HISTORY),
    ),
    arrays.path("plain"): (
        "preprocess@plain",
        lambda: arrays.write(
            arrays.path("plain"), table(4).assign(boxes="[]"), 6, np.ones((4, 6, 6, 1), np.uint8)
        ),
        lambda: arrays.read(arrays.path("plain")),
    ),
    audits.PATH: ("audit", lambda: audits.write(make_audit()), audits.read),
}


@pytest.mark.parametrize("path", WRITERS, ids=str)
@pytest.mark.parametrize("damage", ["missing", "emptied", "cut", "noise"])
def test_damage_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: Path, damage: str
) -> None:
    monkeypatch.chdir(tmp_path)
    stage, write, read = WRITERS[path]
    write()
    read()
    content = path.read_bytes()
    if damage == "missing":
        path.unlink()
    else:
        kept = {"emptied": b"", "cut": content[: len(content) // 2], "noise": b"\xff\x00" * 99}
        path.write_bytes(kept[damage])
    with pytest.raises(PipelineError) as told:
        read()
    message = str(told.value)
    assert "\n" not in message
    assert message.startswith(str(path))
    advice = "not found: run" if damage == "missing" else "run `make doctor`, then"
    assert message.endswith(f"{advice} `dvc repro {stage}`")


@pytest.mark.parametrize(
    ("path", "column"),
    [
        (manifest.PATH, "view"),
        (splits.PATH, "part"),
        (duplicates.PATH, "correlation"),
        (left_out.PATH, "label"),
        (notes.PATH, "radiographs"),
        (PREDICTIONS, "view"),
        (HISTORY, "trained_on"),
    ],
    ids=str,
)
def test_a_table_of_another_version_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: Path, column: str
) -> None:
    monkeypatch.chdir(tmp_path)
    stage, write, read = WRITERS[path]
    write()
    pd.read_csv(path, dtype=str, keep_default_na=False).drop(columns=column).to_csv(
        path, index=False
    )
    expected = rf"^{path} has the columns .*; expected .*{column}.*: run .*`dvc repro {stage}`$"
    with pytest.raises(PipelineError, match=expected):
        read()


@pytest.mark.parametrize(
    ("section", "key", "where"),
    [
        ("sizes", "different", "sizes: .* the key different"),
        ("duplicates", "clusters", "duplicates: .* the key clusters"),
        ("parts", "validation", "parts: .* the key validation"),
        ("best_shortcut", "column", "best_shortcut: .* the key column"),
        ("hash_lookup", "our_split", "hash_lookup: .* the key our_split"),
    ],
)
def test_an_audit_of_another_version_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, section: str, key: str, where: str
) -> None:
    monkeypatch.chdir(tmp_path)
    whole = make_audit()
    lacking = {name: each for name, each in getattr(whole, section).items() if name != key}
    audits.write(whole.model_copy(update={section: lacking}))
    with pytest.raises(PipelineError, match=rf"^{audits.PATH} is not as this .* at {where}.*audit"):
        audits.read()


@pytest.mark.parametrize("content", ["", "{}", '{"config": {"layers": []}}'])
def test_a_damaged_network_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str
) -> None:
    monkeypatch.chdir(tmp_path)
    folder = network.path("one", 0)
    folder.mkdir(parents=True)
    (folder / "network.json").write_text(content)
    expected = r"^data/models/one/seed0.* is damaged, or another version .* `dvc repro train@one`$"
    with pytest.raises(PipelineError, match=expected):
        network.input_size(folder)
    with pytest.raises(PipelineError, match=expected):
        network.read(folder)


def test_what_the_system_refuses_is_no_damage() -> None:
    with pytest.raises(PermissionError), reading(Path("x"), "ingest"):
        raise PermissionError(13, "Permission denied", "x")
