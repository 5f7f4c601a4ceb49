"""One radiograph: a study's anatomy, its view, its framing, its exposure."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import cv2
import numpy as np

from fracture.datasets.synthetic import arm, attenuation, leg
from fracture.datasets.synthetic.bones import Build, Maker
from fracture.datasets.synthetic.exposure import expose
from fracture.datasets.synthetic.fractures import Fracture, add_lookalikes, break_scene, point_of
from fracture.datasets.synthetic.geometry import (
    Floats,
    Grey,
    Image,
    Scene,
    Site,
    View,
    apply,
    blurred,
    compose,
    moved,
    resized,
    scale_of,
    similarity,
    sixteenths,
)

PARTS: dict[str, Callable[[Maker, View], Scene]] = {
    "elbow": arm.elbow,
    "forearm": arm.forearm,
    "hand": arm.hand,
    "hip": leg.hip,
    "leg": leg.lower_leg,
    "shoulder": arm.shoulder,
}
Box = tuple[float, float, float, float]
PORTRAIT = 0.65  # share of radiographs that are higher than wide
MARGIN = 4  # pixels between a fracture and its box


@dataclass(frozen=True)
class Study:
    """What the radiographs of a study show on every view; places are shares from 0 to 1.

    Attributes:
        body_part: A key of `PARTS`.
        side: `L` or `R`.
        site: Which of the anatomy's sites the radiograph is centred on.
        fracture: The fracture, which is drawn if `fractured`.
        fractured: Whether the bone is broken.
        implant: Kind of implant, see `attenuation.metal`; None for none.
        implant_place: Which site carries it, and where on the site.
        off_centre: How far from the middle that site may lie, as a share of the sides.
    """

    body_part: str
    side: str
    site: float
    fracture: Fracture
    fractured: bool
    implant: int | None
    implant_place: tuple[float, float]
    off_centre: float


def draw_radiograph(
    build: Build, study: Study, view: View, random: np.random.Generator
) -> tuple[Grey, tuple[Box, ...]]:
    """Draw one view of a study.

    Framing, exposure and look-alikes do not depend on whether the bone is broken.

    Args:
        build: The patient's build.
        study: What to draw.
        view: From which side.
        random: Decides what differs from radiograph to radiograph.

    Returns:
        The radiograph, uint8 (height, width), and the boxes of its fractures: (left, top, right,
        bottom) in pixels.
    """
    scene = PARTS[study.body_part](Maker(random, build), view)
    scene = add_lookalikes(scene, random, build.child)
    site = _chosen(scene, study.site)
    shape, frame = _framing(scene, point_of(scene, site, study.fracture.level), study, random)
    marks: list[Floats] = []
    if study.fractured:
        scene, marks = break_scene(scene, site, study.fracture, view)
    scene = replace(scene, bones=tuple(moved(bone, frame) for bone in scene.bones))
    bone = attenuation.bone_thickness(scene.bones, shape, _trabeculae(frame, shape, random))
    flesh = _flesh(scene, frame, shape, random)
    metal = _metal(scene, study, view, shape)
    image = expose(bone, flesh, metal, study.side, random)
    boxes = [_box(apply(frame, mark), shape) for mark in marks]
    return image, tuple(box for box in boxes if box)


def _chosen(scene: Scene, share: float) -> Site:
    return scene.sites[min(int(share * len(scene.sites)), len(scene.sites) - 1)]


def _framing(
    scene: Scene, target: Floats, study: Study, random: np.random.Generator
) -> tuple[tuple[int, int], Floats]:
    """Return the radiograph's shape and the similarity from the scene to its pixels."""
    long, short = random.integers(300, 421), random.integers(220, 291)
    portrait = random.uniform() < PORTRAIT
    width, height = (short, long) if portrait else (long, short)
    scale = long / random.uniform(*scene.window)
    turn = scene.turn + 6 * np.clip(random.normal(), -2, 2)
    if scene.long and not portrait:
        turn += 90
    off = study.off_centre
    place = np.array([width, height]) * random.uniform(0.5 - off, 0.5 + off, 2)
    rough = similarity(turn, (0, 0), scale, mirror=study.side == "L")
    shift = place - apply(rough, target)
    return (int(height), int(width)), compose(similarity(0, (shift[0], shift[1])), rough)


def _trabeculae(frame: Floats, shape: tuple[int, int], random: np.random.Generator) -> Image:
    """Return noise of mean 0 and standard deviation 1 that is drawn out along the limb."""
    upright = abs(frame[1, 1]) > abs(frame[0, 1])
    sigmas = (0.7, 1.8) if upright else (1.8, 0.7)
    white = random.standard_normal(shape, np.float32)
    grain = blurred(white, *sigmas) - blurred(white, 3.0)
    return grain / grain.std()


def _flesh(
    scene: Scene, frame: Floats, shape: tuple[int, int], random: np.random.Generator
) -> Image:
    """Return soft tissue in mm: fat around muscle, less where the lung is, uneven, with folds."""
    scale = scale_of(frame)
    chains = [_pixels(bone.flesh, bone.pose) for bone in scene.bones if len(bone.flesh)]
    chains += [_pixels(chain, frame) for chain in scene.flesh]
    whole, muscle = attenuation.flesh_thickness(chains, shape, scale)
    flesh = 0.55 * whole + 0.45 * muscle
    if scene.air:
        lungs = [_pixels(chain, frame) for chain in scene.air]
        flesh = np.maximum(flesh - 0.75 * attenuation.flesh_thickness(lungs, shape, scale)[0], 0)
    clouds = resized(random.standard_normal((9, 9), np.float32), shape, cv2.INTER_CUBIC)
    flesh = flesh * (1 + 0.05 * clouds)
    for _ in range(random.poisson(0.6)):
        flesh = flesh * (1 + _skin_fold(flesh.shape, random))
    return flesh


def _skin_fold(shape: tuple[int, ...], random: np.random.Generator) -> Image:
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


def _metal(scene: Scene, study: Study, view: View, shape: tuple[int, int]) -> Image:
    if study.implant is None:
        return np.zeros(shape, np.float32)
    which, share = study.implant_place
    name, start, end = _chosen(scene, which).paths[0]
    carrier = next(bone for bone in scene.bones if bone.name == name)
    margin = attenuation.PLATE * carrier.radius
    level = (1 - share) * start[1] + share * end[1]
    level = float(np.clip(level, margin, max(margin, carrier.length - margin)))
    return attenuation.metal(carrier, level, view == "lateral", shape, study.implant)


def _pixels(chain: Floats, pose: Floats) -> Floats:
    return np.column_stack([apply(pose, chain[:, :2]), chain[:, 2] * scale_of(pose)])


def _box(points: Floats, shape: tuple[int, int]) -> Box | None:
    """Return (left, top, right, bottom) around the points that the radiograph shows, if any."""
    size = np.array([shape[1], shape[0]])
    shown = points[((points >= 0) & (points < size)).all(axis=1)]
    if not len(shown):
        return None
    left, top = np.maximum(np.floor(shown.min(axis=0)) - MARGIN, 0)
    right, bottom = np.minimum(np.ceil(shown.max(axis=0)) + MARGIN, size)
    return float(left), float(top), float(right), float(bottom)
