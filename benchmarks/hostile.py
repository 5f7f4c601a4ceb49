"""Send hostile uploads to a service: `python -m benchmarks.hostile BUNDLE`.

Files that are no radiographs (`benchmarks.hostile_uploads`), and requests that are none: streams
without end, headers beyond any size, clients that send a byte a second. Each has to end in a status
of 400 to 499 or in a cut connection. Afterwards the service answers, has written nothing, and its
log holds no name of a file or a patient.
"""

import socket
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import numpy as np
from tabulate import tabulate

from benchmarks.app_server import Server, serving
from benchmarks.command_line import end_in_a_line, parser_of
from benchmarks.hostile_uploads import PATIENT, Attack, attacks, dicom
from benchmarks.machine import describe
from fracture.console import PipelineError

OPTIONS = ("--upload-seconds", "5", "--header-seconds", "3", "--seconds", "20", "--rate", "100000")
CUT = "connection cut"
PATIENCE = 120  # seconds
LOOKED_FOR = ("Mustermann", "Erika", "passwd", "hacked", "4711")
SCORED = "scored"


def main() -> None:
    """Send all, print how each kind ended, and require that the service is unharmed."""
    parser = parser_of("hostile", __doc__)
    parser.add_argument("bundle", type=Path, help="a folder of data/bundles")
    with serving(parser.parse_args().bundle, *OPTIONS) as server:
        before, written = server.memory(), server.written()
        ends = [(attack.kind, sent(server, attack)) for attack in attacks()]
        with ThreadPoolExecutor(len(REQUESTS)) as together:
            asked = [together.submit(request, server) for request in REQUESTS.values()]
            ends += [(kind, one.result()) for kind, one in zip(REQUESTS, asked, strict=True)]
        wrong = [f"{kind}: {end}" for kind, end in ends if not is_refused(end)]
        wrong += harm(server, written)
        print(describe())
        table = [[kind, end, count] for (kind, end), count in Counter(ends).items()]
        print(tabulate(table, headers=["sent", "end", "times"]))
        print(f"{len(ends)} uploads; memory in MiB before {before}, after {server.memory()}")
    if wrong:
        raise PipelineError("; ".join(wrong))
    print("The service is alive, nothing was written, its log tells nothing of what was sent.")


def is_refused(end: str) -> bool:
    """Return whether a request ended as it should."""
    return end == CUT or (end.isdecimal() and 400 <= int(end) < 500)  # noqa: PLR2004


def harm(server: Server, before: list[str]) -> Iterator[str]:
    """Yield what became of the service that should not have.

    Args:
        server: The service.
        before: What libraries had written in its home by the time that it was ready.
    """
    if not server.alive():
        yield "the service does not answer"
    with httpx.Client(timeout=PATIENCE) as client:
        noise = np.random.default_rng(0).integers(0, 256, 2**16, np.uint8).tobytes()
        form = {"files": (f"{PATIENT}.dcm", dicom(noise, Rows=256, Columns=256))}
        if not client.post(f"{server.address}/v1/predict", files=form).is_success:
            yield "the service scores no radiograph any more"
    if written := sorted({*server.written()} - {*before}):
        yield f"written: {written}"
    log = server.log.read_text(encoding="utf-8", errors="replace")
    for text in LOOKED_FOR:
        if text in log:
            yield f"the log holds {text}"
    if "Traceback" in log or " 500 " in log:
        yield "the log holds a fault"


def sent(server: Server, attack: Attack) -> str:
    """Return how the upload of a file ended."""
    with httpx.Client(timeout=PATIENCE) as client:
        try:
            form = {"files": (attack.name, attack.content)}
            answer = client.post(f"{server.address}/v1/predict?heat=true", files=form)
        except httpx.TransportError:
            return CUT
    return SCORED if answer.is_success else str(answer.status_code)


def asked(server: Server, pieces: Iterator[bytes], pause: float = 0) -> str:
    """Return how a request ended that is written by hand.

    Args:
        server: That gets it.
        pieces: Of the request.
        pause: Seconds between two of them.
    """
    host, port = server.address.removeprefix("http://").split(":")
    deadline = time.monotonic() + PATIENCE
    with socket.create_connection((host, int(port)), timeout=PATIENCE) as connection:
        try:
            for piece in pieces:
                connection.sendall(piece)
                time.sleep(pause)
                if time.monotonic() > deadline:
                    return "still open"
        except OSError:
            pass  # it may have answered before it cut
        try:
            first = connection.recv(100).split(b" ")
        except OSError:
            return CUT
    return first[1].decode() if len(first) > 1 else CUT


HEAD = b"POST /v1/predict HTTP/1.1\r\nHost: localhost\r\n"
FORM = b"Content-Type: multipart/form-data; boundary=x\r\n"
PART = b'--x\r\nContent-Disposition: form-data; name="files"; filename="a.png"\r\n\r\n'


def endless(server: Server) -> str:
    """Send a file without end, in chunks."""

    def pieces() -> Iterator[bytes]:
        yield HEAD + FORM + b"Transfer-Encoding: chunked\r\n\r\n"
        yield b"%x\r\n%b\r\n" % (len(PART), PART)
        chunk = bytes(2**20)
        while True:
            yield b"%x\r\n%b\r\n" % (len(chunk), chunk)

    return asked(server, pieces())


def promised(server: Server) -> str:
    """Promise a terabyte."""
    return asked(server, iter([HEAD + FORM + b"Content-Length: 1000000000000\r\n\r\n" + PART]))


def slow_headers(server: Server) -> str:
    """Send a header a second."""
    return asked(server, (b"X-Slow: a\r\n" if n else HEAD for n in range(1000)), 1)


def slow_body(server: Server) -> str:
    """Send a byte of the body a second."""

    def pieces() -> Iterator[bytes]:
        yield HEAD + FORM + b"Content-Length: 5000\r\n\r\n" + PART
        yield from (b"a" for _ in range(4000))

    return asked(server, pieces(), 1)


def leaving(server: Server) -> str:
    """Leave in the middle of a file."""
    begun = HEAD + FORM + b"Content-Length: 50000\r\n\r\n" + PART + PATIENT.encode()
    host, port = server.address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=PATIENCE) as connection:
        connection.sendall(begun)
    return CUT


def nothing(server: Server) -> str:
    """Open a connection and say nothing."""
    return asked(server, iter(()))


def huge_headers(server: Server) -> str:
    """Send a header of 10 MiB."""
    return asked(server, (b"X-Huge: " + b"a" * 2**20 if n else HEAD for n in range(10)))


def many_headers(server: Server) -> str:
    """Send headers without end."""
    return asked(server, (b"X-%d: a\r\n" % n * 100 if n else HEAD for n in range(10**6)))


def no_http(server: Server) -> str:
    """Send what is no HTTP."""
    return asked(server, iter([b"\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03" * 20 + b"\r\n\r\n"]))


def two_lengths(server: Server) -> str:
    """Say two lengths, as smugglers of requests do."""
    return asked(
        server, iter([HEAD + FORM + b"Content-Length: 5\r\nContent-Length: 9\r\n\r\nhello"])
    )


def many_parts(server: Server) -> str:
    """Send ten thousand files in one request."""
    body = (PART + b"a\r\n") * 10_000 + b"--x--\r\n"
    return asked(server, iter([HEAD + FORM + b"Content-Length: %d\r\n\r\n" % len(body), body]))


def part_headers(server: Server) -> str:
    """Send a part of which the headers have 10 MiB."""
    body = b'--x\r\nContent-Disposition: form-data; name="files"; a="' + b"a" * 10 * 2**20
    return asked(server, iter([HEAD + FORM + b"Content-Length: %d\r\n\r\n" % len(body), body]))


def long_boundary(server: Server) -> str:
    """Send a boundary of 50 kB."""
    kind = b"Content-Type: multipart/form-data; boundary=" + b"x" * 50_000
    return asked(server, iter([HEAD + kind + b"\r\nContent-Length: 5\r\n\r\nhello"]))


def climbing(server: Server) -> str:
    """Ask for a file above the page."""
    path = b"/%2e%2e/../..%2f..%2fetc%2fpasswd?patient=Mustermann"
    return asked(server, iter([b"GET " + path + b" HTTP/1.1\r\nHost: localhost\r\n\r\n"]))


REQUESTS: dict[str, Callable[[Server], str]] = {
    each.__doc__.rstrip(".") if each.__doc__ else "": each
    for each in (
        endless, promised, slow_headers, slow_body, leaving, nothing, huge_headers, many_headers,
        no_http, two_lengths, many_parts, part_headers, long_boundary, climbing,
    )
}  # fmt: skip


if __name__ == "__main__":
    end_in_a_line(main)
