"""The arm: shoulder girdle, humerus, radius and ulna."""

import numpy as np

from fracture.datasets.synthetic.geometry import (
    Bone,
    Floats,
    View,
    compose,
    similarity,
)
from fracture.datasets.synthetic.maker import Maker, Shape
from fracture.datasets.synthetic.outlines import (
    ACROMION,
    CORACOID,
    HUMERUS,
    HUMERUS_LATERAL,
    RADIUS,
    RADIUS_LATERAL,
    SCAPULA,
    SCAPULA_LATERAL,
    ULNA,
    ULNA_LATERAL,
    tube,
)

FOREARM_FLESH = ((4, 0, 40), (5, 50, 42), (5, 130, 34), (6, 210, 26), (6, 240, 26))
ULNA_FLESH = ((0, 20, 26), (0, 245, 18))
UPPER_FLESH = ((0, 30, 50), (0, 110, 46), (0, 220, 42), (0, 290, 44))
HUMERI = {
    "frontal": Shape(HUMERUS, 305, 11.5, 4.6, UPPER_FLESH, (38, 285)),
    "lateral": Shape(HUMERUS_LATERAL, 305, 11.5, 4.6, UPPER_FLESH, (38, 282)),
}
RADII = {
    "frontal": Shape(RADIUS, 238, 6.8, 2.9, FOREARM_FLESH, (14, 222)),
    "lateral": Shape(RADIUS_LATERAL, 238, 6.8, 2.9, FOREARM_FLESH, (14, 222)),
}
ULNAE = {
    "frontal": Shape(ULNA, 250, 6.5, 2.9, ULNA_FLESH, (238,)),
    "lateral": Shape(ULNA_LATERAL, 250, 6.5, 2.9, ULNA_FLESH, (238,)),
}
GIRDLES = {"frontal": SCAPULA, "lateral": SCAPULA_LATERAL}
# How long the clavicle appears, mm: it is seen from one end on a lateral view.
CLAVICLES = {"frontal": 138, "lateral": 80}


def forearm(maker: Maker, view: View, pose: Floats) -> list[Bone]:
    """Return radius and ulna, from the elbow at the origin of `pose` along y to the wrist."""
    if view == "frontal":
        poses = similarity(maker.about(0, 1), (-11, 4)), similarity(maker.about(-1, 1), (9, -6))
    else:
        poses = similarity(maker.about(1, 1), (2, 13)), similarity(maker.about(-1.5, 1), (-13, -11))
    pair = (("radius", RADII[view], poses[0]), ("ulna", ULNAE[view], poses[1]))
    return [maker.place(name, shape, compose(pose, at)) for name, shape, at in pair]


def humerus(maker: Maker, view: View, flexion: float) -> Bone:
    """Return a humerus whose distal end lies at the origin, bent by `flexion` degrees against y."""
    if view == "frontal":
        pose = compose(similarity(maker.about(4, 2), (0, 0)), similarity(0, (0, -304)))
    else:
        pose = compose(similarity(flexion, (0, 0)), similarity(0, (-6, -297)))
    return maker.place("humerus", HUMERI[view], pose)


def girdle(maker: Maker, view: View) -> list[Bone]:
    """Return scapula, clavicle and, on a frontal view, ribs; the joint's socket is the origin."""
    none = similarity(0, (0, 0))
    long = CLAVICLES[view]
    flesh = ((0, 0, 22), (0, long, 30))
    clavicle = tube(long, 9, 6, 9.5)
    clavicle[:, 0] += 7 * np.sin(2 * np.pi * clavicle[:, 1] / long)
    start = (-24, -48) if view == "frontal" else (-14, -46)
    pose = similarity(maker.about(-94, 4), start)
    bones = [
        maker.place("scapula", Shape(GIRDLES[view], 110, 3.2, 1.4, ()), none),
        maker.place("clavicle", Shape(clavicle, long, 5.5, 2.2, flesh), pose),
    ]
    if view == "frontal":
        bones += [
            maker.place("acromion", Shape(ACROMION, 60, 3.6, 1.4, ()), none),
            maker.place("coracoid", Shape(CORACOID, 20, 4.0, 1.4, ()), none),
        ]
    return bones + ribs(maker, view)


def ribs(maker: Maker, view: View) -> list[Bone]:
    """Return curved ribs on the inner side of the shoulder."""
    bones = []
    for number in range(7):
        rib = tube(150, 4.4, 4.0, 4.4)
        rib[:, 0] -= 46 * (1 - (rib[:, 1] / 75 - 1) ** 2)
        start = (100.0 if view == "frontal" else 80.0, 25.0 * number - 42)
        pose = similarity(maker.about(-18, 2), start)
        bones.append(maker.place(f"rib {number + 1}", Shape(rib, 150, 2.6, 1.1, ()), pose))
    return bones
