"""What the service refuses, always as problem details."""

from collections.abc import Iterator
from http import HTTPStatus

import pytest
from fastapi.testclient import TestClient
from httpx import Response

from serving.app.access import Rate, is_known, key_of, read_keys
from serving.app.limits import Limits
from serving.app.problems import MEDIA_TYPE
from serving.app.service import create
from serving.app.uploads import plain_name
from tests.serving.app.clients import png, send, started, wait_until_ready
from tests.serving.app.stand_in import Setting, served

KEY = "a key that nobody guesses"
NO_KEY = "no API key that is known: send one as `Authorization: Bearer KEY`"
NO_FILE = "no file in files: send one or more radiographs there"
TOO_LARGE = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
TIGHT = Limits(files=3, file_mib=1, request_mib=2, rate=1000)


def problem(answer: Response) -> tuple[int, str]:
    """Return status and detail of a problem; status 0 where it is none as the standard asks."""
    told, status = answer.json(), HTTPStatus(answer.status_code)
    expected = {"type": "about:blank", "title": status.phrase, "status": status}
    standard = answer.headers["content-type"] == MEDIA_TYPE and expected.items() <= told.items()
    return (int(status) if standard else 0), str(told["detail"])


@pytest.fixture(scope="module")
def tight() -> Iterator[TestClient]:
    with started(Setting(TIGHT)) as client:
        yield client


def test_a_request_without_files(tight: TestClient) -> None:
    assert problem(tight.post("/v1/predict")) == (
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        "expected multipart/form-data with the files in files",
    )
    text = tight.post("/v1/predict", data={"files": "text"}, files={"other": b""})
    assert problem(text) == (HTTPStatus.BAD_REQUEST, NO_FILE)


def test_a_form_that_is_cut_short(tight: TestClient) -> None:
    answer = tight.post(
        "/v1/predict",
        content=b'--x\r\nContent-Disposition: form-data; name="files"',
        headers={"Content-Type": "multipart/form-data; boundary=x"},
    )
    assert problem(answer) == (HTTPStatus.BAD_REQUEST, NO_FILE)


@pytest.mark.parametrize(
    ("sizes", "status", "detail"),
    [
        ([100] * 4, HTTPStatus.BAD_REQUEST, "more files than the 3 files that a request may have"),
        ([2**20 + 1], TOO_LARGE, "a file of more than 1 MiB: send smaller ones"),
        ([3 * 2**20], TOO_LARGE, "a request of more than 2 MiB: send fewer files at once"),
    ],
)
def test_more_files_and_bytes_than_the_limits(
    tight: TestClient, sizes: list[int], status: HTTPStatus, detail: str
) -> None:
    answer = send(tight, [(f"{place}.png", bytes(size)) for place, size in enumerate(sizes)])
    assert problem(answer) == (status, detail)


def test_a_stream_that_does_not_tell_its_length(tight: TestClient) -> None:
    def endless() -> Iterator[bytes]:
        yield b'--x\r\nContent-Disposition: form-data; name="files"; filename="a"\r\n\r\n'
        for _ in range(100):
            yield bytes(2**16)

    kind = {"Content-Type": "multipart/form-data; boundary=x"}
    answer = tight.post("/v1/predict", content=endless(), headers=kind)
    expected = (TOO_LARGE, "a request of more than 2 MiB: send fewer files at once")
    assert problem(answer) == expected


def test_nothing_that_is_an_image(tight: TestClient) -> None:
    answer = send(tight, [("a.png", b"<svg/>"), ("b.zip", b"PK\3\4")])
    assert problem(answer) == (
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "no radiograph: not scored, not an image",
    )


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v1/nothing", HTTPStatus.NOT_FOUND),
        ("GET", "/../../etc/passwd", HTTPStatus.NOT_FOUND),
        ("GET", "/%2e%2e/%2e%2e/etc/passwd", HTTPStatus.NOT_FOUND),
        ("GET", "/__main__.py", HTTPStatus.NOT_FOUND),
        ("GET", "/v1/predict", HTTPStatus.NOT_FOUND),
        ("DELETE", "/", HTTPStatus.METHOD_NOT_ALLOWED),
    ],
)
def test_paths_and_methods_that_are_none(
    tight: TestClient, method: str, path: str, status: HTTPStatus
) -> None:
    assert problem(tight.request(method, path))[0] == status


def test_a_value_that_is_none(tight: TestClient) -> None:
    answer = tight.post("/v1/corrections", json={"result": "Doe^Jane", "fractured": "perhaps"})
    assert problem(answer) == (
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "not as expected: body.fractured, body.result: see /openapi.json",
    )


def test_a_page_of_another_site(tight: TestClient) -> None:
    answer = send(tight, [("a.png", png(100))], headers={"Sec-Fetch-Site": "cross-site"})
    assert problem(answer) == (HTTPStatus.FORBIDDEN, "sent by a page of another site")


HOSTS = ("localhost", "127.0.0.1", "::1", "fracture.example")


@pytest.fixture(scope="module")
def named() -> Iterator[TestClient]:
    """Yield a client of a service that goes by some names alone."""
    app = create(served(Setting(hosts=HOSTS)))
    with TestClient(app, base_url="http://localhost") as client:
        wait_until_ready(client)
        yield client


@pytest.mark.parametrize(
    "host", ["localhost", "LocalHost:8000", "127.0.0.1:80", "[::1]:8000", "fracture.example."]
)
def test_names_that_the_service_goes_by(named: TestClient, host: str) -> None:
    assert named.get("/v1/model", headers={"Host": host}).status_code == HTTPStatus.OK


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8000", "localhost.evil.example", "[::2]", "[", "", "@"]
)
@pytest.mark.parametrize("path", ["/", "/v1/model", "/healthz", "/main.js"])
def test_a_name_that_was_made_to_point_here(named: TestClient, host: str, path: str) -> None:
    status, detail = problem(named.get(path, headers={"Host": host}))
    assert status == HTTPStatus.MISDIRECTED_REQUEST
    assert "start it with --name NAME" in detail
    assert "evil" not in detail


def test_keys() -> None:
    with started(Setting(keys=read_keys(f"{KEY}, another key of them"))) as client:
        file = [("a.png", png(100))]
        answer = send(client, file)
        assert problem(answer) == (HTTPStatus.UNAUTHORIZED, NO_KEY)
        assert answer.headers["www-authenticate"] == "Bearer"
        wrong = send(client, file, headers={"Authorization": "Bearer another"})
        assert problem(wrong) == (HTTPStatus.UNAUTHORIZED, NO_KEY)
        for name, value in (("Authorization", f"Bearer {KEY}"), ("X-API-Key", KEY)):
            assert send(client, file, headers={name: value}).status_code == HTTPStatus.OK
        for path in ("/v1/model", "/metrics"):
            assert problem(client.get(path)) == (HTTPStatus.UNAUTHORIZED, NO_KEY)
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
        expected = (HTTPStatus.TOO_MANY_REQUESTS, "more than 2 requests a minute: wait")
        assert problem(answer) == expected
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
