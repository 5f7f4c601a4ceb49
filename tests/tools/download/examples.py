"""Small archives, and a server on loopback that misbehaves as it is told."""

import io
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from tools.download.sources import Archive

ENTRIES = {
    "FracAtlas/dataset.csv": b"image_id\n",
    "FracAtlas/images/Fractured/IMG1.jpg": b"jpeg" * 100,
    "FracAtlas/Annotations/COCO JSON/COCO_fracture_masks.json": b"{}",
}


def zipped(entries: dict[str, bytes] | list[tuple[ZipInfo, bytes]]) -> bytes:
    """Return a ZIP archive."""
    pairs = list(entries.items()) if isinstance(entries, dict) else entries
    memory = io.BytesIO()
    with ZipFile(memory, "w", ZIP_DEFLATED) as archive:
        for name, content in pairs:
            archive.writestr(name, content)
    return memory.getvalue()


def source_of(content: bytes, url: str | None = None) -> Archive:
    """Return the table's row for an archive of these bytes."""
    return Archive(
        dataset="fracatlas",
        title="FracAtlas v0",
        page="https://doi.org/10.0/example",
        licence="CC BY 4.0",
        file_name="FracAtlas.zip",
        url=url,
        bytes=len(content),
        sha256=sha256(content).hexdigest(),
        unpacked_bytes=10_000,
        unpacked_files=20,
        holds=("Annotations", "dataset.csv", "images"),
    )


@dataclass
class Answer:
    """What the server does with one request.

    Attributes:
        content: The file; a range of it is served if one is asked for.
        tag: Its ETag.
        status: Another status than 200 or 206, sent without the file.
        headers: Sent too; they replace those of the same name, None removes one.
        sends: So many bytes, then the connection is cut.
        ranges: Whether a range is heeded.
        checks_tag: Whether If-Range is heeded.
        then: Called when all is sent, before the connection is closed.
    """

    content: bytes = b""
    tag: str = ""
    status: int = 0
    headers: dict[str, str | None] = field(default_factory=dict)
    sends: int | None = None
    ranges: bool = True
    checks_tag: bool = True
    then: Callable[[], object] = lambda: None


@dataclass
class Server:
    """What was asked, and what was sent; the last answer is given again and again."""

    url: str
    answers: list[Answer] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    ranges: list[str | None] = field(default_factory=list)
    tags: list[str | None] = field(default_factory=list)
    sent: list[int] = field(default_factory=list)


@contextmanager
def serving() -> Iterator[Server]:
    """Run the server on a free port of loopback."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            record.paths.append(self.path)
            record.ranges.append(self.headers["Range"])
            record.tags.append(self.headers["If-Range"])
            answer = record.answers[0] if len(record.answers) == 1 else record.answers.pop(0)
            status, headers, body = _reply(answer, self.headers["Range"], self.headers["If-Range"])
            self.send_response(status)
            for name, value in (headers | answer.headers).items():
                if value is not None:
                    self.send_header(name, value)
            self.end_headers()
            # Before the client has it all and looks.
            record.sent.append(len(body[: answer.sends]))
            self.wfile.write(body[: answer.sends])
            self.wfile.flush()
            answer.then()

        def log_message(self, *_: object) -> None:
            """Keep the test's output clean."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        record = Server(f"http://127.0.0.1:{http.server_port}")
        Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield record
        http.shutdown()


def _reply(
    answer: Answer, span: str | None, if_range: str | None
) -> tuple[int, dict[str, str | None], bytes]:
    if answer.status:
        return answer.status, {"Content-Length": "0"}, b""
    headers: dict[str, str | None] = {"ETag": answer.tag or None}
    size = len(answer.content)
    changed = answer.checks_tag and if_range not in {None, answer.tag}
    asked = re.fullmatch(r"bytes=(\d+)-", span or "")
    if not asked or not answer.ranges or changed:
        return 200, headers | {"Content-Length": str(size)}, answer.content
    start = int(asked[1])
    rest = answer.content[start:]
    headers |= {"Content-Length": str(len(rest))}
    return 206, headers | {"Content-Range": f"bytes {start}-{size - 1}/{size}"}, rest
