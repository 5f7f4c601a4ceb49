"""The body parts that are drawn: which bones, where they break, how closely they are shown."""

from collections.abc import Callable

import numpy as np

from fracture.datasets.synthetic import arm, leg
from fracture.datasets.synthetic import hand as fingers
from fracture.datasets.synthetic.geometry import (
    Scene,
    Site,
    View,
    compose,
    similarity,
)
from fracture.datasets.synthetic.maker import Maker

NONE = similarity(0, (0, 0))
WRIST = (3.0, 271.0)
BOTH_FOREARM = Site((("radius", (0, 70), (0, 190)), ("ulna", (0, 80), (0, 200))))


def hand(maker: Maker, view: View) -> Scene:
    """Return a hand with the wrist."""
    wrist = similarity(0, (-WRIST[0], -WRIST[1]))
    bones = [*fingers.hand(maker, view, NONE), *arm.forearm(maker, view, wrist)]
    return Scene(tuple(bones), fingers.sites(), (76, 98), fingers.followers(), turn=180)


def forearm(maker: Maker, view: View) -> Scene:
    """Return radius and ulna between elbow and wrist."""
    wrist = fingers.hand(maker, view, similarity(0, WRIST))
    bones = [*arm.forearm(maker, view, NONE), *wrist, arm.humerus(maker, view, 85)]
    sites = (
        BOTH_FOREARM,
        Site((("radius", (0, 195), (0, 218)),)),
        Site((("radius", (0, 70), (0, 190)),), freedom=1.1),
        Site((("ulna", (0, 80), (0, 210)),), freedom=1.1),
    )
    return Scene(
        tuple(bones), sites, (115, 155), {"radius": tuple(bone.name for bone in wrist)}, long=True
    )


def elbow(maker: Maker, view: View) -> Scene:
    """Return the elbow: stretched on a frontal view, bent on a lateral one."""
    flexion = maker.about(90, 10)
    bones = [arm.humerus(maker, view, flexion), *arm.forearm(maker, view, NONE)]
    sites = (
        Site((("humerus", (0, 235), (0, 268)),)),
        Site((("ulna", (0, 34), (0, 70)),)),
        Site((("radius", (0, 17), (0, 26)),)),
    )
    turn = 0.0 if view == "frontal" else -flexion
    return Scene(tuple(bones), sites, (105, 135), {"humerus": ("radius", "ulna")}, turn=turn)


def shoulder(maker: Maker, view: View) -> Scene:
    """Return the shoulder with the upper ribs."""
    head = (-28.0, 2.0) if view == "frontal" else (0.0, 4.0)
    abduction = maker.about(14, 7) if view == "frontal" else maker.about(4, 5)
    centre = (-8.0, -22.0) if view == "frontal" else (0.0, -22.0)
    pose = compose(similarity(abduction, head), similarity(0, centre))
    bones = [*arm.girdle(maker, view), maker.place("humerus", arm.HUMERI[view], pose)]
    clavicle = arm.CLAVICLES[view]
    sites = (
        Site((("humerus", (0, 48), (0, 70)),)),
        Site((("humerus", (0, 80), (0, 130)),)),
        Site((("clavicle", (0, 0.36 * clavicle), (0, 0.62 * clavicle)),), freedom=1.4),
    )
    inner = 118.0 if view == "frontal" else 95.0
    torso = np.array([[inner, 40, 100], [inner, 240, 110]])
    neck = np.array([[110.0, -40, 40], [20, -10, 45]])
    lung = np.array([[inner + 5, 40, 62], [inner + 5, 220, 82]])
    return Scene(tuple(bones), sites, (125, 160), flesh=(torso, neck), air=(lung,))


def hip(maker: Maker, view: View) -> Scene:
    """Return one hip joint with half of the pelvis."""
    sites = (
        Site((("femur", (37, 1), (24, 12)),), freedom=0.8),
        Site((("femur", (15, 24), (5, 44)),), freedom=0.8),
        Site((("femur", (0, 85), (0, 130)),)),
    )
    torso = np.array([[60.0, -150, 130], [70, -40, 125], [75, 10, 110]])
    return Scene(tuple(leg.hip(maker, view)), sites, (150, 190), flesh=(torso,))


def lower_leg(maker: Maker, view: View) -> Scene:
    """Return tibia and fibula between knee and ankle."""
    bones = leg.lower_leg(maker, view)
    foot = tuple(bone.name for bone in bones if bone.name not in {"femur", "tibia", "fibula"})
    sites = (
        Site((("tibia", (0, 110), (0, 300)), ("fibula", (0, 95), (0, 290)))),
        Site((("tibia", (0, 270), (0, 325)),), freedom=0.8),
        Site((("fibula", (0, 270), (0, 325)),), freedom=1.6),
    )
    return Scene(tuple(bones), sites, (135, 180), {"tibia": foot}, long=True)


PARTS: dict[str, Callable[[Maker, View], Scene]] = {
    "elbow": elbow,
    "forearm": forearm,
    "hand": hand,
    "hip": hip,
    "leg": lower_leg,
    "shoulder": shoulder,
}
