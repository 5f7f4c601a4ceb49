"""Teaching the fracture map: boxes that move with the augmentation, and the loss of its places."""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
from keras import layers, ops

from fracture.imaging.letterbox import Box
from fracture.params.train import Localise
from fracture.training.batches import Examples, Floats, Rows
from fracture.training.network import Network, fold
from fracture.training.pyramid import FINER, FractureMap

WHOLE = 255
"""What a cell holds that a box covers."""


class Boxed:
    """Radiographs with what teaches a fracture map, each read when it is indexed."""

    def __init__(
        self,
        images: Rows,
        labels: Floats,
        weights: Floats,
        boxes: Sequence[Sequence[Box]],
        cells: tuple[int, int],
    ) -> None:
        """Keep the arrays without copying them.

        Args:
            images: uint8 (n, height, width, channels).
            labels: Whether each is fractured, float32 (n,), 0 or 1.
            weights: Of each in the loss, float32 (n,).
            boxes: Of the fractures of each, pixels of its image.
            cells: Rows and columns of the grid on which boxes are drawn.
        """
        self.images, self.boxes, self.cells = images, boxes, cells
        # Of a fractured radiograph without boxes nobody says where the fracture is.
        known = [label == 0 or len(each) > 0 for label, each in zip(labels, boxes, strict=True)]
        self.facts = np.stack([labels, weights, known], axis=1, dtype=np.float32)

    def __len__(self) -> int:
        return len(self.images)

    def __getitem__(self, index: slice | npt.NDArray[np.intp]) -> dict[str, npt.NDArray[Any]]:
        """Return the radiographs at these positions as the inputs of `with_map`."""
        images = self.images[index]
        positions = np.arange(len(self))[index]
        shares = [covered(self.boxes[each], images.shape[1:3], self.cells) for each in positions]
        return {
            "radiograph": images,
            "shares": np.stack(shares)[..., None],
            "facts": self.facts[index],
        }


def covered(
    boxes: Sequence[Box], size: tuple[int, int], cells: tuple[int, int]
) -> npt.NDArray[np.uint8]:
    """Return which share of each cell boxes cover, uint8 (rows, columns), 255: all of it.

    Args:
        boxes: Left, top, right and bottom edge, pixels.
        size: Height and width of the radiograph, pixels.
        cells: Rows and columns.
    """
    shares = np.zeros(cells)
    for left, top, right, bottom in boxes:
        down = _along(top, bottom, size[0], cells[0])
        across = _along(left, right, size[1], cells[1])
        shares = np.maximum(shares, np.outer(down, across))
    return np.rint(WHOLE * shares).astype(np.uint8)


def _along(low: float, high: float, pixels: int, cells: int) -> npt.NDArray[np.float64]:
    edges = np.clip((np.arange(cells + 1) * (pixels / cells)), low, high)
    return np.diff(edges) / (pixels / cells)


def boxed(examples: Examples, fracture_map: FractureMap) -> Boxed:
    """Return the training radiographs with what teaches a map."""
    own = examples.labels[:, 0]
    return Boxed(examples.images, own, examples.weights, examples.boxes, fracture_map.cells)


def unboxed(images: Rows, fracture_map: FractureMap) -> Boxed:
    """Return validation radiographs as the same inputs: they teach nothing."""
    nothing = np.zeros(len(images), np.float32)
    return Boxed(images, nothing, nothing, [[]] * len(images), fracture_map.cells)


def with_map(
    network: Network, fracture_map: FractureMap, augment: keras.Sequential, settings: Localise
) -> keras.Model:
    """Return the model that is fitted: what `Boxed` holds in, the network's probabilities out.

    In training radiographs and boxes are augmented alike, and the losses of the map and of the head
    alone are added to that of the probabilities; validation has that of the probabilities alone.

    Args:
        network: As `build` returns it.
        fracture_map: Its own.
        augment: See `fracture.imaging.augmentation`.
        settings: Weights of the losses.
    """
    radiograph = keras.Input(network.whole.input_shape[1:], name="radiograph")
    shares = keras.Input((*fracture_map.cells, 1), name="shares")
    facts = keras.Input((3,), name="facts")
    affine, *exposure = augment.layers
    moved, moved_shares = affine([radiograph, shares])
    for layer in exposure:
        moved = layer(moved)
    outputs = [network.whole.output, fracture_map.logits, fracture_map.head]
    given, logits, head = fold(keras.Model(network.whole.input, outputs))(moved)
    target = layers.AveragePooling2D(FINER)(moved_shares)
    given = MapLoss(settings)([given, logits, head, target, facts])
    inputs = {"radiograph": radiograph, "shares": shares, "facts": facts}
    return keras.Model(inputs, given)


class MapLoss(layers.Layer):
    """Passes probabilities on, and adds in training the losses of the map and of the head alone.

    Each place's cross-entropy is weighted by how far the map is from its target, the share of the
    place that boxes cover (quality focal loss, Li et al., Generalized Focal Loss, NeurIPS 2020),
    and by 1 + `box_weight` times that share. A fractured radiograph without boxes teaches the map
    through the probability alone.
    """

    def __init__(self, settings: Localise) -> None:
        super().__init__(name="map_loss", dtype="float32")
        self.settings = settings

    def call(self, inputs: Any, training: bool = False) -> Any:
        """Return the first of the inputs.

        Args:
            inputs: Probabilities (n, outputs); logits of the places (n, rows, columns, 1);
                probability of the head alone (n, 1); covered cells of the places, 0 to 255, in the
                shape of the logits; label, weight and whether its boxes are known (n, 3).
            training: Whether to add the losses.
        """
        given, logits, head, covered_cells, facts = inputs
        if training:
            label, weight, known = (facts[:, place] for place in range(3))
            places = known * place_loss(logits, covered_cells / WHOLE, self.settings)
            alone = ops.binary_crossentropy(label[:, None], head)[:, 0]
            self.add_loss(ops.mean(weight * (places + self.settings.head_weight * alone)))
        return given


def place_loss(logits: Any, target: Any, settings: Localise) -> Any:
    """Return the loss of the places of each radiograph, summed and divided, (n,).

    Args:
        logits: (n, rows, columns, 1).
        target: Share of each place that boxes cover, 0 to 1, in the same shape.
        settings: Weight of what boxes cover, and what the sum is divided by.
    """
    losses = ops.binary_crossentropy(target, logits, from_logits=True)
    weights = (1 + settings.box_weight * target) * ops.abs(target - ops.sigmoid(logits))
    return ops.sum(weights * losses, axis=(1, 2, 3)) / settings.divisor
