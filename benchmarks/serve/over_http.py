"""Ways to answer over HTTP: the service of this project, and `mlflow models serve`."""

import base64
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from shutil import copytree
from tempfile import TemporaryDirectory
from typing import Any

import httpx

from benchmarks.app_server import ROOT, START_SECONDS, answers, free_port, serving
from benchmarks.machine import memory_of, processor_seconds, tree
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

        spent = partial(processor_seconds, server.process)
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
    with TemporaryDirectory() as beside:
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
        done = subprocess.run(  # noqa: S603
            [sys.executable, "-c", code, made, contents],
            env=environment, cwd=beside, check=False, capture_output=True, text=True,
        )  # fmt: skip
        if done.returncode:
            raise PipelineError(
                f"the bundle is not saved as a model of MLflow: {done.stderr[-600:]}"
            )
        port = str(free_port())
        command = [sys.executable, "-m", "mlflow", "models", "serve", "--model-uri", made]
        command += ["--env-manager", "local", "--port", port, "--workers", "1"]
        log = Path(beside, "log")  # a line for each request
        with log.open("wb") as stream:
            process = subprocess.Popen(  # noqa: S603
                command, env=environment, cwd=beside, stdout=stream, stderr=stream
            )
        try:
            address, deadline = f"http://127.0.0.1:{port}", time.monotonic() + START_SECONDS
            while not answers(f"{address}/ping"):
                if process.poll() is not None or time.monotonic() > deadline:
                    said = log.read_text(encoding="utf-8").splitlines()
                    raise PipelineError(f"mlflow models serve does not start: {said[-3:]}")
                time.sleep(0.2)
            of = process.pid
            yield address, partial(processor_seconds, of), partial(memory_of, of)
        finally:
            for each in tree(process.pid) if process.poll() is None else ():
                with suppress(ProcessLookupError):
                    os.kill(each, signal.SIGTERM)
            process.wait(30)
