"""What resembles a fracture and is none: nutrient canals, growth plates, skin folds."""

from dataclasses import replace

import cv2
import numpy as np

from fracture.datasets.synthetic.geometry import Bone, Scene, Seam
from fracture.datasets.synthetic.raster import Image, blurred, sixteenths

# From this length on, in mm, a bone has visible nutrient canals.
LONG = 30


def with_lines(scene: Scene, random: np.random.Generator, child: bool) -> Scene:
    """Return the scene with nutrient canals in its long bones and, in a child, growth plates."""
    bones = tuple(
        replace(bone, seams=(*_plates(bone, random, child), *_canals(bone, random)))
        for bone in scene.bones
    )
    return replace(scene, bones=bones)


def _plates(bone: Bone, random: np.random.Generator, child: bool) -> list[Seam]:
    across = np.linspace(-45, 45, 31)
    seams = []
    for level in bone.plates if child else ():
        wave = np.convolve(random.normal(0, 0.16 * bone.radius, 33), np.ones(3) / 3, "valid")
        profile = np.column_stack([across, wave])
        origin = np.array([0.0, level])
        seams.append(Seam(origin, np.array([0.0, 1.0]), profile, 0, 0.13 * bone.radius, 0.6))
    return seams


def _canals(bone: Bone, random: np.random.Generator) -> list[Seam]:
    """Return fine oblique lines through one cortex, rarely more than one."""
    seams = []
    for _ in range(random.poisson(0.5) if bone.length > LONG else 0):
        origin = np.array([0.0, random.uniform(0.3, 0.7) * bone.length])
        slope = random.choice([-1, 1]) * random.uniform(2.0, 4.0)
        profile = np.array([[-50.0, -50 * slope], [50.0, 50 * slope]])
        side = random.choice([-1, 1])
        inner, outer = sorted((side * 0.3 * bone.radius, side * 1.2 * bone.radius))
        along = np.array([0.0, 1.0])
        seams.append(Seam(origin, along, profile, 0, 0.1 * bone.radius, 0.3, (inner, outer)))
    return seams


def fold_skin(flesh: Image, random: np.random.Generator) -> Image:
    """Return soft tissue (height, width) with few or no folds: soft lines, darker or brighter."""
    for _ in range(random.poisson(0.6)):
        flesh = flesh * (1 + _fold(flesh.shape, random))
    return flesh


def _fold(shape: tuple[int, ...], random: np.random.Generator) -> Image:
    """Return by which share the tissue is thicker or thinner along a bowed line."""
    middle = random.uniform(0.15, 0.85, 2) * (shape[1], shape[0])
    angle = random.uniform(0, np.pi)
    half = random.uniform(0.12, 0.3) * max(shape) * np.array([np.cos(angle), np.sin(angle)])
    bow = random.normal(0, 0.15) * half[::-1]
    steps = np.linspace(-1, 1, 15)[:, None]
    curve = middle + steps * half + (1 - steps**2) * bow
    line = np.zeros(shape, np.uint8)
    cv2.polylines(line, [sixteenths(curve)], False, 255, 2, cv2.LINE_AA, 4)
    strength = random.choice([-1, 1]) * random.uniform(0.1, 0.35)
    return blurred(line, random.uniform(1.2, 3.0)) * np.float32(strength / 255)
