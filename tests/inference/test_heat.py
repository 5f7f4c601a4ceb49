"""Where a system sees what it says: heat weighed as answers are, over the radiograph."""

import numpy as np
import pytest

from fracture.inference.gradcam import Explained
from fracture.inference.heat import Heat, answering_leaves, overlay, show, weights_of
from fracture.systems.formula import Leaf, Linear, Node, Route

A, B, ROUTER = (Leaf(network=name, target=of) for name, of in (("a", "x"), ("b", "x"), ("r", "y")))
LEAVES = {
    A: np.array([0.2, 0.6]),
    B: np.array([0.9, 0.1]),
    ROUTER: np.array([[0.75, 0.25], [0.1, 0.9]]),
}
MEAN = Linear(parts=[A, B], weights=[0.5, 0.5], intercept=[0])


def route(soft: bool, otherwise: Node | None = B) -> Route:
    return Route(
        router=ROUTER, classes=["foot", "hand"], temperature=1, to={"foot": A},
        otherwise=otherwise, soft=soft, least=0,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        (A, {A: [1, 1]}),
        (MEAN, {A: [0.5, 0.5], B: [0.5, 0.5]}),
        (route(soft=True), {A: [0.75, 0.1], B: [0.25, 0.9]}),
        (route(soft=False), {A: [1, 0], B: [0, 1]}),
        (route(soft=False, otherwise=MEAN), {A: [1, 0.5], B: [0, 0.5]}),
    ],
)
def test_networks_count_as_their_answers_do(node: Node, expected: dict[Leaf, list[float]]) -> None:
    found = weights_of(node, LEAVES)
    assert {leaf: weight.tolist() for leaf, weight in found.items()} == expected
    assert answering_leaves(node) == [*expected]


def explained(heat: list[list[float]], found: list[list[float]] | None = None) -> Explained:
    """Return one radiograph with 2 x 2 places, with Grad-CAM and perhaps a fracture map."""
    heats = np.array(heat, np.float32)[None, None]
    maps = None if found is None else np.array(found, np.float32)[None, None]
    return Explained(np.zeros((1, 1), np.float32), heats, maps)


RADIOGRAPH = np.full((2, 2), 100, np.uint8)
HALVES = {A: np.array([0.5]), B: np.array([0.5])}
MAPPED = explained([[9, 0], [0, 0]], [[0.2, 0.4], [0, 0.8]])


def test_fracture_maps_are_averaged_as_they_are() -> None:
    other = explained([[0, 0], [0, 7]], [[0.6, 0], [0, 1]])
    (heat,) = show(HALVES, {"a": MAPPED, "b": other}, [0], [RADIOGRAPH])
    assert heat.shown == "fracture map"
    np.testing.assert_allclose(heat.heat, [[0.4, 0.2], [0, 0.9]], rtol=1e-6)
    assert heat.radiograph is RADIOGRAPH


def test_one_network_without_a_map_leaves_grad_cam_to_all() -> None:
    """Each is scaled to its own hottest place, 9 and 4, and the mean to its hottest once more."""
    other = explained([[4, -4], [2, 0]])
    (heat,) = show(HALVES, {"a": MAPPED, "b": other}, [0], [RADIOGRAPH])
    assert heat.shown == "Grad-CAM"
    np.testing.assert_allclose(heat.heat, np.array([[1, 0], [0.25, 0]]), rtol=1e-6)
    cold = explained([[-1, -4], [0, 0]])
    (nothing,) = show({A: np.array([1.0])}, {"a": cold}, [0], [RADIOGRAPH])
    assert not nothing.heat.any()


def test_of_several_classes_the_heat_is_of_the_one_that_is_told() -> None:
    heats = np.array([[[[1, 0]], [[0, 5]]]] * 2, np.float32)
    found = Explained(np.zeros((2, 2), np.float32), heats)
    images = [np.zeros((1, 2), np.uint8)] * 2
    first, second = show({A: np.ones(2)}, {"a": found}, [0, 1], images)
    assert first.heat.tolist() == [[1, 0]]
    assert second.heat.tolist() == [[0, 1]]


def test_an_overlay_is_the_radiograph_where_it_is_cold_and_bright_where_it_is_hot() -> None:
    heat = Heat(np.array([[40, 200]], np.uint8), np.array([[0, 1]], np.float32), "Grad-CAM")
    picture = overlay(heat)
    assert picture[0, 0].tolist() == [40, 40, 40]
    # The end of the colour map inferno, RGB 252, 255, 164, over a quarter of 200.
    assert picture[0, 1].tolist() == pytest.approx([239, 241, 173], abs=2)
