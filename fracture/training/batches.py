"""What a network learns from and is validated on, read from the disk a batch at a time."""

import math
import mmap
import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from weakref import finalize

import keras
import numpy as np
import numpy.typing as npt

from fracture.artifacts.arrays import PackedImages
from fracture.console import PipelineError
from fracture.imaging.letterbox import Box
from fracture.params.train import Train
from fracture.training.task import Task

Floats = npt.NDArray[np.float32]


class Rows:
    """Chosen rows of an array, each read when it is indexed.

    Rows of a memory map are read with `preadv` from its file. Reading them through the map would
    cost a page fault each, and the pages would count as memory of this process, as much as the data
    set is large. The file stays open, so that another process may delete it meanwhile.
    """

    def __init__(self, array: npt.NDArray[Any], chosen: npt.NDArray[np.intp] | None = None) -> None:
        """Keep the array without copying it.

        Args:
            array: (n, ...), of any type, in memory or a memory map.
            chosen: Positions of the rows, (m,); None: all rows in their order.
        """
        self.array = array
        self.chosen = np.arange(len(array)) if chosen is None else chosen
        self.file: int | None = None
        self.name, self.offset = "", 0
        # A slice of a map does not know its position in the file: it is read through the map.
        if isinstance(array, np.memmap) and isinstance(array.base, mmap.mmap):
            self.name, self.offset = str(array.filename), int(array.offset)
            self.file = os.open(self.name, os.O_RDONLY)
            finalize(self, os.close, self.file)

    def __len__(self) -> int:
        return len(self.chosen)

    def __getitem__(self, index: slice | npt.NDArray[np.intp]) -> npt.NDArray[Any]:
        """Return a copy of the chosen rows at these positions, in the order of the index.

        Raises:
            PipelineError: The file ends before them.
        """
        chosen = self.chosen[index]
        if self.file is None:
            return self.array[chosen]
        rows = np.empty((len(chosen), *self.array.shape[1:]), self.array.dtype)
        for row, position in zip(rows, chosen, strict=True):
            if os.preadv(self.file, [row], self.offset + int(position) * row.nbytes) < row.nbytes:
                raise PipelineError(f"{self.name} was cut short while it was read")
        return rows


class Inputs(Protocol):
    """Radiographs or features, n of them, as an array or as what reads one when it is indexed."""

    def __len__(self) -> int: ...

    def __getitem__(self, index: Any, /) -> Any:
        """Return those at these positions: an array, or arrays by the name of the model's input."""


@dataclass(frozen=True)
class Examples:
    """Radiographs of the training and validation parts; those of the test part are left out.

    Attributes:
        images: uint8 (n, height, width, channels), for training.
        labels: float32 (n, outputs), what the network should give.
        weights: float32 (n,), of each radiograph in the loss, with mean 1.
        boxes: Of the fractures of each, pixels of its image; none are read for a network without a
            fracture map.
        validation_images: uint8 (m, height, width, channels).
        validation_labels: float32 (m, outputs).
    """

    images: Rows
    labels: Floats
    weights: Floats
    boxes: list[list[Box]]
    validation_images: Rows
    validation_labels: Floats

    @classmethod
    def select(cls, packed: PackedImages, task: Task, settings: Train) -> "Examples":
        """Choose the radiographs for training and validation, without reading any.

        Args:
            packed: Radiographs of all parts.
            task: What the network learns.
            settings: Of the model: how classes are weighted.
        """
        labels = task.labels(packed.table)
        train, validation = packed.rows("train"), packed.rows("validation")
        return cls(
            Rows(packed.images, train),
            labels[train],
            task.class_weights(labels[train], settings),
            [packed.boxes(row) for row in train] if settings.localise.stride else [],
            Rows(packed.images, validation),
            labels[validation],
        )


class Batches(keras.utils.PyDataset):
    """Shuffled batches of radiographs or of cached features, with labels and weights.

    Where an input has several views (the cached features of several augmentations), each epoch
    uses one of them, drawn at random. A last batch that is not full is left out: its examples would
    weigh more than others, and a batch of one has no batch statistics.
    """

    def __init__(
        self,
        views: Sequence[Inputs],
        labels: Floats,
        weights: Floats,
        batch_size: int,
        seed: int,
    ) -> None:
        """Keep the arrays without copying them.

        Args:
            views: The same n inputs in one or more views, all of one shape and type.
            labels: (n, outputs).
            weights: (n,), of each radiograph in the loss.
            batch_size: Reduced to n where it is larger.
            seed: Of the order and the choice of views.
        """
        super().__init__()
        self.views, self.labels, self.weights = views, labels, weights
        self.batch_size = min(batch_size, len(labels))
        self.seed = seed
        self.go_to(0)

    def go_to(self, epoch: int) -> None:
        """Shuffle for an epoch, from 0; the order depends on the seed and the epoch alone."""
        self.epoch = epoch
        random = np.random.default_rng((self.seed, self.epoch))
        self.order = random.permutation(len(self.labels))
        self.view = random.integers(len(self.views), size=len(self.labels))

    def __len__(self) -> int:
        return len(self.labels) // self.batch_size

    def __getitem__(self, position: int) -> tuple[Any, Any, Any]:
        """Return inputs, labels (batch, outputs) and weights (batch,) of a batch."""
        start = position * self.batch_size
        rows = self.order[start : start + self.batch_size]
        inputs = self.views[0][rows]
        for number, view in enumerate(self.views[1:], 1):
            drawn = self.view[rows] == number
            inputs[drawn] = view[rows[drawn]]
        return inputs, self.labels[rows], self.weights[rows]

    def on_epoch_end(self) -> None:
        """Shuffle for the next epoch."""
        self.go_to(self.epoch + 1)


class InOrder(keras.utils.PyDataset):
    """Batches of the validation part in its order; the last one may be smaller."""

    def __init__(self, inputs: Inputs, labels: Floats, batch_size: int) -> None:
        """Keep the arrays without copying them.

        Args:
            inputs: (n, ...).
            labels: (n, outputs).
            batch_size: Of all batches but the last.
        """
        super().__init__()
        self.inputs, self.labels, self.batch_size = inputs, labels, batch_size

    def __len__(self) -> int:
        return math.ceil(len(self.labels) / self.batch_size)

    def __getitem__(self, position: int) -> tuple[Any, ...]:
        """Return inputs and labels (batch, outputs) of a batch."""
        batch = slice(position * self.batch_size, (position + 1) * self.batch_size)
        return self.inputs[batch], self.labels[batch]
