"""Does each way to ask give what was evaluated? `python -m benchmarks.same_answers`.

After `dvc repro`, in its folder. All test radiographs of the headline system go through the
predictor with Keras and with ONNX Runtime, the command line, the REST service, and MLflow, loaded
in Python and served. Each answer is held against the probability that the evaluation rests on,
after temperature scaling; all but the first two give six decimals.
"""

import base64
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from shutil import copytree
from tempfile import TemporaryDirectory
from typing import Literal

import httpx
import numpy as np
import pandas as pd
from tabulate import tabulate

from benchmarks.app_server import serving
from benchmarks.command_line import end_in_a_line, parser_of
from benchmarks.machine import describe, in_fresh_process, versions
from benchmarks.serve.over_http import NO_LIMIT, mlflow_server
from fracture.console import PipelineError
from fracture.inference import Answer, Predictor
from fracture.params import section
from fracture.tracking.location import quieten
from serving.registry.candidate import read_candidate
from serving.registry.gate import shown

AT_ONCE = 32
"""Radiographs in a request."""
PATIENCE = 600
"""Seconds."""
LOADED = """
import pathlib, sys
import mlflow.models, pandas as pd
from serving.registry.model import save
contents, to, table, *files = map(pathlib.Path, sys.argv[1:])
save(to, contents, mlflow.models.Model())
given = pd.DataFrame({"radiograph": [file.read_bytes() for file in files]})
mlflow.pyfunc.load_model(str(to)).predict(given).to_csv(table)
"""


def main() -> None:
    """Print how far each way is from the evaluation, as a Markdown table."""
    parser_of("same_answers", __doc__).parse_args()
    quieten()
    candidate = read_candidate(section.load())
    judged, folder = candidate.judged, candidate.bundle.resolve()
    seeds = judged.predictions["seed"]
    served = judged.predictions[seeds == seeds.iloc[0]]
    expected = shown(served, judged.scores.images.temperature)
    files = [candidate.files[one].resolve() for one in served["id"]]
    ways: dict[str, Callable[[], Sequence[float]]] = {
        "predictor, Keras": lambda: in_fresh_process(predicted, folder, files, "keras"),
        "predictor, ONNX Runtime": lambda: in_fresh_process(predicted, folder, files, "onnx"),
        "command line": lambda: by_command_line(folder, files),
        "REST service": lambda: by_service(folder, files),
        "MLflow, loaded": lambda: by_loaded(folder, files),
        "MLflow, served": lambda: by_served(folder, files),
    }
    rows = []
    for name, way in ways.items():
        differences = np.abs(np.array(way(), np.float64) - expected)
        rows.append((name, len(differences), f"{differences.max():.1e}"))
        print(*rows[-1], sep=": ", file=sys.stderr, flush=True)
    print(f"{describe()}; {versions('keras', 'tensorflow', 'onnxruntime', 'mlflow')}")
    print(f"{judged.name} on {judged.scores.sample}\n")
    print(tabulate(rows, ("asked", "radiographs", "largest difference"), "pipe"))


def predicted(
    folder: Path, files: Sequence[Path], runtime: Literal["keras", "onnx"]
) -> list[float]:
    """Return what the predictor says of each radiograph.

    Args:
        folder: Of the bundle.
        files: The radiographs.
        runtime: What computes its networks.

    Raises:
        PipelineError: One got no answer.
    """
    answers = Predictor.load(folder, runtime).predict(files)
    found = [answer.probability for answer in answers if isinstance(answer, Answer)]
    if len(found) < len(files):
        raise PipelineError(f"{len(files) - len(found)} test radiographs got no answer")
    return found


def by_command_line(folder: Path, files: Sequence[Path]) -> Sequence[float]:
    """Return what the command line says of each radiograph.

    Args:
        folder: Of the bundle.
        files: The radiographs.
    """
    with TemporaryDirectory() as beside:
        table = Path(beside, "table.csv")
        command = ["-m", "serving.predict", *map(str, files), "--bundle", str(folder)]
        python([*command, "--to", str(table)])
        return read(table)


def by_service(folder: Path, files: Sequence[Path]) -> list[float]:
    """Return what the service says of each radiograph.

    Args:
        folder: Of the bundle.
        files: The radiographs.
    """
    found: list[float] = []
    with serving(folder, "--rate", NO_LIMIT) as server, httpx.Client(timeout=PATIENCE) as client:
        for some in batches(files):
            form = [("files", (file.name, file.read_bytes())) for file in some]
            answer = client.post(f"{server.address}/v1/predict", files=form).raise_for_status()
            found += [row["probability"] for row in answer.json()["radiographs"]]
    return found


def by_loaded(folder: Path, files: Sequence[Path]) -> Sequence[float]:
    """Return what `mlflow.pyfunc.load_model` says of each radiograph.

    Args:
        folder: Of the bundle.
        files: The radiographs.
    """
    with TemporaryDirectory() as beside:
        contents, to, table = (Path(beside, name) for name in ("contents", "model", "table.csv"))
        copytree(folder, contents / "bundle")
        python(["-c", LOADED, str(contents), str(to), str(table), *map(str, files)])
        return read(table)


def by_served(folder: Path, files: Sequence[Path]) -> list[float]:
    """Return what `mlflow models serve` says of each radiograph.

    Args:
        folder: Of the bundle.
        files: The radiographs.
    """
    found: list[float] = []
    with mlflow_server(folder) as (address, *_), httpx.Client(timeout=PATIENCE) as client:
        for some in batches(files):
            data = [[base64.b64encode(file.read_bytes()).decode()] for file in some]
            split = {"dataframe_split": {"columns": ["radiograph"], "data": data}}
            answer = client.post(f"{address}/invocations", json=split).raise_for_status()
            found += [row["probability"] for row in answer.json()["predictions"]]
    return found


def batches(files: Sequence[Path]) -> Iterator[Sequence[Path]]:
    """Yield radiographs, some at a time."""
    for start in range(0, len(files), AT_ONCE):
        yield files[start : start + AT_ONCE]


def python(arguments: Sequence[str]) -> None:
    """Run Python, and show what it says only if it fails."""
    command = [sys.executable, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise PipelineError(done.stderr[-600:])


def read(table: Path) -> Sequence[float]:
    """Return the probabilities of a table of answers."""
    found: list[float] = pd.read_csv(table)["probability"].tolist()
    return found


if __name__ == "__main__":
    end_in_a_line(main)
