"""The state of a training after each epoch, from which an interrupted training goes on."""

import hashlib
import json
import os
import pickle
import random
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from fracture.artifacts.atomic import replacing

FOLDER = Path("data/resume")

CHECKSUM_BYTES = hashlib.sha256().digest_size

State = dict[str, Any]
"""What a training needs to go on: numbers, arrays, states of random generators, each by a name."""


@dataclass(frozen=True)
class Store:
    """The states of one training, one file for each phase.

    Attributes:
        folder: Named by model, seed and fingerprint, so that a state is only read by a training
            with the same parameters, data and code.
    """

    folder: Path

    @classmethod
    def open(cls, training: str, mark: str) -> Self:
        """Return the store of a training; states with another fingerprint are removed.

        Args:
            training: Its name, such as `densenet121-seed0`.
            mark: See `fingerprint`.
        """
        folder = FOLDER / f"{training}-{mark}"
        for other in FOLDER.glob(f"{training}-*"):
            if other != folder:
                shutil.rmtree(other)
        return cls(folder)

    def save(self, phase: str, state: State) -> None:
        """Write a state; the one before stays until the new one is on the disk.

        Args:
            phase: Names the file, such as `frozen`.
            state: What the training needs to go on.

        Raises:
            PipelineError: The disk is full.
        """
        with replacing(self._path(phase)) as beside, beside.open("w+b") as file:
            pickle.dump(state, file)
            file.seek(0)
            file.write(hashlib.file_digest(file, "sha256").digest())
            file.flush()
            os.fsync(file.fileno())  # a rename may reach the disk before the bytes do

    def load(self, phase: str) -> State | None:
        """Return the last state that `save` wrote; None if there is none, or a damaged one."""
        found = memoryview(self.content(phase))
        if not found and not self._path(phase).is_file():
            return None
        content, checksum = found[:-CHECKSUM_BYTES], found[-CHECKSUM_BYTES:]
        if checksum != hashlib.sha256(content).digest():
            print(f"{self._path(phase)} is damaged: this phase of the training starts anew")
            return None
        return pickle.loads(content)  # noqa: S301 - `save` wrote it

    def discard(self) -> None:
        """Remove all states: the training has ended and its network is written."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def content(self, phase: str) -> bytes:
        """Return the bytes of a phase's file, state and checksum; none if there is no file."""
        path = self._path(phase)
        return path.read_bytes() if path.is_file() else b""

    def _path(self, phase: str) -> Path:
        return self.folder / f"{phase}.pickle"


def fingerprint(settings: dict[str, Any], data: Iterable[Path], code: Sequence[str]) -> str:
    """Return 12 hexadecimal digits of settings, data, code and libraries.

    Args:
        settings: All parameters that count; values that JSON can hold.
        data: Files, whose bytes count.
        code: Lines of `fracture.inputs.code.code_of` for the module that computes.
    """
    whole = hashlib.sha256(json.dumps([settings, code], sort_keys=True).encode())
    for path in data:
        with path.open("rb") as file:
            whole.update(hashlib.file_digest(file, "sha256").digest())
    return whole.hexdigest()[:12]


def digest(arrays: Iterable[npt.NDArray[Any]]) -> str:
    """Return the SHA-256, hexadecimal, of the types, shapes and bytes of arrays, in their order."""
    whole = hashlib.sha256()
    for array in arrays:
        whole.update(f"{array.dtype}{array.shape}".encode())
        whole.update(array.tobytes())
    return whole.hexdigest()


def values(variables: list[Any]) -> list[npt.NDArray[Any]]:
    """Return the values of Keras variables: weights, and states of random generators."""
    return [np.asarray(variable) for variable in variables]


def assign(variables: list[Any], arrays: list[npt.NDArray[Any]]) -> None:
    """Set Keras variables to what `values` returned."""
    for variable, array in zip(variables, arrays, strict=True):
        variable.assign(array)


def random_state() -> dict[str, Any]:
    """Return the states of the generators that Keras draws from.

    Python's generator gives the order of batches; dropout under PyTorch draws from PyTorch's own.
    """
    states: dict[str, Any] = {"python": random.getstate()}
    if torch := _torch():
        devices = [torch.get_rng_state(), *torch.cuda.get_rng_state_all()]
        states["torch"] = [state.numpy() for state in devices]
    return states


def restore_random_state(states: dict[str, Any]) -> None:
    """Set the generators to what `random_state` returned."""
    random.setstate(states["python"])
    if torch := _torch():
        cpu, *gpus = map(torch.from_numpy, states["torch"])
        torch.set_rng_state(cpu)
        torch.cuda.set_rng_state_all(gpus)


def _torch() -> Any:
    """Return PyTorch where it is Keras' backend."""
    return import_module("torch") if os.environ.get("KERAS_BACKEND") == "torch" else None
