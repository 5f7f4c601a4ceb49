import keras
import numpy as np

from stages.inference.probabilities import predict


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
