"""Each batch on several devices, of this machine or of several: every device takes its share."""

import math
from typing import Any

import keras
import numpy as np

from fracture.console import PipelineError
from fracture.training.batches import Batches, InOrder


def spread(batch_size: int) -> int:
    """Let the networks that are built from now on learn on all devices.

    Weights are on every device; each batch is cut into as many shares as there are devices, of all
    processes, and gradients, losses and batch statistics are those of the whole batch.

    Args:
        batch_size: Of all devices together.

    Returns:
        How many devices there are.

    Raises:
        PipelineError: Keras cannot with this backend, or the shares are not equal.
    """
    backend = keras.backend.backend()
    if backend != "jax":
        raise PipelineError(
            f"device is all, but Keras {keras.__version__} trains on several devices with JAX "
            f"alone, not with {backend}: set KERAS_BACKEND=jax, or device to auto in params.yaml"
        )
    # Each process brings its own share: Keras itself would only cut a tf.data.Dataset.
    distribution = keras.distribution.DataParallel(auto_shard_dataset=False)
    keras.distribution.set_distribution(distribution)
    _require_equal_shares(batch_size)
    return int(distribution.num_model_replicas)


def share(batches: Batches | InOrder) -> keras.utils.PyDataset:
    """Return what this process brings of each batch; on one device, the batches themselves.

    Raises:
        PipelineError: The devices' shares are not equal.
    """
    distribution = keras.distribution.distribution()
    if distribution is None:
        return batches
    _require_equal_shares(batches.batch_size)
    whole = Filled(batches) if isinstance(batches, InOrder) else batches
    return Share(whole, distribution.data_shard_id, distribution.num_processes)


def scatter(batch: Any) -> Any:
    """Return a batch laid out over the devices, for `predict_on_batch`, where that can be done.

    With several processes, or a last batch without equal shares, each device computes all of it.
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
    """The rows of each batch that one process brings; together they bring them all, in order."""

    def __init__(self, batches: keras.utils.PyDataset, process: int, processes: int) -> None:
        super().__init__()
        self.batches, self.process, self.processes = batches, process, processes

    def __len__(self) -> int:
        """Return the number of batches."""
        return len(self.batches)

    def __getitem__(self, position: int) -> tuple[Any, ...]:
        """Return this process' rows of inputs, labels and weights."""
        return tuple(
            np.array_split(whole, self.processes)[self.process] for whole in self.batches[position]
        )

    def on_epoch_end(self) -> None:
        """Pass it on."""
        self.batches.on_epoch_end()


class Filled(keras.utils.PyDataset):
    """Validation batches of one size: what fills up the last one weighs nothing.

    The others weigh a little more than 1 for it, so that Keras' mean over all rows is theirs.
    """

    def __init__(self, batches: InOrder) -> None:
        super().__init__()
        self.batches = batches
        self.weight = len(batches) * batches.batch_size / len(batches.labels)

    def __len__(self) -> int:
        """Return the number of batches."""
        return len(self.batches)

    def __getitem__(self, position: int) -> tuple[Any, Any, Any]:
        """Return inputs, labels (batch, 1) and weights (batch,) of a batch."""
        inputs, labels = self.batches[position]
        places = np.arange(self.batches.batch_size)
        rows = places % len(labels)
        weights = np.where(places < len(labels), self.weight, 0).astype(np.float32)
        return inputs[rows], labels[rows], weights


def _require_equal_shares(batch_size: int) -> None:
    devices = keras.distribution.distribution().num_model_replicas
    if batch_size % devices:
        raise PipelineError(
            f"batch_size is {batch_size}, for {devices} devices: expected a multiple of {devices}, "
            f"such as {math.ceil(batch_size / devices) * devices}"
        )
