"""Connections are cut that send no whole request."""

import asyncio
import socket
import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn
from starlette.responses import PlainTextResponse

from serving.app.connection import connections

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
