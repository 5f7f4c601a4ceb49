"""Whatever server and line do: the right bytes in place, or one line that says why not."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from fracture.console import PipelineError
from tests.tools.download.downloads import CONTENT, OTHER, WHOLE, begun, download, leftovers
from tests.tools.download.examples import Answer, Server, source_of
from tools.download import fetch as module
from tools.download.fetch import fetch


def test_the_archive_arrives(loopback: Server, archive: Path) -> None:
    download(loopback, archive, WHOLE)
    assert archive.read_bytes() == CONTENT
    assert (loopback.ranges, loopback.sent) == ([None], [1024])
    assert leftovers(archive) == {"FracAtlas.zip"}


def test_what_is_there_is_checked_and_not_fetched(loopback: Server, archive: Path) -> None:
    begun(archive, b"")
    archive.write_bytes(CONTENT)
    download(loopback, archive)
    assert loopback.paths == []


@pytest.mark.parametrize(
    ("content", "fault"), [(OTHER, "SHA-256 5f70bf18"), (b"12", "2 bytes, expected 1,024")]
)
def test_what_is_there_and_wrong_is_left_and_told(
    loopback: Server, archive: Path, content: bytes, fault: str
) -> None:
    archive.parent.mkdir()
    archive.write_bytes(content)
    with pytest.raises(PipelineError, match=f"FracAtlas.zip is not FracAtlas v0: it has {fault}"):
        download(loopback, archive)
    assert archive.read_bytes() == content


@pytest.mark.parametrize("tag", ['"a"', 'W/"a"', ""])
def test_a_cut_line_is_resumed(loopback: Server, archive: Path, tag: str) -> None:
    download(
        loopback,
        archive,
        Answer(CONTENT, tag, sends=300),
        Answer(CONTENT, tag, sends=100),
        Answer(CONTENT, tag),
    )
    assert archive.read_bytes() == CONTENT
    first, second, third = loopback.ranges
    assert (first, second, third) == (None, "bytes=300-", "bytes=400-")
    assert sum(loopback.sent) == 1024
    strong = tag or None if tag != 'W/"a"' else None
    assert loopback.tags == [None, strong, strong]


def test_a_later_run_resumes_and_asks_for_the_same_file(loopback: Server, archive: Path) -> None:
    begun(archive, CONTENT[:1000], '"a"')
    download(loopback, archive, WHOLE)
    assert archive.read_bytes() == CONTENT
    assert (loopback.ranges, loopback.tags) == (["bytes=1000-"], ['"a"'])
    assert loopback.sent == [24]


def test_all_there_but_not_yet_in_place(loopback: Server, archive: Path) -> None:
    begun(archive, CONTENT)
    download(loopback, archive)
    assert archive.read_bytes() == CONTENT
    assert loopback.paths == []


def test_headway_makes_up_for_cuts(
    loopback: Server, archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "HEADWAY", 50)
    download(loopback, archive, Answer(CONTENT, sends=50))
    assert archive.read_bytes() == CONTENT
    assert len(loopback.sent) == 21


def test_a_line_that_is_cut_without_headway(loopback: Server, archive: Path) -> None:
    expected = r"127.0.0.1 broke off too often \(350 of 1,024 bytes came\): .* go on from the 350"
    with pytest.raises(PipelineError, match=expected):
        download(loopback, archive, Answer(CONTENT, sends=50))
    assert leftovers(archive) == {"FracAtlas.zip.part", "FracAtlas.zip.part.etag"}


def test_a_server_without_ranges_that_always_cuts_comes_to_an_end(
    loopback: Server, archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "HEADWAY", 50)
    with pytest.raises(PipelineError, match=r"\(500 of 1,024 bytes came\)"):
        download(loopback, archive, Answer(CONTENT, ranges=False, sends=500))


def test_a_server_without_ranges_starts_over(loopback: Server, archive: Path) -> None:
    cut = Answer(CONTENT, ranges=False, sends=300)
    download(loopback, archive, cut, Answer(CONTENT, ranges=False))
    assert archive.read_bytes() == CONTENT
    assert loopback.sent == [300, 1024]


def test_a_silent_line_counts_as_cut(
    loopback: Server, archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "TIMEOUT", (5, 1))
    released = threading.Event()
    silent = Answer(CONTENT, sends=300, then=lambda: released.wait(10))
    try:
        download(loopback, archive, silent, WHOLE)
    finally:
        released.set()
    assert archive.read_bytes() == CONTENT
    assert loopback.ranges == [None, "bytes=300-"]


@pytest.mark.parametrize("checks_tag", [True, False])
def test_a_file_that_changes_between_attempts(
    loopback: Server, archive: Path, checks_tag: bool
) -> None:
    old = Answer(OTHER, '"old"', sends=300)
    download(loopback, archive, old, Answer(CONTENT, '"a"', checks_tag=checks_tag))
    assert archive.read_bytes() == CONTENT
    assert loopback.tags == [None, '"old"', None][: len(loopback.tags)]


def test_a_file_that_changes_unnoticed_is_found_by_its_hash(
    loopback: Server, archive: Path
) -> None:
    with pytest.raises(PipelineError, match="arrived damaged and was deleted: it has SHA-256"):
        download(loopback, archive, Answer(OTHER, sends=300), Answer(CONTENT))
    download(loopback, archive, WHOLE)
    assert archive.read_bytes() == CONTENT


@pytest.mark.parametrize(
    "answer",
    [
        Answer(status=416),
        Answer(CONTENT, headers={"Content-Range": None}),
        Answer(CONTENT, headers={"Content-Range": "bytes 0-1023/1024"}),
        Answer(CONTENT, headers={"Content-Range": "nonsense"}),
    ],
)
def test_an_answer_that_cannot_be_joined_starts_over(
    loopback: Server, archive: Path, answer: Answer
) -> None:
    begun(archive, OTHER[:500])
    download(loopback, archive, answer, WHOLE)
    assert archive.read_bytes() == CONTENT
    assert loopback.ranges == ["bytes=500-", None]


def test_more_than_there_is_starts_over(loopback: Server, archive: Path) -> None:
    begun(archive, bytes(2000))
    download(loopback, archive, WHOLE)
    assert archive.read_bytes() == CONTENT
    assert loopback.ranges == [None]


@pytest.fixture
def interrupts() -> Iterator[None]:
    """Heed Ctrl-C even where the tests were started in the background."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interrupts")
def test_an_interrupted_run_is_resumed_by_the_next(loopback: Server, archive: Path) -> None:
    content = bytes(range(256)) * 400
    part = archive.with_name("FracAtlas.zip.part")
    released = threading.Event()

    def interrupt() -> None:
        while not (part.exists() and part.stat().st_size):
            time.sleep(0.001)
        os.kill(os.getpid(), signal.SIGINT)
        released.wait(10)

    source = source_of(content, loopback.url)
    loopback.answers = [Answer(content, '"a"', sends=60_000, then=interrupt)]
    with pytest.raises(KeyboardInterrupt):
        fetch(source, archive)
    released.set()
    there = part.stat().st_size
    assert 0 < there <= 60_000
    assert content.startswith(part.read_bytes())
    assert not archive.exists()
    loopback.answers = [Answer(content, '"a"')]
    fetch(source, archive)
    assert archive.read_bytes() == content
    assert loopback.sent == [60_000, len(content) - there]
