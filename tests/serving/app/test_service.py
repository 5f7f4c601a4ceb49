"""What the service answers, on a system that says how bright a radiograph is."""

import base64
import io
import logging
import tempfile
from http import HTTPStatus

import numpy as np
import pytest
from fastapi.testclient import TestClient
from PIL import Image

from serving.app import service
from tests.dicom_files import content, dataset
from tests.inference.external.examples import pixels
from tests.serving.app.clients import encoded, lines, mean, png, send, started
from tests.serving.app.stand_in import Setting


def test_each_radiograph_is_a_row(client: TestClient) -> None:
    files = [("a.png", png(200)), ("folder/b.png", png(40, 1)), ("notes.txt", b"no image")]
    answer = send(client, files)
    assert answer.status_code == HTTPStatus.OK
    first, second, third = answer.json()["radiographs"]
    assert first["file"] == "a.png"
    assert first["probability"] == pytest.approx(mean(200), abs=1e-6)
    assert first["verdict"] == first["call_specific"] == "fractured"
    assert second["file"] == "b.png"
    assert second["call_sensitive"] == "not fractured"
    assert third["probability"] is None
    assert "not an image" in third["note"]
    assert "pictures" not in answer.json()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "BMP", "WEBP"])
def test_every_format(client: TestClient, kind: str) -> None:
    (row,) = send(client, [("a", encoded(kind, 150))]).json()["radiographs"]
    assert row["probability"] == pytest.approx(mean(150), abs=0.01)


def test_dicom(client: TestClient) -> None:
    (row,) = send(client, [("a", content(dataset(pixels(100, 3), 8)))]).json()["radiographs"]
    assert row["probability"] == pytest.approx(mean(100, 3), abs=1e-6)


def test_heat_comes_as_pictures_of_one_square(client: TestClient) -> None:
    wide = io.BytesIO()
    Image.fromarray(np.full((300, 600), 90, np.uint8)).save(wide, "PNG")
    first, last = lines(client, [("a.png", wide.getvalue())], "/v1/predict?heat=true")
    assert first["picture"]["shown"] == "fracture map"
    assert (first["row"]["width"], first["row"]["height"]) == (600, 300)
    radiograph, heat = (
        Image.open(io.BytesIO(base64.b64decode(first["picture"][name])))
        for name in ("radiograph", "heat")
    )
    assert radiograph.size == (600, 600)
    assert heat.size == (32, 32)
    rows = np.asarray(radiograph)[:, 300]
    assert abs(int(rows[300]) - 90) <= 2
    assert rows[:140].max() <= 2  # black above what is wider than high
    assert set(last) == {"studies"}


def test_similar_radiographs_come_with_pictures_where_heat_is_asked(client: TestClient) -> None:
    files = [("a.png", png(100)), ("notes.txt", b"no image")]
    told = send(client, files).json()
    similar = {"id": "image7", "label": "fractured", "body_part": "leg", "distance": 0.5}
    assert told["similar"] == [[similar], []]
    assert told["pictures_under"] == "CC BY 4.0"
    first, second, _ = lines(client, files, "/v1/predict?heat=true")
    picture = base64.b64encode(b"a picture").decode()
    assert first["similar"] == [similar | {"picture": picture}]
    assert second["similar"] == []


def test_the_body_part_has_a_share(client: TestClient) -> None:
    first, second = send(client, [("a.png", png(100)), ("b", b"-")]).json()["radiographs"]
    shares = [first[f"body_part{end}"] for end in ("", "_hand", "_leg")]
    assert shares == ["leg", 0.25, 0.75]
    assert second["body_part"] is None


def test_lines_come_in_order_and_end_with_the_studies(client: TestClient) -> None:
    files = [(f"{number}.png", png(60 + 8 * number)) for number in range(20)]
    *radiographs, last = lines(client, files)
    assert [line["place"] for line in radiographs] == list(range(20))
    assert [line["row"]["file"] for line in radiographs] == [name for name, _ in files]
    assert "studies" in last


def test_files_stay_in_memory(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """Starlette by itself puts a file of more than 1 MiB on the disk."""

    def refuse(_: object) -> None:
        raise AssertionError("written to the disk")

    monkeypatch.setattr(tempfile.SpooledTemporaryFile, "rollover", refuse)
    noise = np.random.default_rng(0).integers(0, 256, (1500, 1500), np.uint8)
    large = io.BytesIO()
    Image.fromarray(np.asarray(noise, np.uint8)).save(large, "PNG")
    assert len(large.getvalue()) > 2**21
    assert send(client, [("a.png", large.getvalue())]).status_code == HTTPStatus.OK


def test_the_model_is_described(client: TestClient) -> None:
    told = client.get("/v1/model").json()
    assert told["system"] == "stand_in"
    assert told["thresholds"] == {"balanced": 0.5, "sensitive": 0.3, "specific": 0.7}
    assert told["card"].startswith("# Model card")
    assert told["limits"]["files"] == 64
    assert told["keeps"] is False
    assert (told["dataset"], told["synthetic"]) == ("synthetic", True)


def test_metrics_count_what_happened() -> None:
    with started(Setting()) as client:
        send(client, [("a.png", png(200)), ("b.txt", b"no image")])
        text = client.get("/metrics").text
    assert 'fracture_radiographs_total{outcome="fractured"} 1.0' in text
    assert 'fracture_radiographs_total{outcome="refused"} 1.0' in text
    assert 'fracture_requests_total{route="/v1/predict",status="200"} 1.0' in text
    assert "fracture_ready 1.0" in text
    assert "fracture_worker_memory_bytes" in text


def test_the_page_and_its_description_come_from_here_alone(client: TestClient) -> None:
    page = client.get("/").text
    for text in (page, client.get("/style.css").text, client.get("/main.js").text):
        assert "http://" not in text.replace("http://www.w3.org", "")
        assert "https://" not in text
    assert "<script>" not in page
    assert " style=" not in page
    policy = client.get("/").headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert set(client.get("/openapi.json").json()["paths"]) == {
        "/v1/predict", "/v1/corrections", "/v1/model", "/healthz", "/metrics",
    }  # fmt: skip


def test_the_log_names_no_file(client: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "serving.app")
    send(client, [("Doe^Jane 1950.png", png(100)), ("Doe^Jane.dcm", b"no image")])
    client.get("/Doe^Jane.png?patient=Doe")
    assert "POST /v1/predict 200" in caplog.text
    assert "GET page 404" in caplog.text
    assert "Doe" not in caplog.text


def test_a_fault_of_the_service_is_told_without_what_was_sent(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise ValueError("Doe^Jane")

    monkeypatch.setattr(service, "radiograph_rows", fail)
    answer = send(client, [("a.png", png(100))])
    assert answer.status_code == HTTPStatus.INTERNAL_SERVER_ERROR
    assert answer.json()["detail"] == "the service failed; its log says where"
    assert "ValueError in fail, line " in caplog.text
    assert "Doe" not in caplog.text
