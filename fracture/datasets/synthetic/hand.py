"""The hand: carpal bones, metacarpal bones and phalanges; its origin is the base of the fingers."""

from fracture.datasets.synthetic.geometry import (
    Bone,
    Floats,
    Site,
    View,
    compose,
    similarity,
)
from fracture.datasets.synthetic.maker import Maker, Shape
from fracture.datasets.synthetic.outlines import blob, tube

# Base x, angle in degrees, lengths of the metacarpal bone and the phalanges, and half-width, mm.
FINGERS = (
    (-19.0, 40.0, (44, 31, 24), 4.8),
    (-13.5, 8.0, (66, 41, 24, 18), 4.4),
    (-4.0, 1.5, (64, 45, 28, 19), 4.5),
    (5.5, -5.0, (57, 42, 27, 19), 4.0),
    (14.0, -12.0, (52, 33, 20, 17), 3.8),
)
# Centre, half-widths, mm.
CARPALS = {
    "trapezium": ((-19, -7), (8, 6.5)),
    "trapezoid": ((-9.5, -7), (5.5, 6)),
    "capitate": ((-1, -10.5), (6.5, 9.5)),
    "hamate": ((10.5, -9.5), (7, 8)),
    "scaphoid": ((-13.5, -20), (6.5, 9)),
    "lunate": ((-2.5, -25), (7.5, 6)),
    "triquetrum": ((9.5, -21.5), (6.5, 5.5)),
    "pisiform": ((11.5, -19), (4, 4.5)),
}
JOINT = 1.6


def hand(maker: Maker, view: View, pose: Floats) -> list[Bone]:
    """Return a hand, the base of its fingers at the origin of `pose`, pointing along y."""
    squeeze = 1.0 if view == "frontal" else 0.5
    bones = []
    for name, ((x, y), (across, along)) in CARPALS.items():
        shape = Shape(blob(across * (0.5 + squeeze / 2), along), 1.0, 5.0, 1.0, ((0, 0, 16),))
        bones.append(maker.place(name, shape, compose(pose, similarity(0, (x * squeeze, y)))))
    for number, (base, angle, lengths, width) in enumerate(FINGERS):
        spread = angle * squeeze + maker.about(0, 2.0)
        bend = 0.0 if view == "frontal" else -maker.about(4.0 + 1.5 * number, 2.0)
        frame = compose(pose, similarity(spread, (base * squeeze, 1.0)))
        bones += _finger(maker, number + 1, lengths, width, (frame, bend))
    return bones


def _finger(
    maker: Maker, number: int, lengths: tuple[int, ...], width: float, path: tuple[Floats, float]
) -> list[Bone]:
    frame, bend = path
    bones = []
    for joint, length in enumerate(lengths):
        slim = width * (1.0, 0.92, 0.78, 0.62)[joint]
        ends = (1.65, 1.55) if joint == 0 else (1.6, 1.3)
        if joint == len(lengths) - 1:
            slim, ends = 0.55 * width, (1.9, 1.5)
        outline = tube(length, ends[0] * slim, slim, ends[1] * slim)
        soft = 9.5 if joint else 15.0
        flesh = ((0, 0, soft), (0, length, 10.5 if joint == 0 else soft - 1.5))
        plates = (0.1 * length,) if joint else (0.88 * length,)
        shape = Shape(outline, length, slim, 0.42 * slim, flesh, plates)
        bones.append(maker.place(f"finger {number} bone {joint}", shape, frame))
        turn = bend + (maker.about(0, 1.5) if joint else 0.0)
        frame = compose(frame, similarity(turn, (0, length + JOINT)))
    return bones


def followers() -> dict[str, tuple[str, ...]]:
    """Return which bones of a finger move with the distal fragment of one of them."""
    return {
        f"finger {number} bone {joint}": tuple(
            f"finger {number} bone {beyond}" for beyond in range(joint + 1, len(lengths))
        )
        for number, (_, _, lengths, _) in enumerate(FINGERS, 1)
        for joint in range(len(lengths))
    }


def sites() -> tuple[Site, ...]:
    """Return where a hand breaks: metacarpal bones and proximal phalanges, the thumb's included."""
    return tuple(
        Site(((f"finger {number} bone {joint}", (0, 0.3 * length), (0, 0.75 * length)),))
        for number, (_, _, lengths, _) in enumerate(FINGERS, 1)
        for joint, length in enumerate(lengths[:2])
    )
