"""Fractures of bones, and the lines that resemble them: nutrient canals and growth plates."""

from dataclasses import dataclass, replace
from typing import Literal

import cv2
import numpy as np

from fracture.datasets.synthetic.geometry import (
    VIEWS,
    Bone,
    Floats,
    Scene,
    Seam,
    Site,
    View,
    apply,
    closed,
    moved,
    turning,
)

Kind = Literal["hairline", "undisplaced", "displaced", "comminuted"]
# How frequent each kind is.
KINDS: dict[Kind, float] = {
    "hairline": 0.03, "undisplaced": 0.05, "displaced": 0.62, "comminuted": 0.30,
}  # fmt: skip
SPAN = 60.0  # half the length of a cut, mm: it reaches through every bone
LONG = 30  # from this length on, in mm, a bone has visible nutrient canals
AXIS = np.array([0.0, 1.0])


@dataclass(frozen=True)
class Fracture:
    """One fracture of a study, the same on each of its views; lengths in shaft widths.

    Attributes:
        kind: How far the bone gave way.
        level: Where on the site's path, 0 to 1.
        slope: Of the line against the bone's axis.
        gap: Between the fragments.
        impaction: How far the distal fragment is driven into the proximal one.
        shift: Across the bone, on each view.
        angle: Degrees, likewise.
        seed: Of the line's zigzag.
    """

    kind: Kind
    level: float
    slope: float
    gap: float
    impaction: float
    shift: dict[View, float]
    angle: dict[View, float]
    seed: int


def sample_fracture(random: np.random.Generator) -> Fracture:
    """Decide by chance how a bone breaks."""
    kind: Kind = list(KINDS)[random.choice(len(KINDS), p=list(KINDS.values()))]
    loose = kind in {"displaced", "comminuted"}
    widest, bent = (0.95, 34.0) if loose else (0.06, 3.0)
    return Fracture(
        kind,
        level=random.uniform(),
        slope=random.normal(0, 0.45),
        gap=random.uniform(0.18, 0.42) if kind != "hairline" else random.uniform(0.08, 0.12),
        impaction=random.uniform(-0.25, 0.2) if loose else 0.0,
        shift={view: _either_sign(random, 0.45 * widest, widest) for view in VIEWS},
        angle={view: _either_sign(random, 0.45 * bent, bent) for view in VIEWS},
        seed=int(random.integers(2**32)),
    )


def _either_sign(random: np.random.Generator, low: float, high: float) -> float:
    return float(random.uniform(low, high) * random.choice([-1, 1]))


def point_of(scene: Scene, site: Site, level: float) -> Floats:
    """Return a point of the first bone of a site, in the scene, mm, shape (2,).

    Args:
        scene: Holds the bone.
        site: Where the bone can break: between a start and an end.
        level: Position of the point between start and end, 0 to 1.
    """
    name, start, end = site.paths[0]
    bone = next(bone for bone in scene.bones if bone.name == name)
    return apply(bone.pose, _between(start, end, level))


def _between(start: tuple[float, float], end: tuple[float, float], level: float) -> Floats:
    return (1 - level) * np.array(start) + level * np.array(end)


def break_scene(
    scene: Scene, site: Site, fracture: Fracture, view: View
) -> tuple[Scene, list[Floats]]:
    """Break the bones of a site.

    Args:
        scene: Whole bones.
        site: Which of them break, and where.
        fracture: How they break.
        view: On which the scene is seen: displacement differs between the views.

    Returns:
        The scene with broken bones, and the points of each fracture, in the scene, (n, 2).
    """
    bones = {bone.name: bone for bone in scene.bones}
    random = np.random.default_rng(fracture.seed)
    motion = _motion(bones[site.paths[0][0]], site, fracture, view)
    fragments: list[Bone] = []
    marks: list[Floats] = []
    for name, start, end in site.paths:
        bone = bones.pop(name)
        level = np.clip(fracture.level + (random.normal(0, 0.06) if fragments else 0), 0, 1)
        toward = np.array(end, float) - np.array(start, float)
        seams = _seams(fracture, _between(start, end, level), toward, bone.radius, random)
        pieces = _pieces(bone, seams, motion, fracture, random)
        for follower in scene.followers.get(name, ()) if fracture.kind != "hairline" else ():
            bones[follower] = moved(bones[follower], motion)
        fragments += pieces
        marks.append(np.vstack([_visible(piece, len(bone.seams)) for piece in pieces]))
    return replace(scene, bones=(*bones.values(), *fragments)), marks


def _motion(bone: Bone, site: Site, fracture: Fracture, view: View) -> Floats:
    """Return how the distal fragment turns about the fracture and slides, in the scene."""
    _, start, end = site.paths[0]
    centre = apply(bone.pose, _between(start, end, fracture.level))
    toward = bone.pose[:, :2] @ (np.array(end, float) - np.array(start, float))
    toward /= np.hypot(*toward)
    width = 2 * bone.radius * site.freedom
    shift = width * fracture.shift[view] * np.array([toward[1], -toward[0]])
    shift -= width * fracture.impaction * toward
    return turning(min(site.freedom, 1.0) * fracture.angle[view], centre, shift)


def _seams(
    fracture: Fracture, origin: Floats, toward: Floats, radius: float, random: np.random.Generator
) -> tuple[Seam, Seam]:
    """Return the edges of both fragments; they part where the bone is splintered."""
    across = np.linspace(-SPAN, SPAN, int(2 * SPAN / (0.3 * radius)) + 1)
    zigzag = random.normal(0, 0.11 * radius, across.shape)
    line = fracture.slope * np.clip(across, -4 * radius, 4 * radius) + zigzag
    spread = random.uniform(0.7, 1.5) if fracture.kind == "comminuted" else 0.0
    side = random.choice([-1, 1])
    wedge = spread * np.clip(side * across + 0.5 * radius, 0, 2 * radius)
    unit = toward / np.hypot(*toward)
    width = 2 * radius * fracture.gap
    near, far = (np.column_stack([across, line + sign * wedge / 2]) for sign in (-1, 1))
    return Seam(origin, unit, near, -1, width), Seam(origin, unit, far, 1, width)


def _pieces(
    bone: Bone,
    seams: tuple[Seam, Seam],
    motion: Floats,
    fracture: Fracture,
    random: np.random.Generator,
) -> list[Bone]:
    """Return the fragments of a bone, or the whole bone with a crack."""
    near, far = seams
    if fracture.kind == "hairline":
        reach = random.uniform(0.3, 1.3) * bone.radius
        extent = [(-1e3, reach), (-reach, 1e3)][random.integers(2)]
        crack = replace(near, keep=0, depth=0.8, extent=extent)
        return [replace(bone, seams=(*bone.seams, crack))]
    behind = near.behind(bone.flesh[:, 0], bone.flesh[:, 1]) > 0
    proximal = replace(bone, seams=(*bone.seams, near), flesh=bone.flesh[~behind])
    distal = replace(bone, seams=(*bone.seams, far), flesh=bone.flesh[behind])
    pieces = [proximal, moved(distal, motion)]
    if fracture.kind == "comminuted":
        between = replace(near, keep=1), replace(far, keep=-1)
        splinter = replace(bone, seams=(*bone.seams, *between), flesh=bone.flesh[:0])
        centre, slip = apply(bone.pose, near.origin), random.normal(0, 0.35 * bone.radius, 2)
        pieces.append(moved(splinter, turning(random.normal(0, 14), centre, slip)))
    return pieces


def _visible(piece: Bone, before: int) -> Floats:
    """Return the points of a fragment's newer seams that lie within the bone, in the scene."""
    outline = closed(piece.outline).astype(np.float32)
    points = []
    for seam in piece.seams[before:]:
        reach = np.clip(seam.extent, -SPAN, SPAN)
        points += [
            point
            for point in seam.points(np.linspace(reach[0], reach[1], 241))
            if cv2.pointPolygonTest(outline, (float(point[0]), float(point[1])), False) >= 0
        ]
    return apply(piece.pose, np.array(points).reshape(-1, 2))


def add_lookalikes(scene: Scene, random: np.random.Generator, child: bool) -> Scene:
    """Return the scene with lucent lines that are no fractures but look like them.

    Args:
        scene: Long bones get nutrient canals.
        random: Decides how many lines there are, where, and of what shape.
        child: Whether bones get open growth plates as well.
    """
    bones = tuple(
        replace(bone, seams=(*_growth_plates(bone, random, child), *_canals(bone, random)))
        for bone in scene.bones
    )
    return replace(scene, bones=bones)


def _growth_plates(bone: Bone, random: np.random.Generator, child: bool) -> list[Seam]:
    across = np.linspace(-45, 45, 31)
    seams = []
    for level in bone.plates if child else ():
        wave = np.convolve(random.normal(0, 0.16 * bone.radius, 33), np.ones(3) / 3, "valid")
        profile = np.column_stack([across, wave])
        seams.append(Seam(level * AXIS, AXIS, profile, 0, 0.13 * bone.radius, 0.6))
    return seams


def _canals(bone: Bone, random: np.random.Generator) -> list[Seam]:
    """Return fine oblique lines through one cortex, rarely more than one."""
    seams = []
    for _ in range(random.poisson(0.5) if bone.length > LONG else 0):
        origin = random.uniform(0.3, 0.7) * bone.length * AXIS
        slope = random.choice([-1, 1]) * random.uniform(2.0, 4.0)
        profile = np.array([[-50.0, -50 * slope], [50.0, 50 * slope]])
        side = random.choice([-1, 1])
        inner, outer = sorted((side * 0.3 * bone.radius, side * 1.2 * bone.radius))
        seams.append(Seam(origin, AXIS, profile, 0, 0.1 * bone.radius, 0.3, (inner, outer)))
    return seams
