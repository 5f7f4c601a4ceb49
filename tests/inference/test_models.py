"""Predicting and explaining with the networks of a model, with and without a fracture map."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fracture.artifacts import network as networks
from fracture.imaging.variant import View
from fracture.inference.gradcam import GradCAM
from fracture.inference.models import Predicted, predict_model
from fracture.inference.networks import Member
from tests.inference.examples import network, radiographs

SIZE, COUNT = 64, 5
CONTROLLED = np.array([True, False, True, True, False])


def predicted(
    parameters: dict[str, Any], folder: Path, stride: int, *, mirror: bool
) -> tuple[Predicted, GradCAM]:
    model = network(parameters, "mobilenet_v2", SIZE, stride=stride)
    networks.write(model, folder)
    member = Member(folder, (), View(SIZE, ()), mirror, 4)
    rows, known = np.arange(COUNT), {"": np.ones(COUNT, np.bool_)}
    images = radiographs(COUNT, SIZE)
    found = predict_model({("", 0): member}, images, rows, known, CONTROLLED, seed=1)
    return found, GradCAM(model)


def alike(some: np.ndarray, others: np.ndarray) -> bool:
    """Say whether heat is equal but for rounding; that of random weights is minute."""
    return bool(abs(some - others).max() < 1e-3 * np.ptp(others))


@pytest.mark.parametrize("stride", [0, 8])
def test_a_fracture_map_stands_before_grad_cam(
    parameters: dict[str, Any], tmp_path: Path, stride: int
) -> None:
    found, gradcam = predicted(parameters, tmp_path, stride, mirror=False)
    expected = gradcam.explain(radiographs(COUNT, SIZE), np.arange(COUNT), 4)
    if stride:
        assert expected.map is not None
        assert found.gradcam is not None
        assert alike(found.heat, expected.map)
        assert alike(found.gradcam, expected.heat)
        assert found.heat.shape == (COUNT, 1, 8, 8)
        assert 0 <= found.control.min() < found.control.max() <= 1
    else:
        assert found.gradcam is None
        assert alike(found.heat, expected.heat)
    # The control is of the same kind, of the radiographs that were asked for, and of other weights.
    assert found.control.shape == (3, *found.heat.shape[1:])
    assert not alike(found.control, found.heat[CONTROLLED])


@pytest.mark.parametrize("stride", [0, 8])
def test_a_mirror_image_is_mirrored_back_and_counts_as_much(
    parameters: dict[str, Any], tmp_path: Path, stride: int
) -> None:
    found, gradcam = predicted(parameters, tmp_path, stride, mirror=True)
    images, rows = radiographs(COUNT, SIZE), np.arange(COUNT)
    one, other = (gradcam.explain(each, rows, 4) for each in (images, images[:, :, ::-1]))
    probabilities = (one.probabilities + other.probabilities) / 2
    np.testing.assert_allclose(found.probabilities["", 0], probabilities, rtol=1e-5)
    for ours, each, mirrored in [
        (found.gradcam if stride else found.heat, one.heat, other.heat),
        (found.heat if stride else None, one.map, other.map),
    ]:
        if ours is None or each is None or mirrored is None:
            continue
        assert alike(ours, (each + mirrored[..., ::-1]) / 2)
        assert not alike(ours, each)
