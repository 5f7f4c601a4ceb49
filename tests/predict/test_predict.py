"""Predicting: each chosen radiograph once, whatever the batch; samples in the right rows."""

import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from stages.predict.probabilities import predict
from stages.predict.samples import draw_samples


def mean_network() -> keras.Model:
    """Return a network whose probability is a radiograph's mean, as a fraction of 255."""
    radiograph = keras.Input((8, 8, 1))
    mean = keras.layers.GlobalAveragePooling2D()(radiograph)
    return keras.Model(radiograph, keras.layers.Rescaling(1 / 255)(mean))


def test_each_chosen_radiograph_is_predicted_in_order() -> None:
    levels = 10 * np.arange(25, dtype=np.uint8)
    images = np.broadcast_to(levels[:, None, None, None], (25, 8, 8, 1))
    rows = np.array([3, 1, 24, 7, 9])
    for batch_size in (1, 2, 5, 64):
        probabilities = predict(mean_network(), images, rows, batch_size)
        assert probabilities.dtype == np.float32
        np.testing.assert_allclose(probabilities, levels[rows] / 255, rtol=1e-6)


def test_samples_stand_in_the_right_row_the_surest_first() -> None:
    table = pd.DataFrame(
        {
            "fractured": [1, 1, 1, 0, 0, 1],
            "probability": [0.9, 0.6, 0.2, 0.1, 0.7, 0.99],
            "body_part": ["hand"] * 6,
        }
    )
    images = np.zeros((6, 8, 8, 1), np.uint8)
    figure = draw_samples(images, table, "model")
    titles = [ax.get_title() for ax in figure.axes if ax.get_title()]
    assert titles == [f"hand, p = {p}" for p in ("0.99", "0.90", "0.60", "0.20", "0.10", "0.70")]
    rows = [text.get_text() for ax in figure.axes for text in ax.texts]
    assert rows == [
        "fractured, recognised\n(n = 3)",
        "fractured, missed\n(n = 1)",
        "not fractured, recognised\n(n = 1)",
        "not fractured, false alarm\n(n = 1)",
    ]
    plt.close(figure)
