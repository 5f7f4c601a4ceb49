"""One training in several processes, on one machine or several: the first leads, all agree."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import numpy as np

from fracture.console import PipelineError
from fracture.device import quiet
from fracture.training.resume import State, Store, read_state

LAUNCHERS = ("KERAS_DISTRIBUTION_NUM_PROCESSES", "SLURM_STEP_NUM_TASKS", "OMPI_COMM_WORLD_SIZE")
"""Where Keras' own variables, Slurm's `srun` and Open MPI's `mpirun` tell how many they started."""


@dataclass(frozen=True)
class Processes:
    """The processes of one training.

    Attributes:
        number: Of this process, from 0; the first alone writes.
        count: Of all.
    """

    number: int = 0
    count: int = 1

    def store(self, training: str, mark: str) -> Store:
        """Return the store of a training, as `Store.open`; the first process keeps it for all."""
        if self.count == 1:
            return Store.open(training, mark)
        return SharedStore(Path(), leads=False) if self.number else SharedStore.open(training, mark)


def join(device: str, mark: str) -> Processes:
    """Join the processes that a launcher started for this training.

    Keras reads KERAS_DISTRIBUTION_JOB_ADDRESSES, KERAS_DISTRIBUTION_NUM_PROCESSES and
    KERAS_DISTRIBUTION_PROCESS_ID; under Slurm and Open MPI, JAX finds it out by itself. It is to
    be called before anything is computed.

    Args:
        device: As in params.yaml; only `all` takes several processes.
        mark: Of parameters, data and code, as from fracture/training/resume.py, 12 characters.

    Raises:
        PipelineError: There are several processes, but `device` is for one, or their parameters,
            data or code differ.
    """
    started = [name for name in LAUNCHERS if int(os.environ.get(name, "1")) > 1]
    if not started:
        return Processes()
    if device != "all":
        raise PipelineError(
            f"{started[0]} tells of {os.environ[started[0]]} processes, but device is {device}: "
            "set device to all in params.yaml, or start one process"
        )
    os.environ.setdefault("JAX_ENABLE_PREEMPTION_SERVICE", "false")  # it would swallow SIGTERM
    import keras  # noqa: PLC0415

    if keras.backend.backend() != "jax":
        return Processes()  # fracture/training/distribution.py tells what to set
    import jax  # noqa: PLC0415
    from jax.experimental import multihost_utils  # noqa: PLC0415

    with quiet():  # it loads TensorFlow, to seed it
        keras.distribution.initialize()
    processes = Processes(jax.process_index(), jax.process_count())
    marks = multihost_utils.process_allgather(np.frombuffer(mark.encode(), np.uint8))
    if others := [number for number, other in enumerate(marks) if (other != marks[0]).any()]:
        raise PipelineError(
            f"process {others[0]} of {processes.count} has other parameters, data, code or "
            "libraries than process 0: give all of them the same"
        )
    return processes


@dataclass(frozen=True)
class SharedStore(Store):
    """States that the first process keeps and from which all go on, wherever they run."""

    leads: bool = True

    def save(self, phase: str, state: State) -> None:
        """Write a state, as `Store.save`, in the first process."""
        if self.leads:
            super().save(phase, state)

    def load(self, phase: str) -> State | None:
        """Return in each process the last state that the first one wrote; None if there is none."""
        from jax.experimental.multihost_utils import broadcast_one_to_all  # noqa: PLC0415

        path = self._path(phase)
        content = path.read_bytes() if self.leads and path.is_file() else b""
        length = int(broadcast_one_to_all(np.int32(len(content))))
        if not length:
            return None
        mine = np.frombuffer(content, np.uint8) if self.leads else np.zeros(length, np.uint8)
        return read_state(BytesIO(np.asarray(broadcast_one_to_all(mine)).tobytes()))

    def discard(self) -> None:
        """Remove all states, as `Store.discard`, in the first process."""
        if self.leads:
            super().discard()


@contextmanager
def silence() -> Iterator[None]:
    """Let a process compute along without a word; what it raises is told all the same."""
    with Path(os.devnull).open("w") as nowhere, redirect_stdout(nowhere), redirect_stderr(nowhere):
        yield
