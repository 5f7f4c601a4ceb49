"""Bones as outlines in their own frame, the scenes that they form, and images of them."""

from dataclasses import dataclass, field, replace
from typing import Literal

import cv2
import numpy as np
import numpy.typing as npt
from scipy.interpolate import CubicSpline

Floats = npt.NDArray[np.float64]
Image = npt.NDArray[np.float32]
Grey = npt.NDArray[np.uint8]
Reals = Floats | npt.NDArray[np.float32]
View = Literal["frontal", "lateral"]
VIEWS: tuple[View, ...] = ("frontal", "lateral")


@dataclass(frozen=True)
class Seam:
    """A jagged line across a bone, at which it is cut or thinned.

    Attributes:
        origin: A point of the line, in the bone's frame, mm, shape (2,).
        along: Unit vector that crosses the line, shape (2,).
        profile: Distances (across, along) from `origin`, mm, shape (k, 2), ascending in the first.
        keep: -1 or 1: only what lies before or behind the line is drawn; 0: a lucent line.
        width: Of the gap or of the lucent line, mm.
        depth: Share of the bone that is missing in a lucent line, 0 to 1.
        extent: A lucent line reaches from here to there across the bone, mm.
    """

    origin: Floats
    along: Floats
    profile: Floats
    keep: int
    width: float
    depth: float = 1.0
    extent: tuple[float, float] = (-1e3, 1e3)

    def behind(self, x: Reals, y: Reals) -> Floats:
        """Return how far behind the line points lie, in the direction of `along`, mm.

        Args:
            x: Coordinates of the points across the bone, in the bone's frame, mm.
            y: Coordinates along the bone's axis, likewise, same shape.

        Returns:
            A distance for each point, same shape; negative before the line.
        """
        x, y = x - self.origin[0], y - self.origin[1]
        across = x * self.along[1] - y * self.along[0]
        line = np.interp(across, self.profile[:, 0], self.profile[:, 1])
        return x * self.along[0] + y * self.along[1] - line

    def points(self, across: Floats) -> Floats:
        """Return points of the line, (n, 2), in the bone's frame, at these distances across, mm."""
        behind = np.interp(across, self.profile[:, 0], self.profile[:, 1])
        sideways = np.array([self.along[1], -self.along[0]])
        return self.origin + across[:, None] * sideways + behind[:, None] * self.along


@dataclass(frozen=True)
class Bone:
    """A bone or a fragment of one; its frame has its axis along y, from 0 at the proximal end.

    Attributes:
        name: Unique within a scene, but for fragments.
        outline: Points of the closed outline, in the bone's frame, mm, shape (n, 2); see `closed`.
        length: Of the axis, mm.
        radius: Half of the depth along the beam, mm.
        cortex: Thickness of the compact bone at mid-shaft, mm.
        pose: Similarity from the bone's frame to the scene, shape (2, 3).
        flesh: Centres and radii of the soft tissue around, in the bone's frame, mm, shape (m, 3).
        holes: Further such outlines, within which there is no bone.
        plates: Where along the axis growth plates lie in a child, mm.
        seams: Lines at which the bone is cut or thinned.
    """

    name: str
    outline: Floats
    length: float
    radius: float
    cortex: float
    pose: Floats
    flesh: Floats
    holes: tuple[Floats, ...] = ()
    plates: tuple[float, ...] = ()
    seams: tuple[Seam, ...] = ()


@dataclass(frozen=True)
class Site:
    """Where a scene can break: on each of the bones, between two points of its frame, mm.

    `freedom` is how far the fragments can move, as a multiple of what is usual.
    """

    paths: tuple[tuple[str, tuple[float, float], tuple[float, float]], ...]
    freedom: float = 1.0


@dataclass(frozen=True)
class Scene:
    """What lies before the detector, in mm.

    Attributes:
        bones: All bones, in any order.
        sites: Where a fracture may be.
        window: Smallest and largest length of the radiograph's long side, mm.
        followers: Bones that move with the distal fragment of the named one.
        flesh: Chains of soft tissue that belong to no bone: centres and radii, shape (m, 3).
        air: Likewise, where there is less tissue: the lung.
        turn: Degrees by which the scene is turned on a portrait radiograph.
        long: Whether the limb follows the long side of the radiograph, and so may lie on its side.
    """

    bones: tuple[Bone, ...]
    sites: tuple[Site, ...]
    window: tuple[float, float]
    followers: dict[str, tuple[str, ...]] = field(default_factory=dict)
    flesh: tuple[Floats, ...] = ()
    air: tuple[Floats, ...] = ()
    turn: float = 0.0
    long: bool = False


def similarity(
    angle: float, shift: tuple[float, float], scale: float = 1.0, mirror: bool = False
) -> Floats:
    """Return the 2 x 3 matrix that mirrors, then scales, then rotates, then shifts.

    Args:
        angle: Of the rotation, degrees, from the x axis towards the y axis.
        shift: By (x, y), in units of the result.
        scale: 1 leaves the size.
        mirror: Whether x changes its sign.
    """
    cosine, sine = scale * np.cos(np.radians(angle)), scale * np.sin(np.radians(angle))
    sign = -1.0 if mirror else 1.0
    return np.array([[sign * cosine, -sine, shift[0]], [sign * sine, cosine, shift[1]]])


IDENTITY = similarity(0, (0, 0))


def turning(angle: float, about: Floats, shift: Floats) -> Floats:
    """Return the 2 x 3 matrix that rotates about a point, then shifts.

    Args:
        angle: Degrees, from the x axis towards the y axis.
        about: The point, shape (2,).
        shift: By (x, y), shape (2,).
    """
    there, back = about + shift, -about
    turned = compose(similarity(angle, (0, 0)), similarity(0, (back[0], back[1])))
    return compose(similarity(0, (there[0], there[1])), turned)


def compose(after: Floats, before: Floats) -> Floats:
    """Return the 2 x 3 matrix that applies `before`, then `after`."""
    return np.column_stack([after[:, :2] @ before[:, :2], apply(after, before[:, 2])])


def apply(matrix: Floats, points: Floats) -> Floats:
    """Apply a 2 x 3 matrix to points of shape (..., 2)."""
    result: Floats = points @ matrix[:, :2].T + matrix[:, 2]
    return result


def scale_of(matrix: Floats) -> float:
    """Return by how much a similarity enlarges."""
    return float(np.sqrt(abs(np.linalg.det(matrix[:, :2]))))


def moved(bone: Bone, matrix: Floats) -> Bone:
    """Return the bone, moved within the scene.

    Args:
        bone: Before.
        matrix: Similarity of the scene, shape (2, 3).
    """
    return replace(bone, pose=compose(matrix, bone.pose))


def closed(points: Floats, density: int = 5) -> Floats:
    """Return a smooth closed curve through points, shape (n * density, 2).

    Args:
        points: Shape (n, 2).
        density: Points of the curve for each of the given ones.
    """
    ring = np.vstack([points, points[:1]])
    steps = np.sqrt(np.hypot(*np.diff(ring, axis=0).T))
    knots = np.concatenate([[0.0], np.cumsum(steps)])
    spline = CubicSpline(knots, ring, bc_type="periodic")
    fractions = np.arange(density) / density
    curve: Floats = spline((knots[:-1, None] + np.diff(knots)[:, None] * fractions).ravel())
    return curve


def blurred(image: Image | Grey, across: float, along: float = 0.0) -> Image:
    """Return the image, blurred by a Gaussian.

    Args:
        image: Shape (height, width).
        across: Horizontal standard deviation, pixels.
        along: Vertical standard deviation, pixels; 0 stands for that of `across`.
    """
    blur = cv2.GaussianBlur(image.astype(np.float32, copy=False), (0, 0), across, sigmaY=along)
    return blur.astype(np.float32, copy=False)


def resized(image: Image, shape: tuple[int, ...], interpolation: int = cv2.INTER_LINEAR) -> Image:
    """Return the image at another size.

    Args:
        image: Shape (height, width).
        shape: Of the result, (height, width).
        interpolation: A constant of OpenCV, such as `cv2.INTER_AREA`.
    """
    result = cv2.resize(image, (shape[1], shape[0]), interpolation=interpolation)
    return result.astype(np.float32, copy=False)


def sixteenths(points: npt.NDArray[np.float64]) -> npt.NDArray[np.int32]:
    """Return points (n, 2) in sixteenths of a pixel, as OpenCV draws them with shift 4."""
    return np.round(points * 16).astype(np.int32)
