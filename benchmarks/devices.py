"""One training on one device, on two, and in two processes: do they learn the same?

A network with batch normalisation, learning with Adam, makes much of a last digit. How much is
shown by a fourth training, on one device, whose processor is told to add up in another order.

After `dvc repro preprocess`, for a model of params.yaml, with JAX on the CPU, each way in a folder
of its own:

    python -m benchmarks.devices deepconvnet
"""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
from ruamel.yaml import YAML

from benchmarks.command_line import parser_of
from fracture.artifacts import arrays, history
from fracture.params import section
from fracture.params.train import resolve

ROOT = Path(__file__).parents[1]
SCORES = ["loss", "auc", "validation_loss", "validation_auc"]


@dataclass(frozen=True)
class Way:
    """How a training runs: `device` of params.yaml, devices of each process, flags for XLA."""

    device: str
    devices: int = 1
    processes: int = 1
    flags: str = ""


WAYS = {
    "one device": Way("auto"),
    "two devices": Way("all", devices=2),
    "two processes": Way("all", processes=2),
    "one device, rounding otherwise": Way("auto", flags="--xla_cpu_prefer_vector_width=128"),
}


def lay_out(folder: Path, name: str, way: Way) -> list[Path]:
    """Make a folder for each process out of the current one, with what the training reads."""
    parameters = section.load()
    parameters["models"] = {name: parameters["models"][name] | {"device": way.device}}
    packed = arrays.path(resolve(parameters, name)[0].variant)
    folders = [folder / f"process{number}" for number in range(way.processes)]
    for place in folders:
        (place / packed).parent.mkdir(parents=True)
        shutil.copy(packed, place / packed)
        YAML().dump(parameters, place / "params.yaml")
    return folders


def start(way: Way, folders: Sequence[Path], command: Sequence[str]) -> list[str]:
    """Run a Python command in each process and folder; return what each one printed.

    Raises:
        subprocess.CalledProcessError: One of them failed.
    """
    environment = os.environ | {
        "KERAS_BACKEND": "jax",
        "JAX_PLATFORMS": "cpu",
        "XLA_FLAGS": f"--xla_force_host_platform_device_count={way.devices} {way.flags}",
        "PYTHONPATH": str(ROOT),
    }
    if way.processes > 1:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            environment["KERAS_DISTRIBUTION_JOB_ADDRESSES"] = f"127.0.0.1:{free.getsockname()[1]}"
        environment["KERAS_DISTRIBUTION_NUM_PROCESSES"] = str(way.processes)
    running = [
        subprocess.Popen(  # noqa: S603
            [sys.executable, *command],
            cwd=folder,
            env=environment | {"KERAS_DISTRIBUTION_PROCESS_ID": str(number)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for number, folder in enumerate(folders)
    ]
    told = [process.communicate()[0] for process in running]
    for process, text in zip(running, told, strict=True):
        if process.returncode:
            raise subprocess.CalledProcessError(process.returncode, command, text)
    return told


def train(folder: Path, name: str, way: Way) -> pd.DataFrame:
    """Train a model of the current folder's params.yaml in a new folder; return its history."""
    first, *others = lay_out(folder, name, way)
    start(way, [first, *others], ["-m", "stages.train", name])
    return history.read(first / history.path(name))


def main(name: str) -> None:
    """Print the loss curves, and how far each is from the first."""
    with TemporaryDirectory() as folder:
        curves = {key: train(Path(folder) / key, name, way) for key, way in WAYS.items()}
    losses = {key: table["validation_loss"] for key, table in curves.items()}
    print("validation loss by epoch")
    print(pd.DataFrame(losses).to_string(index=False))
    one, *others = curves
    for other in others:
        apart = np.abs(curves[other][SCORES] - curves[one][SCORES]).max()
        print(f"\nlargest difference, {other} from {one}\n{apart.to_string()}")


if __name__ == "__main__":
    parser = parser_of("devices", __doc__)
    parser.add_argument("model", help="a key of models in params.yaml")
    try:
        main(parser.parse_args().model)
    except subprocess.CalledProcessError as error:
        sys.exit(f"error: a training failed:\n{error.output}")
