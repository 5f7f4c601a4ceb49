"""The command that serves a system: `python -m serving.app`."""

import ipaddress
import logging
import os
import socket
import sys
from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import uvicorn

from fracture.artifacts import bundle as bundles
from fracture.console import PipelineError
from fracture.inference import Predictor
from serving.app.access import VARIABLE, read_keys
from serving.app.connection import connections
from serving.app.limits import Limits
from serving.app.service import Served, create
from serving.app.worker import Worker
from serving.kept import Kept

DESCRIPTION = """\
Serve a trained system as a web page and a REST service. Radiographs stay in memory and nothing is
kept, unless --keep names a folder. Not for clinical use.
"""
EXAMPLES = f"""\
examples:
  python -m serving.app                        # http://127.0.0.1:8000, for this machine alone
  python -m serving.app --keep readers         # keeps radiographs, results and corrections there
  {VARIABLE}=$(openssl rand -hex 24) python -m serving.app --host 0.0.0.0

{VARIABLE} holds API keys, separated by commas; a service that other machines can reach needs one.
/openapi.json describes the service, /metrics is for Prometheus, /healthz says starting or ready.
"""


def main(given: Namespace) -> None:
    """Serve until Ctrl-C.

    Args:
        given: What `arguments` returns.

    Raises:
        PipelineError: There is no bundle, or it cannot be loaded; the port is taken; a key is too
            short, or other machines could ask without one.
    """
    folder = given.bundle or bundles.find(given.system)
    bundle = bundles.read(folder)
    keys = keys_for(given.host)
    limits = limits_of(given)
    listening = listen(given.host, given.port)
    served = Served(
        bundle=bundle,
        card=(folder / bundles.CARD).read_text(encoding="utf-8"),
        worker=Worker(partial(Predictor.load, folder), limits),
        limits=limits,
        keys=keys,
        # Whoever has a key may use any name: no page of another site has one.
        hosts=() if keys else hosts_of(given.host, given.name),
        kept=Kept(given.keep) if given.keep else None,
    )
    logging.basicConfig(format="%(asctime)s %(message)s", level=logging.WARNING, stream=sys.stderr)
    logging.getLogger("serving.app").setLevel(logging.INFO)
    # Uvicorn's warnings quote nothing of a request; its access log would quote paths.
    reasons: list[str] = []

    def ended(reason: str) -> None:
        reasons.append(reason)
        server.should_exit = True

    server = uvicorn.Server(
        uvicorn.Config(
            create(served, ended),
            http=connections(limits.header_seconds),
            ws="none",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            limit_concurrency=limits.connections,
            timeout_graceful_shutdown=5,
        )
    )
    host = f"[{given.host}]" if ":" in given.host else given.host
    print(f"{bundle.system} at http://{host}:{given.port}  (Ctrl-C ends it)", flush=True)
    print(_about_keeping(given.keep), flush=True)
    server.run(sockets=[listening])
    if reasons:
        raise PipelineError(reasons[0])


def _about_keeping(folder: Path | None) -> str:
    if folder is None:
        return "Nothing is kept. Not for clinical use."
    return f"Radiographs, results and corrections are kept in {folder}. Not for clinical use."


def limits_of(given: Namespace) -> Limits:
    """Return the limits that the command line names."""
    return Limits(**{name: getattr(given, name) for name in Limits.described()})


def keys_for(host: str) -> list[bytes]:
    """Return the digests of the API keys that the environment holds.

    Args:
        host: To listen at.

    Raises:
        PipelineError: One is too short, or there is none and other machines could ask.
    """
    try:
        keys = read_keys(os.environ.get(VARIABLE, ""))
    except ValueError as error:
        raise PipelineError(str(error)) from None
    if not keys and not _is_own(host):
        raise PipelineError(
            f"--host {host} lets other machines ask, and {VARIABLE} is empty: set it to a key, for "
            "instance of `openssl rand -hex 24`"
        )
    return keys


def hosts_of(host: str, names: Sequence[str]) -> set[str]:
    """Return the names by which a service may be asked that needs no key.

    Args:
        host: To listen at.
        names: Further ones, such as that of a proxy before it.
    """
    return {"localhost", "127.0.0.1", "::1", *(each.lower() for each in (host, *names))}


def _is_own(host: str) -> bool:
    """Return whether an address is one that this machine alone reaches."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens, before seconds are spent on loading.

    Args:
        host: Name or address.
        port: Its number.

    Raises:
        PipelineError: It is taken, or may not be listened at.
    """
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        listening = socket.create_server((host, port), family=family, backlog=256)
    except OSError as error:
        told = (
            error.strerror if isinstance(error, socket.gaierror) else os.strerror(error.errno or 0)
        )
        reason = str(told).lower()
        raise PipelineError(
            f"port {port} of {host}: {reason}; name a free one: make app PORT={port + 1}, or --port"
        ) from None
    # asyncio sets it for sockets that it makes itself alone; without it each answer, sent in two
    # parts, waits 40 ms for the client to acknowledge the first. Connections inherit it.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening


def arguments() -> Namespace:
    """Return the command line's arguments."""
    parser = ArgumentParser(
        prog="python -m serving.app",
        description=DESCRIPTION,
        epilog=EXAMPLES,
        formatter_class=RawDescriptionHelpFormatter,
    )
    which = parser.add_mutually_exclusive_group()
    which.add_argument(
        "--system", metavar="NAME", help="of which there is a bundle; else the headline system"
    )
    which.add_argument("--bundle", type=Path, metavar="FOLDER", help="a bundle that lies elsewhere")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen at (127.0.0.1)")
    parser.add_argument("--port", type=int, default=8000, help="port to listen at (8000)")
    parser.add_argument(
        "--name", action="append", default=[],
        help="under which it is asked as well, such as that of a proxy; only without keys",
    )  # fmt: skip
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="where to keep results")
    limits = parser.add_argument_group("limits")
    for name, (default, says) in Limits.described().items():
        flag = f"--{name.replace('_', '-')}"
        limits.add_argument(
            flag, type=int, default=default, metavar="N", help=f"{says} ({default})"
        )
    return parser.parse_args()


def run() -> None:
    """Serve as the command line says; a mistake of the user is one line."""
    try:
        main(arguments())
    except PipelineError as error:
        sys.exit(f"error: {error}")
    except KeyboardInterrupt:
        pass
