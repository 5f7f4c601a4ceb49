"""The state of a training after each finished epoch: what an interruption must not lose."""

import errno
import hashlib
import json
import os
import random
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib import import_module
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from fracture.artifacts.atomic import replacing
from fracture.console import PipelineError
from fracture.training.live import Live

FOLDER = Path("data/resume")

Arrays = list[npt.NDArray[Any]]


@dataclass(frozen=True)
class State:
    """A phase of a training after some of its epochs.

    Attributes:
        facts: Texts and numbers that JSON keeps exactly, such as the rows of the history.
        arrays: By name, each a list of variables in the order in which Keras lists them.
    """

    facts: dict[str, Any]
    arrays: dict[str, Arrays]


@dataclass(frozen=True)
class Store:
    """Where the states of one training stand, one file for each phase.

    Attributes:
        folder: Named by model, seed and fingerprint: other parameters, data or code have another.
        live: Is shown each epoch, where the user wants live curves.
    """

    folder: Path
    live: Live | None = None

    @classmethod
    def open(cls, training: str, mark: str) -> "Store":
        """Return the store of a training; what another fingerprint left of it is removed.

        Args:
            training: Names it, such as `densenet121-seed0`.
            mark: See `fingerprint`.
        """
        folder = FOLDER / f"{training}-{mark}"
        for other in FOLDER.glob(f"{training}-*"):
            if other != folder:
                shutil.rmtree(other)
        return cls(folder)

    def save(self, phase: str, state: State) -> None:
        """Write a state; the one before stays until it is on the disk.

        Raises:
            PipelineError: The disk is full.
        """
        flat: dict[str, Any] = {
            f"{name}/{position:05}": array
            for name, arrays in state.arrays.items()
            for position, array in enumerate(arrays)
        }
        try:
            with replacing(self._path(phase)) as beside, beside.open("wb") as file:
                np.savez(file, facts=np.array(json.dumps(state.facts)), **flat)
                file.flush()
                os.fsync(file.fileno())  # a rename alone may outrun the bytes when power fails
        except OSError as error:
            if error.errno not in {errno.ENOSPC, errno.EDQUOT}:
                raise
            raise PipelineError(
                f"{self.folder}: no space left on the disk for the state of the training; free "
                "some, and the same command goes on after the last epoch that was saved"
            ) from None

    def load(self, phase: str) -> State | None:
        """Return the last state that `save` wrote; None where there is none."""
        path = self._path(phase)
        return read_state(path) if path.is_file() else None

    def discard(self) -> None:
        """Remove all states: the training has ended and its network is written."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _path(self, phase: str) -> Path:
        return self.folder / f"{phase}.npz"


def read_state(source: Path | BytesIO) -> State:
    """Read what `Store.save` wrote."""
    with np.load(source) as file:
        facts = json.loads(file["facts"].item())
        arrays: dict[str, Arrays] = {}
        for key in file.files:
            name, _, position = key.partition("/")
            if position:
                arrays.setdefault(name, []).append(file[key])
    return State(facts, arrays)


def fingerprint(settings: dict[str, Any], data: Iterable[Path], code: Sequence[str]) -> str:
    """Return 12 hexadecimal digits of settings, data, code and libraries.

    Args:
        settings: All that JSON keeps of what was asked for.
        data: Files that are learned from.
        code: Lines of `fracture.inputs.code.code_of`, of the module that computes.
    """
    whole = hashlib.sha256(json.dumps([settings, code], sort_keys=True).encode())
    for path in data:
        with path.open("rb") as file:
            whole.update(hashlib.file_digest(file, "sha256").digest())
    return whole.hexdigest()[:12]


def digest(arrays: Iterable[npt.NDArray[Any]]) -> str:
    """Return the SHA-256 of arrays, in hexadecimal: of their types, shapes and bytes, in order."""
    whole = hashlib.sha256()
    for array in arrays:
        whole.update(f"{array.dtype}{array.shape}".encode())
        whole.update(array.tobytes())
    return whole.hexdigest()


def values(variables: list[Any]) -> Arrays:
    """Return the values of Keras' variables: weights, and states of random generators."""
    return [np.asarray(variable) for variable in variables]


def assign(variables: list[Any], arrays: Arrays) -> None:
    """Set what `values` returned."""
    for variable, array in zip(variables, arrays, strict=True):
        variable.assign(array)


def random_state() -> Any:
    """Return the states of the generators that Keras draws from, as JSON keeps them.

    Python's gives the order of batches; under PyTorch dropout draws from PyTorch's own.
    """
    states: dict[str, Any] = {"python": random.getstate()}
    if torch := _torch():
        devices = [torch.get_rng_state(), *torch.cuda.get_rng_state_all()]
        states["torch"] = [state.tolist() for state in devices]
    return states


def restore_random_state(states: Any) -> None:
    """Set what `random_state` returned, or its JSON form."""
    version, numbers, gauss = states["python"]
    random.setstate((version, tuple(numbers), gauss))
    if torch := _torch():
        cpu, *gpus = (torch.tensor(state, dtype=torch.uint8) for state in states["torch"])
        torch.set_rng_state(cpu)
        torch.cuda.set_rng_state_all(gpus)


def _torch() -> Any:
    """Return PyTorch where it is Keras' backend."""
    return import_module("torch") if os.environ.get("KERAS_BACKEND") == "torch" else None
