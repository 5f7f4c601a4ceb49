"""Hand, forearm, elbow and shoulder: their bones, and where they break."""

import numpy as np

from fracture.datasets.synthetic import bones
from fracture.datasets.synthetic.bones import Maker, Shape, blob, tube
from fracture.datasets.synthetic.geometry import (
    IDENTITY,
    Bone,
    Floats,
    Scene,
    Site,
    View,
    compose,
    similarity,
)

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
JOINT = 1.6  # between the bones of a finger, mm
WRIST = (3.0, 271.0)  # base of the fingers in the frame of the forearm, mm
FOREARM_FLESH = ((4, 0, 40), (5, 50, 42), (5, 130, 34), (6, 210, 26), (6, 240, 26))
ULNA_FLESH = ((0, 20, 26), (0, 245, 18))
# From the side a wrist is two thirds as thick as from the front.
FOREARM_FLESH_LATERAL = ((4, 0, 40), (5, 50, 42), (3, 130, 32), (-1, 210, 21), (-3, 245, 18))
ULNA_FLESH_LATERAL = ((0, 20, 26), (6, 245, 16))
UPPER_FLESH = ((0, 30, 50), (0, 110, 46), (0, 220, 42), (0, 290, 44))
HUMERI = {
    "frontal": Shape(bones.HUMERUS, 305, 11.5, 4.6, UPPER_FLESH, (38, 285)),
    "lateral": Shape(bones.HUMERUS_LATERAL, 305, 11.5, 4.6, UPPER_FLESH, (38, 282)),
}
RADII = {
    "frontal": Shape(bones.RADIUS, 238, 6.8, 2.9, FOREARM_FLESH, (14, 222)),
    "lateral": Shape(bones.RADIUS_LATERAL, 238, 6.8, 2.9, FOREARM_FLESH_LATERAL, (14, 222)),
}
ULNAE = {
    "frontal": Shape(bones.ULNA, 250, 6.5, 2.9, ULNA_FLESH, (238,)),
    "lateral": Shape(bones.ULNA_LATERAL, 250, 6.5, 2.9, ULNA_FLESH_LATERAL, (238,)),
}
SCAPULAE = {"frontal": bones.SCAPULA, "lateral": bones.SCAPULA_LATERAL}
# How long the clavicle appears, mm: it is seen from one end on a lateral view.
CLAVICLES = {"frontal": 138, "lateral": 80}


def hand(maker: Maker, view: View) -> Scene:
    """Return a hand with the wrist: metacarpal bones and proximal phalanges may break."""
    wrist = similarity(0, (-WRIST[0], -WRIST[1]))
    parts = [*_hand(maker, view, IDENTITY), *_forearm(maker, view, wrist)]
    sites = []
    followers: dict[str, tuple[str, ...]] = {}
    for number, (_, _, lengths, _) in enumerate(FINGERS, 1):
        names = [f"finger {number} bone {joint}" for joint in range(len(lengths))]
        followers |= {name: tuple(names[joint + 1 :]) for joint, name in enumerate(names)}
        sites += [
            Site(((name, (0, 0.3 * length), (0, 0.75 * length)),))
            for name, length in zip(names[:2], lengths[:2], strict=True)
        ]
    return Scene(tuple(parts), tuple(sites), (76, 98), followers, turn=180)


def forearm(maker: Maker, view: View) -> Scene:
    """Return radius and ulna between elbow and wrist."""
    wrist = _hand(maker, view, similarity(0, WRIST))
    parts = [*_forearm(maker, view, IDENTITY), *wrist, _humerus(maker, view, 85)]
    sites = (
        Site((("radius", (0, 70), (0, 190)), ("ulna", (0, 80), (0, 200)))),
        Site((("radius", (0, 195), (0, 218)),)),
        Site((("radius", (0, 70), (0, 190)),), freedom=1.1),
        Site((("ulna", (0, 80), (0, 210)),), freedom=1.1),
    )
    followers = {"radius": tuple(bone.name for bone in wrist)}
    return Scene(tuple(parts), sites, (115, 155), followers, long=True)


def elbow(maker: Maker, view: View) -> Scene:
    """Return the elbow: stretched on a frontal view, bent on a lateral one."""
    flexion = maker.vary(90, 10)
    parts = [_humerus(maker, view, flexion), *_forearm(maker, view, IDENTITY)]
    sites = (
        Site((("humerus", (0, 235), (0, 268)),)),
        Site((("ulna", (0, 34), (0, 70)),)),
        Site((("radius", (0, 17), (0, 26)),)),
    )
    turn = 0.0 if view == "frontal" else -flexion
    return Scene(tuple(parts), sites, (105, 135), {"humerus": ("radius", "ulna")}, turn=turn)


def shoulder(maker: Maker, view: View) -> Scene:
    """Return the shoulder with the upper ribs; the socket of the joint is the origin."""
    frontal = view == "frontal"
    abduction = maker.vary(14, 7) if frontal else maker.vary(4, 5)
    head = similarity(abduction, (-28.0, 2.0) if frontal else (0.0, 4.0))
    pose = compose(head, similarity(0, (-8.0 if frontal else 0.0, -22.0)))
    parts = [*_girdle(maker, view), maker.place("humerus", HUMERI[view], pose)]
    clavicle = CLAVICLES[view]
    sites = (
        Site((("humerus", (0, 48), (0, 70)),)),
        Site((("humerus", (0, 80), (0, 130)),)),
        Site((("clavicle", (0, 0.36 * clavicle), (0, 0.62 * clavicle)),), freedom=1.4),
    )
    inner = 118.0 if frontal else 95.0
    torso = np.array([[inner, 40, 100], [inner, 240, 110]])
    neck = np.array([[110.0, -40, 40], [20, -10, 45]])
    lung = np.array([[inner + 5, 40, 62], [inner + 5, 220, 82]])
    return Scene(tuple(parts), sites, (125, 160), flesh=(torso, neck), air=(lung,))


def _hand(maker: Maker, view: View, pose: Floats) -> list[Bone]:
    """Return a hand, the base of its fingers at the origin of `pose`, pointing along y."""
    squeeze = 1.0 if view == "frontal" else 0.5
    parts = []
    for name, ((x, y), (across, along)) in CARPALS.items():
        shape = Shape(blob(across * (0.5 + squeeze / 2), along), 1.0, 5.0, 1.0, ((0, 0, 16),))
        parts.append(maker.place(name, shape, compose(pose, similarity(0, (x * squeeze, y)))))
    for number, (base, angle, lengths, width) in enumerate(FINGERS, 1):
        spread = angle * squeeze + maker.vary(0, 2.0)
        bend = 0.0 if view == "frontal" else -maker.vary(2.5 + 1.5 * number, 2.0)
        frame = compose(pose, similarity(spread, (base * squeeze, 1.0)))
        for joint, length in enumerate(lengths):
            shape = _finger_bone(joint, length, width, last=joint == len(lengths) - 1)
            parts.append(maker.place(f"finger {number} bone {joint}", shape, frame))
            turn = bend + (maker.vary(0, 1.5) if joint else 0.0)
            frame = compose(frame, similarity(turn, (0, length + JOINT)))
    return parts


def _finger_bone(joint: int, length: int, width: float, last: bool) -> Shape:
    """Return a metacarpal bone (joint 0) or a phalanx of a finger of this half-width, mm."""
    slim = width * (1.0, 0.92, 0.78, 0.62)[joint]
    ends = (1.65, 1.55) if joint == 0 else (1.6, 1.3)
    if last:
        slim, ends = 0.55 * width, (1.9, 1.5)
    outline = tube(length, ends[0] * slim, slim, ends[1] * slim)
    flesh = ((0, 0, 9.5), (0, length, 8.0)) if joint else ((0, 0, 15.0), (0, length, 10.5))
    plates = (0.1 * length,) if joint else (0.88 * length,)
    return Shape(outline, length, slim, 0.42 * slim, flesh, plates)


def _forearm(maker: Maker, view: View, pose: Floats) -> list[Bone]:
    """Return radius and ulna, from the elbow at the origin of `pose` along y to the wrist."""
    if view == "frontal":
        radius = similarity(maker.vary(0, 1), (-11, 4))
        ulna = similarity(maker.vary(-1, 1), (9, -6))
    else:
        radius = similarity(maker.vary(1, 1), (2, 13))
        ulna = similarity(maker.vary(-1.5, 1), (-13, -11))
    return [
        maker.place("radius", RADII[view], compose(pose, radius)),
        maker.place("ulna", ULNAE[view], compose(pose, ulna)),
    ]


def _humerus(maker: Maker, view: View, flexion: float) -> Bone:
    """Return a humerus whose distal end lies at the origin, bent by `flexion` degrees against y."""
    if view == "frontal":
        pose = compose(similarity(maker.vary(4, 2), (0, 0)), similarity(0, (0, -304)))
    else:
        pose = compose(similarity(flexion, (0, 0)), similarity(0, (-6, -297)))
    return maker.place("humerus", HUMERI[view], pose)


def _girdle(maker: Maker, view: View) -> list[Bone]:
    """Return scapula, clavicle and ribs; the socket of the joint is the origin."""
    frontal = view == "frontal"
    long = CLAVICLES[view]
    outline = tube(long, 9, 6, 9.5)
    outline[:, 0] += 7 * np.sin(2 * np.pi * outline[:, 1] / long)
    clavicle = Shape(outline, long, 5.5, 2.2, ((0, 0, 22), (0, long, 30)))
    pose = similarity(maker.vary(-94, 4), (-24, -48) if frontal else (-14, -46))
    parts = [
        maker.place("scapula", Shape(SCAPULAE[view], 110, 3.2, 1.4, ()), IDENTITY),
        maker.place("clavicle", clavicle, pose),
    ]
    if frontal:
        parts += [
            maker.place("acromion", Shape(bones.ACROMION, 60, 3.6, 1.4, ()), IDENTITY),
            maker.place("coracoid", Shape(bones.CORACOID, 20, 4.0, 1.4, ()), IDENTITY),
        ]
    for number in range(7):
        rib = tube(150, 4.4, 4.0, 4.4)
        rib[:, 0] -= 46 * (1 - (rib[:, 1] / 75 - 1) ** 2)
        pose = similarity(maker.vary(-18, 2), (100.0 if frontal else 80.0, 25.0 * number - 42))
        parts.append(maker.place(f"rib {number + 1}", Shape(rib, 150, 2.6, 1.1, ()), pose))
    return parts
