"""The state of a training after each finished epoch: what an interruption must not lose."""

import errno
import hashlib
import json
import os
import random
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from stages.artifacts.atomic import replacing
from stages.console import PipelineError

FOLDER = Path("data/resume")
CODE = [
    *Path(__file__).parent.rglob("*.py"),
    *(Path(__file__).parents[1] / name for name in ("device.py", "imaging/augmentation.py")),
]
"""What decides the course of a training, besides parameters and data."""

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
    """

    folder: Path

    @classmethod
    def of(cls, training: str, mark: str) -> "Store":
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
        if not path.is_file():
            return None
        with np.load(path) as file:
            facts = json.loads(file["facts"].item())
            arrays: dict[str, Arrays] = {}
            for key in file.files:
                name, _, position = key.partition("/")
                if position:
                    arrays.setdefault(name, []).append(file[key])
        return State(facts, arrays)

    def discard(self) -> None:
        """Remove all states: the training has ended and its network is written."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _path(self, phase: str) -> Path:
        return self.folder / f"{phase}.npz"


def fingerprint(settings: dict[str, Any], data: Iterable[Path]) -> str:
    """Return 12 hexadecimal digits of settings, data, code and libraries.

    Args:
        settings: All that JSON keeps of what was asked for.
        data: Files that are learned from.
    """
    libraries = {name: version(name) for name in ("keras", "numpy", "tensorflow")}
    backend = os.environ.get("KERAS_BACKEND", "")
    whole = hashlib.sha256(json.dumps([settings, libraries, backend], sort_keys=True).encode())
    for path in [*sorted(CODE), *data]:
        with path.open("rb") as file:
            whole.update(hashlib.file_digest(file, "sha256").digest())
    return whole.hexdigest()[:12]


def values(variables: list[Any]) -> Arrays:
    """Return the values of Keras' variables: weights, and states of random generators."""
    return [np.asarray(variable) for variable in variables]


def assign(variables: list[Any], arrays: Arrays) -> None:
    """Set what `values` returned."""
    for variable, array in zip(variables, arrays, strict=True):
        variable.assign(array)


def random_state() -> Any:
    """Return the state of Python's generator, which Keras draws the order of batches from."""
    return random.getstate()


def restore_random_state(state: Any) -> None:
    """Set what `random_state` returned, or its JSON form."""
    version, numbers, gauss = state
    random.setstate((version, tuple(numbers), gauss))
