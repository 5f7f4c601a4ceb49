"""Wires and plates with screws: metal through and on a bone."""

import cv2
import numpy as np

from fracture.datasets.synthetic.geometry import Bone, Floats, apply, scale_of
from fracture.datasets.synthetic.raster import Grey, Image, sixteenths

# Half the length of a plate, in half-widths of the bone.
REACH = 4.6
SCREWS = 6
WIRES = 0


def metal(bone: Bone, level: float, sideways: bool, shape: tuple[int, int], kind: int) -> Image:
    """Return how much metal each ray crosses, float32 from 0 to 1, around a bone.

    Args:
        bone: With its pose in pixels of the radiograph.
        level: Of the implant's middle, mm along the bone.
        sideways: Whether a plate is seen on its edge.
        shape: Of the radiograph, (height, width).
        kind: `WIRES`, or any other number for a plate with screws.
    """
    picture = np.zeros(shape, np.uint8)
    radius = bone.radius
    middle, aside = np.array([0.0, level]), np.array([radius, 0.0])
    if kind == WIRES:
        for tilt in (-0.35, 0.4):
            reach = 3.2 * radius * np.array([tilt, 1.0])
            _rod(picture, bone, (middle - reach, middle + reach), 0.22 * radius, 1.0)
    elif sideways:
        _plate(picture, bone, middle + 1.05 * aside, (0.4 * radius, 0.9))
        for hole in _holes(middle, radius):
            ends = hole + 1.05 * aside, hole - 1.25 * aside
            _rod(picture, bone, ends, 0.3 * radius, 0.95)
    else:
        _plate(picture, bone, middle + 0.1 * aside, (0.95 * radius, 0.66))
        for hole in _holes(middle + 0.1 * aside, radius):
            _rod(picture, bone, (hole, hole), 0.55 * radius, 1.0)
    return picture.astype(np.float32) / np.float32(255)


def _plate(picture: Grey, bone: Bone, middle: Floats, look: tuple[float, float]) -> None:
    half = np.array([0.0, REACH * bone.radius])
    _rod(picture, bone, (middle - half, middle + half), *look)


def _holes(middle: Floats, radius: float) -> list[Floats]:
    reach = 0.86 * REACH * radius
    return [middle + np.array([0.0, place]) for place in np.linspace(-reach, reach, SCREWS)]


def _rod(
    picture: Grey,
    bone: Bone,
    ends: tuple[Floats, Floats],
    width: float,
    value: float,
) -> None:
    """Draw a rod with round ends; where rods overlap the denser one shows."""
    start, end = (sixteenths(apply(bone.pose, point)).tolist() for point in ends)
    thick = max(round(width * scale_of(bone.pose)), 1)
    layer = np.zeros_like(picture)
    cv2.line(layer, start, end, round(255 * value), thick, cv2.LINE_AA, 4)
    np.maximum(picture, layer, out=picture)
