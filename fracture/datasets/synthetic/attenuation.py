"""How much bone, soft tissue and metal each ray crosses."""

import cv2
import numpy as np
import numpy.typing as npt

from fracture.datasets.synthetic.geometry import (
    Bone,
    Floats,
    Grey,
    Image,
    Seam,
    apply,
    blurred,
    closed,
    resized,
    scale_of,
    sixteenths,
)

Integers = npt.NDArray[np.int_]
FINE = 2  # the outline of a bone is filled at this multiple of the radiograph's resolution
MARROW = 0.16  # density of the marrow at mid-shaft against compact bone
DENSITY = 1.3
FAT = 4.0  # thickness of the fat below the skin, mm
PLATE = 4.6  # half the length of a metal plate, in half-widths of the bone
SCREWS = 6
WIRES = 0  # the kind of implant that is not a plate with screws


def bone_thickness(bones: tuple[Bone, ...], shape: tuple[int, int], texture: Image) -> Image:
    """Return how much bone each ray crosses, in mm of compact bone.

    A bone is a rounded slab of compact bone around lighter marrow: its edge is bright because
    there the ray runs along the cortex, as in a real radiograph.

    Args:
        bones: With poses in pixels of the radiograph.
        shape: Of the radiograph, (height, width).
        texture: Trabeculae, about 0 with standard deviation 1, of the same shape.

    Returns:
        float32, mm, of `shape`.
    """
    thickness = np.zeros(shape, np.float32)
    for bone in bones:
        _add_bone(thickness, bone, texture)
    return thickness


def _add_bone(thickness: Image, bone: Bone, texture: Image) -> None:
    height, width = thickness.shape
    corners = apply(bone.pose, bone.outline)
    low = np.maximum(np.floor(corners.min(axis=0)).astype(int) - 3, 0)
    high = np.minimum(np.ceil(corners.max(axis=0)).astype(int) + 4, [width, height])
    if (high - low < 1).any():
        return
    region = np.s_[low[1] : high[1], low[0] : high[0]]
    depth = _depth(bone, low, high - low)
    x, y = _local(bone, low, high)
    middle = np.clip(1 - np.abs(2 * y / np.float32(bone.length) - 1) ** 4, 0, 1)
    cortex = np.float32(bone.cortex) * (0.3 + 0.7 * middle)
    spongy = _chord(np.maximum(depth - cortex, 0), bone.radius - cortex)
    spongy *= (1 - MARROW - 0.24 * (1 - middle)) * (1 + (0.13 - 0.07 * middle) * texture[region])
    compact = _chord(depth, bone.radius) - spongy
    for seam in bone.seams:
        if seam.keep:
            compact *= _remaining(seam, x, y, 0.6 / scale_of(bone.pose))
        else:
            compact *= _lucent(bone, seam, low, depth.shape)
    thickness[region] += DENSITY * compact


def _depth(bone: Bone, low: Integers, size: Integers) -> Image:
    """Return how deep below the bone's surface each pixel of a region lies, mm, 0 outside it."""
    mask = np.zeros(FINE * size[::-1], np.uint8)
    contours = [
        sixteenths((apply(bone.pose, closed(curve)) - low + 0.5) * FINE - 0.5)
        for curve in (bone.outline, *bone.holes)
    ]
    cv2.fillPoly(mask, contours, 255, cv2.LINE_8, 4)
    depth = cv2.distanceTransform(mask, cv2.DIST_L2, cv2.DIST_MASK_5)
    depth = resized(depth.astype(np.float32), (size[1], size[0]), cv2.INTER_AREA)
    return depth / np.float32(FINE * scale_of(bone.pose))


def _local(bone: Bone, low: Integers, high: Integers) -> tuple[Image, Image]:
    """Return the coordinates of a region's pixels in the bone's frame, mm."""
    inverse = np.linalg.inv(np.vstack([bone.pose, [0, 0, 1]])).astype(np.float32)
    columns = np.arange(low[0], high[0], dtype=np.float32)[None, :]
    rows = np.arange(low[1], high[1], dtype=np.float32)[:, None]
    x = inverse[0, 0] * columns + inverse[0, 1] * rows + inverse[0, 2]
    y = inverse[1, 0] * columns + inverse[1, 1] * rows + inverse[1, 2]
    return x, y


def _chord(depth: Image, radius: Image | float) -> Image:
    """Return the half-chord of a rounded slab at a depth below its surface, mm."""
    inner = np.minimum(depth, radius)
    return np.sqrt(np.maximum(inner * (2 * radius - inner), 0))


def _remaining(seam: Seam, x: Image, y: Image, soft: float) -> Image:
    """Return the share of the bone, 0 to 1, that a cut leaves: what lies on the kept side."""
    behind = seam.behind(x, y)
    share = np.clip(0.5 + (seam.keep * behind - seam.width / 2) / (2 * soft), 0, 1)
    return share.astype(np.float32)


def _lucent(bone: Bone, seam: Seam, low: Integers, shape: tuple[int, ...]) -> Image:
    """Return the share of the bone, 0 to 1, that a lucent line leaves."""
    reach = np.clip(seam.extent, seam.profile[0, 0], seam.profile[-1, 0])
    curve = apply(bone.pose, seam.points(np.linspace(reach[0], reach[1], 41))) - low
    width = seam.width * scale_of(bone.pose)
    value = round(255 * seam.depth * min(width, 1))
    line = np.zeros(shape, np.uint8)
    cv2.polylines(line, [sixteenths(curve)], False, value, max(round(width), 1), cv2.LINE_AA, 4)
    return 1 - line * np.float32(1 / 255)


def flesh_thickness(
    chains: list[Floats], shape: tuple[int, int], scale: float
) -> tuple[Image, Image]:
    """Return how much soft tissue each ray crosses: all of it, and what lies below the fat.

    Args:
        chains: Centres and radii of circles in pixels of the radiograph, each (m, 3).
        shape: Of the radiograph, (height, width).
        scale: Pixels for each mm.

    Returns:
        Two float32 images, mm, of `shape`.
    """
    half = (shape[0] // 2 + 1, shape[1] // 2 + 1)
    squared = np.zeros(half, np.float32)
    muscle = np.zeros(half, np.float32)
    for chain in chains:
        for first, second in zip(chain, np.vstack([chain[1:], chain[-1:]]), strict=True):
            _add_capsule(squared, muscle, (first / 2, second / 2), FAT * scale / 2)
    soft = 0.003 * sum(shape)
    whole, lean = (
        blurred(resized(np.float32(2 / scale) * np.sqrt(square), shape), soft)
        for square in (squared, muscle)
    )
    return whole, lean


def _add_capsule(squared: Image, muscle: Image, ends: tuple[Floats, Floats], fat: float) -> None:
    """Raise two images to the squared half-chords of the tissue between two circles."""
    first, second = ends
    radius = max(first[2], second[2])
    low = np.floor(np.minimum(first, second)[:2] - radius).astype(int)
    high = np.ceil(np.maximum(first, second)[:2] + radius).astype(int) + 1
    low = np.maximum(low, 0)
    high = np.minimum(high, squared.shape[::-1])
    if (high - low < 1).any():
        return
    x = np.arange(low[0], high[0], dtype=np.float32)[None, :] - np.float32(first[0])
    y = np.arange(low[1], high[1], dtype=np.float32)[:, None] - np.float32(first[1])
    step = (second - first).astype(np.float32)
    length = max(float(step[0] ** 2 + step[1] ** 2), 1e-6)
    share = np.clip((x * step[0] + y * step[1]) / length, 0, 1)
    distance = (x - share * step[0]) ** 2 + (y - share * step[1]) ** 2
    reach = np.float32(first[2]) + share * step[2]
    region = np.s_[low[1] : high[1], low[0] : high[0]]
    np.maximum(squared[region], reach**2 - distance, out=squared[region])
    np.maximum(muscle[region], np.maximum(reach - fat, 0) ** 2 - distance, out=muscle[region])


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
            _add_rod(picture, bone, (middle - reach, middle + reach), 0.22 * radius, 1.0)
        return picture.astype(np.float32) / np.float32(255)
    plate = middle + (1.05 if sideways else 0.1) * aside
    half = np.array([0.0, PLATE * radius])
    width, value = (0.4, 0.9) if sideways else (0.95, 0.66)
    _add_rod(picture, bone, (plate - half, plate + half), width * radius, value)
    last = 0.86 * PLATE * radius
    for place in np.linspace(-last, last, SCREWS):
        if sideways:
            screw = middle + np.array([0.0, place])
            ends = screw + 1.05 * aside, screw - 1.25 * aside
            _add_rod(picture, bone, ends, 0.3 * radius, 0.95)
        else:
            screw = plate + np.array([0.0, place])
            _add_rod(picture, bone, (screw, screw), 0.55 * radius, 1.0)
    return picture.astype(np.float32) / np.float32(255)


def _add_rod(
    picture: Grey, bone: Bone, ends: tuple[Floats, Floats], width: float, value: float
) -> None:
    """Draw a rod with round ends; where rods overlap the denser one shows."""
    start, end = (sixteenths(apply(bone.pose, point)).tolist() for point in ends)
    thick = max(round(width * scale_of(bone.pose)), 1)
    layer = np.zeros_like(picture)
    cv2.line(layer, start, end, round(255 * value), thick, cv2.LINE_AA, 4)
    np.maximum(picture, layer, out=picture)
