"""A server on loopback."""

import gc
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.tools.examples import CONTENT


@dataclass
class Answer:
    """A server's answer: its status, the size that it states, and the bytes that it sends."""

    content: bytes = b""
    status: int = 200
    size: int | None = None
    location: str = ""


@dataclass
class Server:
    """The answers to give, the last of them again and again, and the paths that were asked for."""

    url: str
    answers: list[Answer] = field(default_factory=lambda: [Answer(CONTENT)])
    paths: list[str] = field(default_factory=list)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """Run a server on loopback for a client that neither waits nor asks a proxy."""
    monkeypatch.setenv("NO_PROXY", "*")
    monkeypatch.setattr(time, "sleep", lambda _: None)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            state.paths.append(self.path)
            answer = state.answers.pop(0) if len(state.answers) > 1 else state.answers[0]
            self.send_response(answer.status)
            self.send_header("Content-Length", str(answer.size or len(answer.content)))
            if answer.location:
                self.send_header("Location", answer.location)
            self.end_headers()
            self.wfile.write(answer.content)

        def log_message(self, *_: object) -> None:
            """Keep the test's output clean."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        state = Server(f"http://127.0.0.1:{http.server_port}/file")
        threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01}).start()
        yield state
        http.shutdown()
    gc.collect()  # pooch leaves the socket of a failed request to the garbage collector
