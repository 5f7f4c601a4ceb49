"""Connections that may not be held open without a request, and that answer in one go."""

import asyncio
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol


class Connection(H11Protocol):
    """Uvicorn's protocol, which by itself waits for headers without end.

    Attributes:
        seconds: In which the headers of each request must have arrived, the first one's and, once
            a byte of it has come, those of any later one.
    """

    seconds: float
    _limit: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        """Begin to wait."""
        together: Any = Together(transport, self.loop)
        super().connection_made(together)
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Take bytes; wait no longer where they end the headers."""
        answered = self.cycle is None or self.cycle.response_complete
        if answered and self._limit is None:
            self._wait()
        before = self.cycle
        super().data_received(data)
        if self.cycle is not before:
            self._end()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no longer."""
        self._end()
        super().connection_lost(exc)

    def _wait(self) -> None:
        self._limit = self.loop.call_later(self.seconds, self._close)

    def _end(self) -> None:
        if self._limit is not None:
            self._limit.cancel()
            self._limit = None

    def _close(self) -> None:
        self._limit = None
        if not self.transport.is_closing():
            self.transport.abort()


class Together:
    """A transport that sends together what is written within one turn of the loop.

    Uvicorn writes headers and body one after the other: two packets, of which each wakes a client.
    """

    def __init__(self, transport: Any, loop: asyncio.AbstractEventLoop) -> None:
        """Stand before a transport.

        Args:
            transport: Of asyncio.
            loop: That calls it.
        """
        self._transport, self._loop, self._written = transport, loop, list[bytes]()

    def write(self, data: bytes) -> None:
        """Send data before the next turn of the loop."""
        if not self._written:
            self._loop.call_soon(self._send)
        self._written.append(data)

    def close(self) -> None:
        """Send what was written, and close."""
        self._send()
        self._transport.close()

    def _send(self) -> None:
        written, self._written = b"".join(self._written), []
        if written and not self._transport.is_closing():
            self._transport.write(written)

    def __getattr__(self, name: str) -> Any:
        """Return what the transport has beside that."""
        return getattr(self._transport, name)


def connections(seconds: float) -> type[Connection]:
    """Return the protocol.

    Args:
        seconds: See `Connection`.
    """
    return type("Connection", (Connection,), {"seconds": seconds})
