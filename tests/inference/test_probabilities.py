import keras
import numpy as np

from fracture.inference.probabilities import predict


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
        probabilities = predict(mean_network(), images, rows, batch_size, mirror=False)
        assert probabilities.dtype == np.float32
        np.testing.assert_allclose(probabilities, levels[rows] / 255, rtol=1e-6)


def test_the_mirror_image_counts_as_much_as_the_radiograph() -> None:
    radiograph = keras.Input((2, 2, 1))
    weights = np.array([[0.8], [0.2], [0], [0]], np.float32)  # of the upper left, the upper right
    dense = keras.layers.Dense(1, use_bias=False)
    network = keras.Model(radiograph, dense(keras.layers.Flatten()(radiograph)))
    dense.set_weights([weights])
    images = np.array([[1, 0, 0, 0], [0, 1, 1, 1]], np.uint8).reshape(2, 2, 2, 1)
    rows = np.array([1, 0])
    alone = predict(network, images, rows, 2, mirror=False)
    np.testing.assert_allclose(alone, [0.2, 0.8], rtol=1e-6)
    both = predict(network, images, rows, 2, mirror=True)
    np.testing.assert_allclose(both, [0.5, 0.5], rtol=1e-6)
    known = np.array([0.4, 0.6], np.float32)
    given = predict(network, images, rows, 2, mirror=True, upright=known)
    np.testing.assert_allclose(given, [(0.4 + 0.8) / 2, (0.6 + 0.2) / 2], rtol=1e-6)
