"""What readers correct on the page is stored where the service keeps results."""

import json
import os
import sqlite3
import stat
from http import HTTPStatus
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from serving.kept import DATABASE, IMAGES, Correction, Kept
from tests.dicom_files import content, dataset
from tests.inference.external.examples import pixels
from tests.serving.app.clients import png, send


def test_nothing_is_kept_unless_a_folder_is_named(client: TestClient) -> None:
    (row,) = send(client, [("a.png", png(200))]).json()["radiographs"]
    assert "kept" not in row
    said = {"result": "0" * 32, "fractured": True}
    answer = client.post("/v1/corrections", json=said)
    assert answer.status_code == HTTPStatus.NOT_FOUND
    assert "start it with --keep" in answer.json()["detail"]


def test_a_correction_stands_beside_its_result(keeping: TestClient, tmp_path: Path) -> None:
    (row,) = send(keeping, [("Doe^Jane.png", png(200))]).json()["radiographs"]
    said = {"result": row["kept"], "fractured": True, "boxes": [[10, 5, 30.5, 900]]}
    assert keeping.post("/v1/corrections", json=said).status_code == HTTPStatus.CREATED
    with sqlite3.connect(tmp_path / "kept" / DATABASE) as database:
        ((answer, fractured, boxes),) = database.execute(
            "select answer, fractured, boxes from corrections join results on results.id = result"
        ).fetchall()
    database.close()
    assert json.loads(answer)["probability"] == row["probability"]
    assert "Doe" not in answer
    assert (fractured, json.loads(boxes)) == (1, [[10, 5, 30.5, 64]])


def test_only_the_owner_may_read_what_is_kept(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        kept = Kept(tmp_path / "new" / "kept")
        result = kept.keep(b"\x89PNG", (10, 10), {"probability": 0.5})
        kept.correct(result, Correction(fractured=True))
    finally:
        os.umask(before)
    found = {path: stat.S_IMODE(path.stat().st_mode) for path in kept.folder.rglob("*")}
    assert stat.S_IMODE(kept.folder.stat().st_mode) == 0o700
    assert found[kept.folder / IMAGES] == 0o700
    files = [mode for path, mode in found.items() if path.is_file()]
    assert files == [0o600] * 2


def test_the_mode_of_a_folder_that_was_there_stays(tmp_path: Path) -> None:
    (tmp_path / "shared").mkdir(mode=0o750)
    Kept(tmp_path / "shared")
    assert stat.S_IMODE((tmp_path / "shared").stat().st_mode) == 0o750


def test_a_dicom_file_is_kept_as_it_came(keeping: TestClient, tmp_path: Path) -> None:
    """With its header, which a later training reads the patient from."""
    sent = content(dataset(pixels(100, 3), 8, PatientName="Doe^Jane"))
    send(keeping, [("a.dcm", sent)])
    (file,) = (tmp_path / "kept" / IMAGES).iterdir()
    assert file.read_bytes() == sent


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"result": "0" * 32}, HTTPStatus.NOT_FOUND),
        ({"result": "../x"}, HTTPStatus.UNPROCESSABLE_ENTITY),
        ({"boxes": [[70, 0, 80, 10]]}, HTTPStatus.UNPROCESSABLE_ENTITY),
        ({"boxes": [[30, 10, 20, 20]]}, HTTPStatus.UNPROCESSABLE_ENTITY),
        ({"boxes": [[1, 2, 3]]}, HTTPStatus.UNPROCESSABLE_ENTITY),
        ({"boxes": [[0, 0, 1, 1]] * 51}, HTTPStatus.UNPROCESSABLE_ENTITY),
        ({"fractured": 1}, HTTPStatus.UNPROCESSABLE_ENTITY),
        ({"further": 1}, HTTPStatus.UNPROCESSABLE_ENTITY),
    ],
)
def test_a_correction_of_nothing(
    keeping: TestClient, changed: dict[str, object], status: HTTPStatus
) -> None:
    (row,) = send(keeping, [("a.png", png(200))]).json()["radiographs"]
    said = {"result": row["kept"], "fractured": True, "boxes": []}
    answer = keeping.post("/v1/corrections", json=said | changed)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
