"""Connections are cut that send no whole request."""

import asyncio
import socket
import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn
from starlette.responses import PlainTextResponse

from serving.app.connection import Together, connections

SECONDS = 0.3


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    listening = socket.create_server(("127.0.0.1", 0))
    answer = PlainTextResponse("heard")
    config = uvicorn.Config(answer, http=connections(SECONDS), log_config=None, ws="none")
    server = uvicorn.Server(config)
    thread = threading.Thread(
        target=lambda: asyncio.run(server.serve(sockets=[listening])), daemon=True
    )
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield listening.getsockname()[1]
    server.should_exit = True
    thread.join()
    listening.close()


def ask(connection: socket.socket) -> None:
    """Ask on a connection, and require that it is answered."""
    connection.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    heard = b""
    while b"heard" not in heard:
        heard += connection.recv(1000)


def cut(connection: socket.socket) -> bool:
    """Return whether the other side has cut a connection, or does so soon."""
    try:
        return connection.recv(1000) == b""
    except ConnectionResetError:
        return True


@pytest.mark.parametrize("sent", [b"", b"GET / HTTP/1.1\r\nHost: a\r\n"])
def test_headers_that_do_not_end(port: int, sent: bytes) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(sent)
        assert cut(connection)


def test_the_headers_of_a_later_request(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        ask(connection)
        time.sleep(2 * SECONDS)  # nothing was asked, nothing is cut
        ask(connection)
        connection.sendall(b"GET / HTTP/1.1\r\n")
        assert cut(connection)


class Noted:
    """Stands in for a transport."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []
        self.closed = False

    def write(self, data: bytes) -> None:
        self.sent.append(data)

    def close(self) -> None:
        self.closed = True

    def is_closing(self) -> bool:
        return self.closed


def test_headers_and_body_are_sent_together_and_before_the_end() -> None:
    async def answer() -> None:
        for part in (b"headers", b"body", b""):
            together.write(part)
        assert noted.sent == []
        await asyncio.sleep(0)
        assert noted.sent == [b"headersbody"]
        together.write(b"more")
        together.close()
        assert noted.sent == [b"headersbody", b"more"]
        assert noted.closed
        together.write(b"too late")
        await asyncio.sleep(0)
        assert len(noted.sent) == 2

    loop, noted = asyncio.new_event_loop(), Noted()
    together = Together(noted, loop)
    loop.run_until_complete(answer())
    loop.close()
