from typing import Any

import numpy as np

from fracture.inference.gradcam import hotter_sign, randomise
from tests.inference.examples import network


def test_the_weights_are_random_and_those_of_the_seed(parameters: dict[str, Any]) -> None:
    model = network(parameters, "deepconvnet", units=[4])
    before = model.get_weights()
    drawn = []
    for seed in (1, 2, 1):
        randomise(model, seed)
        drawn.append(model.get_weights())
    assert [weight.shape for weight in drawn[0]] == [weight.shape for weight in before]
    kernels = [place for place, weight in enumerate(before) if weight.ndim > 1]
    for place in kernels:
        assert not np.array_equal(drawn[0][place], before[place])
        assert not np.array_equal(drawn[0][place], drawn[1][place])
        assert np.std(drawn[0][place]) > 0
    for one, again in zip(drawn[0], drawn[2], strict=True):
        np.testing.assert_array_equal(one, again)


def test_of_the_twins_the_one_with_more_heat() -> None:
    heat = np.array([[3, -1], [0, -1]], np.float32)
    np.testing.assert_array_equal(hotter_sign(heat), heat)
    np.testing.assert_array_equal(hotter_sign(-heat), heat)
