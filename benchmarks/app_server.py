"""A service that benchmarks drive: started on a free port, watched, and ended."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

from benchmarks.machine import MEBIBYTE
from fracture.console import PipelineError

ROOT = Path(__file__).parents[1]
START_SECONDS = 300
CLONES_OWN = {"PYTHONPATH", "VIRTUAL_ENV", "MLFLOW_TRACKING_URI", "FRACTURE_API_KEYS"}
"""Variables that are not handed to a clone, which has an environment of its own."""


@dataclass(frozen=True)
class Server:
    """A service that runs.

    Attributes:
        address: Such as `http://127.0.0.1:8000`.
        process: That answers.
        folder: Its working directory, home and folder of temporary files.
        log: What it writes to standard error.
        started: Seconds until it was ready.
    """

    address: str
    process: int
    folder: Path
    log: Path
    started: float

    def alive(self) -> bool:
        """Return whether it is ready, after it was perhaps started anew."""
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if answers(f"{self.address}/healthz"):
                return True
            time.sleep(0.2)
        return False

    def written(self) -> list[str]:
        """Return the files that it has written."""
        return sorted(str(file.relative_to(self.folder)) for file in self.folder.rglob("*"))

    def memory(self) -> dict[str, int]:
        """Return the resident memory of what answers and of what predicts, MiB."""
        text = httpx.get(f"{self.address}/metrics", timeout=60).text
        names = {
            "answers": "process_resident_memory_bytes",
            "predicts": "fracture_worker_memory_bytes",
        }  # fmt: skip
        found = {
            name: re.search(rf"^{key} (\S+)", text, re.MULTILINE) for name, key in names.items()
        }
        return {
            name: round(float(match[1]) / MEBIBYTE / 1024) for name, match in found.items() if match
        }


@contextmanager
def serving(bundle: Path, *options: str) -> Iterator[Server]:
    """Yield a service of a bundle, ready.

    Args:
        bundle: Its folder.
        *options: Further ones of `python -m serving.app`.

    Raises:
        PipelineError: It does not start; its last lines say why.
    """
    port = free_port()
    with TemporaryDirectory() as outside, TemporaryDirectory() as folder:
        log = Path(outside, "log")
        command = [sys.executable, "-m", "serving.app", "--bundle", str(bundle.resolve())]
        command += ["--port", str(port), *options]
        environment = os.environ | {
            "HOME": folder, "TMPDIR": folder, "PYTHONPATH": str(ROOT),
            "PYTHONDONTWRITEBYTECODE": "1",
        }  # fmt: skip
        began = time.monotonic()
        with log.open("wb") as stream:
            process = subprocess.Popen(  # noqa: S603
                command, cwd=folder, env=environment, stdout=stream, stderr=stream
            )
        try:
            address = f"http://127.0.0.1:{port}"
            _wait_until_ready(process, f"{address}/healthz", log)
            seconds = time.monotonic() - began
            yield Server(address, process.pid, Path(folder), log, seconds)
        finally:
            process.terminate()
            process.wait(30)


@contextmanager
def made(target: str, folder: Path, health: str) -> Iterator[str]:
    """Yield the address that `make <target>` prints, once what it starts is ready.

    Args:
        target: `app` or `mlflow`.
        folder: A clone.
        health: The path at which that says that it is ready.

    Raises:
        PipelineError: It does not start; its last lines say why.
    """
    port = free_port()
    environment = {name: value for name, value in os.environ.items() if name not in CLONES_OWN}
    with TemporaryDirectory() as outside:
        log = Path(outside, "log")
        with log.open("wb") as stream:
            process = subprocess.Popen(  # noqa: S603
                ["make", target, f"PORT={port}"],  # noqa: S607
                cwd=folder, env=environment, stdout=stream, stderr=stream, start_new_session=True,
            )  # fmt: skip
        try:
            own = f"http://127.0.0.1:{port}"
            _wait_until_ready(process, f"{own}{health}", log)
            printed = re.search(rf"{own}\S*", log.read_text(encoding="utf-8"))
            yield printed[0] if printed else own
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)  # make, and what it started
            process.wait(30)


def _wait_until_ready(process: "subprocess.Popen[bytes]", health: str, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not answers(health):
        if process.poll() is not None or time.monotonic() > deadline:
            lines = log.read_text(encoding="utf-8").splitlines()
            raise PipelineError(f"the service does not start: {' '.join(lines[-3:])}")
        time.sleep(0.1)


def free_port() -> int:
    """Return a port of this machine at which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def answers(address: str) -> bool:
    """Return whether a server answers there, and does not complain."""
    try:
        return httpx.get(address, timeout=5).is_success
    except httpx.HTTPError:
        return False


def pictures(folder: Path, most: int) -> Sequence[Path]:
    """Return radiographs below a folder, by name.

    Raises:
        PipelineError: There is none.
    """
    found = sorted(
        file for file in folder.rglob("*") if file.suffix.lower() in {".png", ".jpg", ".dcm"}
    )
    if not found:
        raise PipelineError(f"no radiograph in {folder}: name a folder of PNG, JPEG or DICOM files")
    return found[:most]
