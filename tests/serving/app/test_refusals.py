"""What the service refuses, always as problem details."""

from collections.abc import Iterator
from http import HTTPStatus

import pytest
from fastapi.testclient import TestClient
from httpx import Response

from serving.app.access import Rate, is_known, key_of, read_keys
from serving.app.limits import Limits
from serving.app.uploads import plain_name
from tests.serving.app.clients import png, send, started
from tests.serving.app.stand_in import Setting

KEY = "a key that nobody guesses"
TIGHT = Limits(files=3, file_mib=1, request_mib=2, rate=1000)


def problem(answer: Response, status: HTTPStatus) -> str:
    """Return the detail of a problem, which has all that the standard asks."""
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    told = answer.json()
    assert {key: told[key] for key in ("type", "title", "status")} == {
        "type": "about:blank", "title": status.phrase, "status": status,
    }  # fmt: skip
    return str(told["detail"])


@pytest.fixture(scope="module")
def tight() -> Iterator[TestClient]:
    with started(Setting(TIGHT)) as client:
        yield client


def test_a_request_without_files(tight: TestClient) -> None:
    detail = problem(tight.post("/v1/predict"), HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
    assert detail == "expected multipart/form-data with the files in files"
    text = tight.post("/v1/predict", data={"files": "text"}, files={"other": b""})
    assert "no file in files" in problem(text, HTTPStatus.BAD_REQUEST)


def test_a_form_that_is_cut_short(tight: TestClient) -> None:
    answer = tight.post(
        "/v1/predict",
        content=b'--x\r\nContent-Disposition: form-data; name="files"',
        headers={"Content-Type": "multipart/form-data; boundary=x"},
    )
    assert "no file in files" in problem(answer, HTTPStatus.BAD_REQUEST)


def test_more_files_and_bytes_than_the_limits(tight: TestClient) -> None:
    four = send(tight, [(f"{number}.png", png(100)) for number in range(4)])
    assert "more files than the 3" in problem(four, HTTPStatus.BAD_REQUEST)
    large = send(tight, [("a.png", bytes(2**20 + 1))])
    too_large = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    assert "a file of more than 1 MiB" in problem(large, too_large)
    larger = send(tight, [("a.png", bytes(3 * 2**20))])
    assert "a request of more than 2 MiB" in problem(larger, too_large)


def test_a_stream_that_does_not_tell_its_length(tight: TestClient) -> None:
    def endless() -> Iterator[bytes]:
        yield b'--x\r\nContent-Disposition: form-data; name="files"; filename="a"\r\n\r\n'
        for _ in range(100):
            yield bytes(2**16)

    kind = {"Content-Type": "multipart/form-data; boundary=x"}
    answer = tight.post("/v1/predict", content=endless(), headers=kind)
    assert "a request of more than 2 MiB" in problem(answer, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)


def test_nothing_that_is_an_image(tight: TestClient) -> None:
    answer = send(tight, [("a.png", b"<svg/>"), ("b.zip", b"PK\3\4")])
    detail = problem(answer, HTTPStatus.UNPROCESSABLE_ENTITY)
    assert detail == "no radiograph: not scored, not an image"


def test_paths_and_methods_that_are_none(tight: TestClient) -> None:
    for path in ("/v1/nothing", "/../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/__main__.py"):
        problem(tight.get(path), HTTPStatus.NOT_FOUND)
    problem(tight.get("/v1/predict"), HTTPStatus.NOT_FOUND)
    problem(tight.delete("/"), HTTPStatus.METHOD_NOT_ALLOWED)


def test_a_value_that_is_none(tight: TestClient) -> None:
    answer = tight.post("/v1/corrections", json={"result": "Doe^Jane", "fractured": "perhaps"})
    detail = problem(answer, HTTPStatus.UNPROCESSABLE_ENTITY)
    assert detail == "not as expected: body.fractured, body.result: see /openapi.json"


def test_a_page_of_another_site(tight: TestClient) -> None:
    answer = send(tight, [("a.png", png(100))], headers={"Sec-Fetch-Site": "cross-site"})
    assert problem(answer, HTTPStatus.FORBIDDEN) == "sent by a page of another site"


def test_keys() -> None:
    with started(Setting(keys=read_keys(f"{KEY}, another key of them"))) as client:
        file = [("a.png", png(100))]
        answer = send(client, file)
        assert "no API key that is known" in problem(answer, HTTPStatus.UNAUTHORIZED)
        assert answer.headers["www-authenticate"] == "Bearer"
        wrong = send(client, file, headers={"Authorization": "Bearer another"})
        problem(wrong, HTTPStatus.UNAUTHORIZED)
        for name, value in (("Authorization", f"Bearer {KEY}"), ("X-API-Key", KEY)):
            assert send(client, file, headers={name: value}).status_code == HTTPStatus.OK
        for path in ("/v1/model", "/metrics"):
            problem(client.get(path), HTTPStatus.UNAUTHORIZED)
        for path in ("/", "/healthz"):
            assert client.get(path).status_code == HTTPStatus.OK


def test_keys_as_they_are_read() -> None:
    keys = read_keys(f" {KEY} ,,")
    assert is_known(KEY, keys)
    assert not is_known("", keys)
    assert not is_known("", [])
    assert key_of({"authorization": f"bearer {KEY} "}) == KEY
    assert key_of({"authorization": f"Basic {KEY}", "x-api-key": "other"}) == "other"
    with pytest.raises(ValueError, match="a key of less than 16 characters: make longer ones"):
        read_keys(f"{KEY},short")


def test_a_client_that_asks_too_often() -> None:
    with started(Setting(Limits(rate=2))) as client:
        file = [("a.png", png(100))]
        assert [send(client, file).status_code for _ in range(2)] == [HTTPStatus.OK] * 2
        answer = send(client, file)
        assert "more than 2 requests a minute" in problem(answer, HTTPStatus.TOO_MANY_REQUESTS)
        assert 1 <= int(answer.headers["retry-after"]) <= 30
        assert client.get("/v1/model").status_code == HTTPStatus.OK


def test_a_bucket_fills_up_with_time() -> None:
    now = 0.0
    rate = Rate(2, lambda: now)
    assert [rate.seconds_to_wait("a") for _ in range(3)] == [0, 0, 30]
    assert rate.seconds_to_wait("b") == 0
    now = 29
    assert rate.seconds_to_wait("a") == pytest.approx(1)
    now = 30
    assert rate.seconds_to_wait("a") == 0


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("knee.png", "knee.png"),
        ("../../etc/passwd", "passwd"),
        ("C:\\x\\hand.dcm", "hand.dcm"),
        ("a\0\r\nb\u202e.png", "ab.png"),
        ("..", "unnamed"),
        ("", "unnamed"),
        ("x" * 500, "x" * 120),
        ("Knöchel.png", "Knöchel.png"),
    ],
)
def test_names_without_what_they_could_do(sent: str, shown: str) -> None:
    assert plain_name(sent) == shown
