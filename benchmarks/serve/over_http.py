"""Ways to answer over HTTP: the service of this project, and `mlflow models serve`."""

import base64
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from shutil import copytree
from tempfile import TemporaryDirectory
from typing import Any

import httpx
import psutil

from benchmarks.app_server import ROOT, START_SECONDS, serving
from benchmarks.serve.ways import Cost, time_answers
from fracture.console import PipelineError

NO_LIMIT = "1000000"


def service(folder: Path, contents: Sequence[bytes], count: int) -> Cost:
    """Return the cost of the service of this project.

    Args:
        folder: Of a bundle.
        contents: Files of radiographs.
        count: See `time_answers`.
    """
    with serving(folder, "--rate", NO_LIMIT) as server, httpx.Client(timeout=120) as client:

        def answer(chosen: Sequence[bytes]) -> None:
            files = [("files", (f"{place}.jpg", each)) for place, each in enumerate(chosen)]
            client.post(f"{server.address}/v1/predict", files=files).raise_for_status()

        spent = _processor(server.process)
        answer(contents[:1])
        start = spent()
        told = time_answers(answer, contents, count, spent)
        return Cost(start, sum(server.memory().values()), *told)


def mlflow_serves(folder: Path, contents: Sequence[bytes], count: int) -> Cost:
    """Return the cost of `mlflow models serve` on the bundle as an MLflow model.

    Args:
        folder: Of a bundle.
        contents: Files of radiographs.
        count: See `time_answers`.
    """
    encoded = [[base64.b64encode(content).decode()] for content in contents]
    with mlflow_server(folder) as (address, spent, memory), httpx.Client(timeout=120) as client:

        def answer(rows: Sequence[Any]) -> None:
            split = {"dataframe_split": {"columns": ["radiograph"], "data": list(rows)}}
            client.post(f"{address}/invocations", json=split).raise_for_status()

        answer(encoded[:1])
        start = spent()
        return Cost(start, memory(), *time_answers(answer, encoded, count, spent))


@contextmanager
def mlflow_server(folder: Path) -> Iterator[tuple[str, Callable[[], float], Callable[[], int]]]:
    """Yield address, processor seconds and memory of a server that answers."""
    with TemporaryDirectory() as beside, socket.socket() as probe:
        copytree(folder, Path(beside, "contents", "bundle"))
        code = (
            "import sys, pathlib, mlflow.models; from serving.registry.model import save\n"
            "save(*map(pathlib.Path, sys.argv[1:]), mlflow.models.Model())"
        )
        programs = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"  # uvicorn's
        environment = os.environ | {
            "PYTHONPATH": str(ROOT), "PATH": programs, "MLFLOW_DISABLE_TELEMETRY": "true",
        }  # fmt: skip
        made, contents = str(Path(beside, "model")), str(Path(beside, "contents"))
        subprocess.run(  # noqa: S603
            [sys.executable, "-c", code, made, contents],
            env=environment, cwd=beside, check=True, stdout=sys.stderr,
        )  # fmt: skip
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
        probe.close()
        command = [sys.executable, "-m", "mlflow", "models", "serve", "--model-uri", made]
        command += ["--env-manager", "local", "--port", port, "--workers", "1"]
        process = subprocess.Popen(command, env=environment, cwd=beside, stdout=sys.stderr)  # noqa: S603
        try:
            address, deadline = f"http://127.0.0.1:{port}", time.monotonic() + START_SECONDS
            while not _is_up(address):
                if process.poll() is not None or time.monotonic() > deadline:
                    raise PipelineError("mlflow models serve does not start: see above")
                time.sleep(0.2)
            yield address, _processor(process.pid), lambda: _memory(process.pid)
        finally:
            for each in _tree(process.pid) if process.poll() is None else ():
                each.terminate()
            process.wait(30)


def _is_up(address: str) -> bool:
    try:
        return httpx.get(f"{address}/ping", timeout=5).is_success
    except httpx.HTTPError:
        return False


def _tree(process: int) -> list[psutil.Process]:
    top = psutil.Process(process)
    return [*top.children(recursive=True), top]


def _processor(process: int) -> Callable[[], float]:
    """Return what tells the processor seconds of a process and of those that it started."""
    return lambda: sum(sum(each.cpu_times()[:2]) for each in _tree(process))


def _memory(process: int) -> int:
    return sum(int(each.memory_info().rss) for each in _tree(process)) // 2**20
