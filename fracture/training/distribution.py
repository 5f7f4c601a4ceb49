"""One training on several devices, of one machine or of several: each computes a share of a batch.

With several processes, one on each machine for instance, the first of them alone writes files.
"""

import math
import os
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np

from fracture.console import PipelineError
from fracture.device import quiet
from fracture.training.batches import Batches, InOrder
from fracture.training.resume import State, Store

LAUNCHERS = ("KERAS_DISTRIBUTION_NUM_PROCESSES", "SLURM_STEP_NUM_TASKS", "OMPI_COMM_WORLD_SIZE")
"""The number of processes, as set for Keras by the user, by Slurm's `srun`, by Open MPI's `mpirun`.
"""


@dataclass(frozen=True)
class Processes:
    """The processes of one training.

    Attributes:
        number: Of this process, from 0.
        count: Of all processes.
    """

    number: int = 0
    count: int = 1

    def store(self, training: str, mark: str) -> Store:
        """Return the store of a training, which several processes share.

        Args:
            training: Its name, such as `densenet121-seed0`.
            mark: Of parameters, data and code, see `fingerprint` of fracture/training/resume.py.
        """
        if self.count == 1:
            return Store.open(training, mark)
        return SharedStore(Path(), leads=False) if self.number else SharedStore.open(training, mark)


def join(device: str, mark: str) -> Processes:
    """Join the processes that a launcher started for this training.

    Keras reads KERAS_DISTRIBUTION_JOB_ADDRESSES, KERAS_DISTRIBUTION_NUM_PROCESSES and
    KERAS_DISTRIBUTION_PROCESS_ID; under Slurm and Open MPI, JAX finds the processes by itself. To
    be called before anything is computed.

    Args:
        device: `device` of params.yaml; only `all` allows several processes.
        mark: Of parameters, data and code, 12 characters, see `fracture.training.resume`.

    Raises:
        PipelineError: There are several processes, but `device` is for one, or their parameters,
            data or code differ.
    """
    variables = [name for name in LAUNCHERS if int(os.environ.get(name, "1")) > 1]
    if not variables:
        return Processes()
    if device != "all":
        raise PipelineError(
            f"{variables[0]} tells of {os.environ[variables[0]]} processes, but device is {device}:"
            " set device to all in params.yaml, or start one process"
        )
    if keras.backend.backend() != "jax":
        return Processes()  # `spread` tells the user what to set
    os.environ.setdefault("JAX_ENABLE_PREEMPTION_SERVICE", "false")  # it would swallow SIGTERM
    import jax  # noqa: PLC0415 - another backend may be all that is installed
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
    """A store that the first process writes and that all processes read through it."""

    leads: bool = True

    def save(self, phase: str, state: State) -> None:
        """Write a state as `Store.save` does, in the first process alone."""
        if self.leads:
            super().save(phase, state)

    def content(self, phase: str) -> bytes:
        """Return in each process the bytes of the first process' file."""
        from jax.experimental.multihost_utils import broadcast_one_to_all  # noqa: PLC0415 - as above

        content = super().content(phase) if self.leads else b""
        length = int(broadcast_one_to_all(np.int32(len(content))))
        mine = np.frombuffer(content, np.uint8) if self.leads else np.zeros(length, np.uint8)
        return np.asarray(broadcast_one_to_all(mine)).tobytes() if length else b""

    def discard(self) -> None:
        """Remove all states, as `Store.discard`, in the first process."""
        if self.leads:
            super().discard()


@contextmanager
def silence() -> Iterator[None]:
    """Drop what is printed within the block; an error that it raises still reaches the user."""
    with Path(os.devnull).open("w") as nowhere, redirect_stdout(nowhere), redirect_stderr(nowhere):
        yield


def spread(batch_size: int) -> int:
    """Let the networks that are built from now on train on all devices.

    Each device holds all weights; each batch is cut into as many equal shares as there are devices
    in all processes. Gradients, losses and batch statistics are those of the whole batch.

    Args:
        batch_size: Of all devices together.

    Returns:
        The number of devices.

    Raises:
        PipelineError: Keras cannot do it with this backend, or the shares are not equal.
    """
    backend = keras.backend.backend()
    if backend != "jax":
        raise PipelineError(
            f"device is all, but Keras {keras.__version__} trains on several devices with JAX "
            f"alone, not with {backend}: set KERAS_BACKEND=jax, or device to auto in params.yaml"
        )
    # `share` cuts the batches: Keras itself would only cut a tf.data.Dataset.
    distribution = keras.distribution.DataParallel(auto_shard_dataset=False)
    keras.distribution.set_distribution(distribution)
    _require_equal_shares(batch_size)
    return int(distribution.num_model_replicas)


def share(batches: Batches | InOrder) -> keras.utils.PyDataset:
    """Return the share of each batch that this process computes; all of it on a single device.

    Raises:
        PipelineError: The shares of the devices are not equal.
    """
    distribution = keras.distribution.distribution()
    if distribution is None:
        return batches
    _require_equal_shares(batches.batch_size)
    whole = Padded(batches) if isinstance(batches, InOrder) else batches
    return Share(whole, distribution.data_shard_id, distribution.num_processes)


def scatter(batch: Any) -> Any:
    """Return a batch laid out over the devices, for `predict_on_batch`, where that is possible.

    With several processes, or where shares would not be equal, each device computes all of it.
    """
    distribution = keras.distribution.distribution()
    if (
        distribution is None
        or distribution.num_processes > 1
        or len(batch) % distribution.num_model_replicas
    ):
        return batch
    layout = distribution.get_data_layout(batch.shape)
    return keras.distribution.distribute_tensor(batch, layout)


class Share(keras.utils.PyDataset):
    """The rows of each batch that one process computes; those of all processes are the batch."""

    def __init__(self, batches: keras.utils.PyDataset, process: int, processes: int) -> None:
        super().__init__()
        self.batches, self.process, self.processes = batches, process, processes

    def __len__(self) -> int:
        return len(self.batches)

    def __getitem__(self, position: int) -> tuple[Any, ...]:
        """Return this process' rows of inputs, labels and weights."""
        return keras.tree.map_structure(
            lambda whole: np.array_split(whole, self.processes)[self.process],
            self.batches[position],
        )

    def on_epoch_end(self) -> None:
        """Shuffle for the next epoch."""
        self.batches.on_epoch_end()


class Padded(InOrder):
    """Validation batches of one size: the last one is padded with rows of weight 0.

    All other rows weigh slightly more than 1, so that Keras' mean over all rows, padding included,
    is the mean over the examples.
    """

    def __init__(self, batches: InOrder) -> None:
        super().__init__(batches.inputs, batches.labels, batches.batch_size)
        self.weight = len(self) * self.batch_size / len(self.labels)

    def __getitem__(self, position: int) -> tuple[Any, ...]:
        """Return inputs, labels (batch, 1) and weights (batch,) of a batch."""
        inputs, labels = super().__getitem__(position)
        places = np.arange(self.batch_size)
        rows = places % len(labels)
        weights = np.where(places < len(labels), self.weight, 0).astype(np.float32)
        inputs = keras.tree.map_structure(lambda whole: whole[rows], inputs)
        return inputs, labels[rows], weights


def _require_equal_shares(batch_size: int) -> None:
    devices = keras.distribution.distribution().num_model_replicas
    if batch_size % devices:
        raise PipelineError(
            f"batch_size is {batch_size}, for {devices} devices: expected a multiple of {devices}, "
            f"such as {math.ceil(batch_size / devices) * devices}"
        )
