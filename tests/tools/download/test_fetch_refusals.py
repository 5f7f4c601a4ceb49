"""Servers that lie, refuse or are not there: one line that says so, and nothing half in place."""

from pathlib import Path

import pytest

from fracture.console import PipelineError
from tests.tools.download.downloads import CONTENT, OTHER, WHOLE, begun, download, leftovers
from tests.tools.download.examples import Answer, Server, source_of
from tools.download.fetch import fetch, missing


@pytest.mark.parametrize("length", ["1023", "99999999"])
def test_another_length_is_refused_before_anything_is_written(
    loopback: Server, archive: Path, length: str
) -> None:
    offer = f"offers {int(length):,} bytes, FracAtlas v0 has 1,024: fetch it in a browser from http"
    with pytest.raises(PipelineError, match=offer):
        download(loopback, archive, Answer(CONTENT, headers={"Content-Length": length}))
    assert leftovers(archive) == set()


def test_another_length_of_the_whole_is_refused(loopback: Server, archive: Path) -> None:
    begun(archive, CONTENT[:500])
    headers: dict[str, str | None] = {"Content-Range": "bytes 500-1999/2000"}
    with pytest.raises(PipelineError, match="offers 2,000 bytes"):
        download(loopback, archive, Answer(CONTENT, headers=headers))


def test_a_stream_without_end_is_left(loopback: Server, archive: Path) -> None:
    endless = Answer(CONTENT + OTHER, headers={"Content-Length": None})
    with pytest.raises(PipelineError, match="sends more than the 1,024 bytes of FracAtlas v0"):
        download(loopback, archive, endless)
    assert archive.with_name("FracAtlas.zip.part").stat().st_size <= 1024


def test_a_stream_without_length_is_taken(loopback: Server, archive: Path) -> None:
    download(loopback, archive, Answer(CONTENT, headers={"Content-Length": None}))
    assert archive.read_bytes() == CONTENT


def test_a_damaged_archive_is_deleted_and_told(loopback: Server, archive: Path) -> None:
    damaged = Answer(CONTENT[:-1] + b"x")
    expected = (
        "arrived damaged and was deleted: it has SHA-256 [0-9a-f]{64}, expected 785b0751fc2c53dc"
        ".*; run this again, or fetch it in a browser from https://doi.org"
    )
    with pytest.raises(PipelineError, match=expected):
        download(loopback, archive, damaged)
    assert leftovers(archive) == set()


@pytest.mark.parametrize(("status", "tries"), [(202, 1), (403, 1), (404, 1), (500, 7), (503, 7)])
def test_a_server_that_refuses(loopback: Server, archive: Path, status: int, tries: int) -> None:
    with pytest.raises(PipelineError, match=f"answers {status} .*: fetch it in a browser"):
        download(loopback, archive, Answer(status=status))
    assert len(loopback.paths) == tries
    assert leftovers(archive) == set()


def test_a_server_that_recovers(loopback: Server, archive: Path) -> None:
    busy = Answer(status=503, headers={"Retry-After": "0"})
    download(loopback, archive, Answer(status=500), busy, WHOLE)
    assert archive.read_bytes() == CONTENT


def test_redirects_keep_the_range(loopback: Server, archive: Path) -> None:
    begun(archive, CONTENT[:1000])
    there = Answer(status=302, headers={"Location": f"{loopback.url}/signed"})
    download(loopback, archive, there, WHOLE)
    assert archive.read_bytes() == CONTENT
    assert loopback.paths == ["/", "/signed"]
    assert loopback.ranges == ["bytes=1000-"] * 2


@pytest.mark.parametrize(
    "address", ["http://example.org/x", "http://127.0.0.1@example.org/", "http://localhost.x.org"]
)
def test_redirects_away_from_https_are_refused(
    loopback: Server, archive: Path, address: str
) -> None:
    with pytest.raises(PipelineError, match=r"http://\S+\.org is asked for, not https: fetch it"):
        download(loopback, archive, Answer(status=302, headers={"Location": address}))


def test_nobody_there(loopback: Server, archive: Path) -> None:
    begun(archive, CONTENT[:7])
    nowhere = source_of(CONTENT, "http://127.0.0.1:1/")
    expected = "127.0.0.1 cannot be reached .*refused.*proxy variables; .* go on from the 7 bytes"
    with pytest.raises(PipelineError, match=expected):
        fetch(nowhere, archive)
    assert loopback.paths == []


def test_a_server_that_speaks_no_tls(loopback: Server, archive: Path) -> None:
    source = source_of(CONTENT, loopback.url.replace("http:", "https:"))
    with pytest.raises(PipelineError, match=r"127.0.0.1 cannot be reached \(.*SSL"):
        fetch(source, archive)


def test_proxy_variables_are_heeded(
    loopback: Server, archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("http_proxy", loopback.url)
    loopback.answers = [WHOLE]
    fetch(source_of(CONTENT, "http://localhost:1/files/7"), archive)
    assert loopback.paths == ["http://localhost:1/files/7"]


def test_without_an_address(archive: Path) -> None:
    expected = "no lasting address of FracAtlas v0 is known: fetch it .*, put it at .*FracAtlas.zip"
    with pytest.raises(PipelineError, match=expected):
        fetch(source_of(CONTENT), archive)


def test_what_is_missing(archive: Path) -> None:
    source = source_of(CONTENT)
    assert missing(source, archive) == 1024
    begun(archive, CONTENT[:1000])
    assert missing(source, archive) == 24
    archive.write_bytes(CONTENT)
    assert missing(source, archive) == 0
