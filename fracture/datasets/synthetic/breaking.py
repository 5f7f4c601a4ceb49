"""Breaking bones: a jagged cut, and fragments that are shifted, bent, overlapping or splintered."""

from dataclasses import replace

import cv2
import numpy as np

from fracture.datasets.synthetic.fracture import Fracture
from fracture.datasets.synthetic.geometry import (
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

# Half the length of a cut, mm: it reaches through every bone.
SPAN = 60.0


def point_of(scene: Scene, site: Site, level: float) -> Floats:
    """Return the point of a site's first bone at a level from 0 to 1, in the scene, shape (2,)."""
    name, start, end = site.paths[0]
    bone = next(bone for bone in scene.bones if bone.name == name)
    return apply(bone.pose, _between(start, end, level))


def _between(start: tuple[float, float], end: tuple[float, float], level: float) -> Floats:
    return (1 - level) * np.array(start) + level * np.array(end)


def break_scene(
    scene: Scene, site: Site, fracture: Fracture, view: View
) -> tuple[Scene, list[Floats]]:
    """Return the scene with broken bones, and the points of each fracture, in the scene, (n, 2)."""
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
    about = apply(bone.pose, _between(start, end, fracture.level))
    toward = bone.pose[:, :2] @ (np.array(end, float) - np.array(start, float))
    toward /= np.hypot(*toward)
    width = 2 * bone.radius * site.freedom
    shift = width * fracture.shift[view] * np.array([toward[1], -toward[0]])
    shift -= width * fracture.impaction * toward
    return turning(min(site.freedom, 1.0) * fracture.angle[view], about, shift)


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
        about, slip = apply(bone.pose, near.origin), random.normal(0, 0.35 * bone.radius, 2)
        pieces.append(moved(splinter, turning(random.normal(0, 14), about, slip)))
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
