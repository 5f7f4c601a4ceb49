"""Probabilities of a network for chosen radiographs."""

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from fracture.inference.batches import in_batches

if TYPE_CHECKING:
    import keras

Probabilities = npt.NDArray[np.float32]


def predict(
    network: "keras.Model",
    images: npt.NDArray[np.uint8],
    rows: npt.NDArray[np.intp],
    batch_size: int,
    *,
    mirror: bool,
    upright: Probabilities | None = None,
) -> Probabilities:
    """Return the probability of a fracture for each chosen radiograph, float32 (len(rows),).

    Args:
        network: Radiographs in, probabilities (n, 1) out.
        images: uint8 (n, height, width, 1); only a batch of them is read at a time.
        rows: Positions of the radiographs.
        batch_size: How many are predicted together.
        mirror: Average with the probability of the mirror image, left and right exchanged.
        upright: Probabilities without mirroring, where they are known.
    """
    if upright is None:
        upright = _predict(network, images, rows, batch_size, "predict")
    if not mirror:
        return upright
    mirrored = _predict(network, images[:, :, ::-1], rows, batch_size, "predict mirror images")
    return np.float32(0.5) * (upright + mirrored)


def _predict(
    network: "keras.Model",
    images: npt.NDArray[np.uint8],
    rows: npt.NDArray[np.intp],
    batch_size: int,
    label: str,
) -> Probabilities:
    batches = [
        np.asarray(network.predict_on_batch(batch))[:count]
        for batch, count in in_batches(images, rows, batch_size, label)
    ]
    return np.concatenate(batches)[:, 0].astype(np.float32)
