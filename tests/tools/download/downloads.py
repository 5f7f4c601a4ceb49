"""A download from the server on loopback, and what it leaves."""

from pathlib import Path

from tests.tools.download.examples import Answer, Server, source_of
from tools.download.fetch import fetch

CONTENT = bytes(range(256)) * 4  # 1,024 bytes


OTHER = bytes(1024)


WHOLE = Answer(CONTENT, '"a"')


def download(server: Server, archive: Path, *answers: Answer) -> None:
    server.answers = list(answers)
    fetch(source_of(CONTENT, server.url), archive)


def leftovers(archive: Path) -> set[str]:
    return {path.name for path in archive.parent.iterdir()} if archive.parent.exists() else set()


def begun(archive: Path, content: bytes, tag: str = "") -> None:
    archive.parent.mkdir()
    archive.with_name("FracAtlas.zip.part").write_bytes(content)
    archive.with_name("FracAtlas.zip.part.etag").write_text(tag)
