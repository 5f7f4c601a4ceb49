"""Probabilities of a network for chosen radiographs."""

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from stages.inference.batches import in_batches

if TYPE_CHECKING:
    import keras


def predict(
    network: "keras.Model",
    images: npt.NDArray[np.uint8],
    rows: npt.NDArray[np.intp],
    batch_size: int,
) -> npt.NDArray[np.float32]:
    """Return the probability of a fracture for each chosen radiograph, float32 (len(rows),).

    Args:
        network: Radiographs in, probabilities (n, 1) out.
        images: uint8 (n, height, width, 1); only a batch of them is read at a time.
        rows: Positions of the radiographs.
        batch_size: How many are predicted together.
    """
    batches = [
        np.asarray(network.predict_on_batch(batch))[:count]
        for batch, count in in_batches(images, rows, batch_size, "predict")
    ]
    return np.concatenate(batches)[:, 0].astype(np.float32)
