"""What readers correct on the page is stored where the service keeps results."""

import json
import sqlite3
from http import HTTPStatus
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from serving.kept import DATABASE
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
