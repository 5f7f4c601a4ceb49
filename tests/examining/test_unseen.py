from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from fracture.artifacts.left_out import LeftOut
from fracture.artifacts.manifest import Radiograph
from fracture.console import PipelineError
from fracture.datasets import READERS
from fracture.datasets.findings import Finding, separate
from fracture.examining.unseen import COPY, SEEN, SEEN_GROUP, Source, read_unseen
from fracture.params.datasets import ClassFolders
from fracture.params.radiographs import Ingest
from tests.inference.external.examples import lay_out


@pytest.fixture
def ingest(parameters: dict[str, Any]) -> Ingest:
    return Ingest.parse(parameters["ingest"], "ingest")


def source(root: Path) -> Source:
    return Source(
        "hospital",
        "class_folders",
        ClassFolders(
            root=str(root), body_part="hand", positive=("fractured",), negative=("normal",)
        ),
    )


def radiograph(name: str, *, patient: str = "", fractured: bool = True) -> Radiograph:
    path = f"{name}.png"
    return Radiograph(name, path, fractured, "hand", patient=patient, dataset="class_folders")


def read(
    findings: list[Finding],
    root: Path,
    ingest: Ingest,
    monkeypatch: pytest.MonkeyPatch,
    trained: list[Radiograph] | None = None,
) -> list[Finding]:
    monkeypatch.setitem(READERS, "class_folders", lambda *_: findings)
    return read_unseen(source(root), ingest, trained or [])


def test_a_patient_of_whom_one_radiograph_was_seen_is_left_out(
    tmp_path: Path, ingest: Ingest, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay_out(tmp_path, {"a.png": 100, "b.png": 110, "c.png": 120})
    findings: list[Finding] = [
        radiograph("a", patient="1"),
        radiograph("b", patient="1"),
        radiograph("c", patient="2"),
    ]
    (first, *_), _ = separate(read(findings, tmp_path, ingest, monkeypatch))
    kept, left = separate(read(findings, tmp_path, ingest, monkeypatch, [first]))
    assert [one.id for one in kept] == ["c"]
    assert {one.id: one.reason for one in left} == {"a": SEEN, "b": SEEN_GROUP}


def test_the_copy_of_what_was_seen_was_seen(
    tmp_path: Path, ingest: Ingest, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay_out(tmp_path, {"a.png": 100})
    (tmp_path / "b.png").write_bytes((tmp_path / "a.png").read_bytes())
    findings: list[Finding] = [radiograph("a"), radiograph("b")]
    (first,), left = separate(read(findings, tmp_path, ingest, monkeypatch))
    assert left == [LeftOut("b", COPY, "b.png", "fractured")]
    _, left = separate(read(findings, tmp_path, ingest, monkeypatch, [first]))
    assert Counter(one.reason for one in left) == {SEEN: 2}


def test_copies_join_their_patients_and_opposite_labels_exclude(
    tmp_path: Path, ingest: Ingest, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay_out(tmp_path, {"a.png": 100, "c.png": 120, "d.png": 130, "e.png": 140})
    for copy, original in (("b", "a"), ("f", "e")):
        (tmp_path / f"{copy}.png").write_bytes((tmp_path / f"{original}.png").read_bytes())
    kept, left = separate(
        read(
            [
                radiograph("a", patient="1"),
                radiograph("b", patient="2"),
                radiograph("c", patient="2"),
                radiograph("d", patient="3"),
                radiograph("e"),
                radiograph("f", fractured=False),
            ],
            tmp_path,
            ingest,
            monkeypatch,
        )
    )
    assert {one.id: one.group for one in kept} == {"a": "a", "c": "a", "d": "d"}
    opposite = "the same exposure carries opposite labels"
    assert {one.id: one.reason for one in left} == {"b": COPY, "e": opposite, "f": opposite}


def test_faults_are_those_of_ingest(tmp_path: Path, parameters: dict[str, Any]) -> None:
    lay_out(tmp_path, {"fractured/1.png": 100, "normal/1.png": 50})
    strict = Ingest.parse(parameters["ingest"] | {"smallest_side": 65}, "ingest")
    _, left = separate(read_unseen(source(tmp_path), strict, []))
    assert [one.reason for one in left] == ["too small", "too small"]
    failing = Ingest.parse(parameters["ingest"] | {"smallest_side": 65, "tiny": "fail"}, "ingest")
    with pytest.raises(PipelineError, match=r"too small: fractured/1, normal/1; ingest\.tiny is"):
        read_unseen(source(tmp_path), failing, [])


def test_a_folder_that_is_not_there(tmp_path: Path, ingest: Ingest) -> None:
    with pytest.raises(
        PipelineError, match=r"no folder .*absent: put .* or set external\.hospital\.root in par"
    ):
        read_unseen(source(tmp_path / "absent"), ingest, [])


def test_what_the_reader_refuses_names_the_entry(tmp_path: Path, ingest: Ingest) -> None:
    with pytest.raises(PipelineError, match=r"^external\.hospital: .* holds the folders none"):
        read_unseen(source(tmp_path), ingest, [])
