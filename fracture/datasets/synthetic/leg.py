"""The leg: pelvis, femur, tibia, fibula and the back of the foot."""

from fracture.datasets.synthetic.geometry import Bone, View, compose, similarity
from fracture.datasets.synthetic.maker import Maker, Shape
from fracture.datasets.synthetic.outlines import (
    CALCANEUS_LATERAL,
    FEMUR,
    FEMUR_DISTAL,
    FEMUR_DISTAL_LATERAL,
    FEMUR_LATERAL,
    FIBULA,
    OBTURATOR,
    PELVIS,
    SACRUM,
    TALUS,
    TALUS_LATERAL,
    TIBIA,
    TIBIA_LATERAL,
    blob,
    tube,
)

THIGH_FLESH = ((8, 40, 88), (6, 150, 82), (2, 300, 70))
KNEE_FLESH = ((0, 0, 72), (0, 120, 62), (0, 195, 60))
CALF_FLESH = ((-4, 0, 60), (-6, 70, 60), (-8, 140, 58), (-4, 250, 42), (0, 320, 36), (0, 365, 37))
FEMORA = {
    "frontal": Shape(FEMUR, 300, 14, 5.2, THIGH_FLESH),
    "lateral": Shape(FEMUR_LATERAL, 300, 14, 5.2, THIGH_FLESH),
}
CONDYLES = {
    "frontal": Shape(FEMUR_DISTAL, 195, 15, 4.6, KNEE_FLESH, (158,)),
    "lateral": Shape(FEMUR_DISTAL_LATERAL, 195, 15, 4.6, KNEE_FLESH, (150,)),
}
TIBIAE = {
    "frontal": Shape(TIBIA, 360, 12, 4.8, CALF_FLESH, (22, 342)),
    "lateral": Shape(TIBIA_LATERAL, 360, 12, 4.8, CALF_FLESH, (22, 342)),
}


def hip(maker: Maker, view: View) -> list[Bone]:
    """Return half a pelvis, the sacrum and a femur; the head of the femur is the origin."""
    none = similarity(0, (0, 0))
    abduction = maker.about(4, 4) if view == "frontal" else maker.about(38, 5)
    head = (-49, 8) if view == "frontal" else (-45, 9)
    pose = compose(similarity(abduction, (0, 0)), similarity(0, head))
    other = compose(similarity(0, (204, 0)), similarity(0, (0, 0), mirror=True))
    pelvis = Shape(PELVIS, 150, 9.5, 1.7, (), (), (OBTURATOR,))
    return [
        maker.place("pelvis", pelvis, none),
        maker.place("other pelvis", pelvis, other),
        maker.place("sacrum", Shape(SACRUM, 120, 7, 1.2, ()), none),
        maker.place("femur", FEMORA[view], pose),
    ]


def lower_leg(maker: Maker, view: View) -> list[Bone]:
    """Return tibia, fibula and what adjoins them; the middle of the knee is the origin."""
    frontal = view == "frontal"
    knee = maker.about(2, 2) if frontal else -maker.about(12, 5)
    bend = compose(similarity(knee, (0, 0)), similarity(0, (0, -200)))
    beside = (-34.0, 20.0) if frontal else (-15.0, 22.0)
    tilt = maker.about(-2.2, 0.8) if frontal else maker.about(-1.5, 1.0)
    fibula = Shape(FIBULA, 362, 5.4, 2.4, ((0, 200, 22), (0, 358, 20)), (18, 340))
    return [
        maker.place("femur", CONDYLES[view], bend),
        maker.place("tibia", TIBIAE[view], similarity(0, (0, 0))),
        maker.place("fibula", fibula, similarity(tilt, beside)),
        *(_frontal_foot(maker) if frontal else _lateral_foot(maker)),
    ]


def _frontal_foot(maker: Maker) -> list[Bone]:
    heel = Shape(blob(19, 21), 1, 12, 1.4, ((0, 0, 37), (0, 30, 36)))
    talus = Shape(TALUS, 30, 12, 1.6, ((0, 10, 34),))
    return [
        maker.place("talus", talus, similarity(0, (-2, 361))),
        maker.place("calcaneus", heel, similarity(0, (-6, 405))),
    ]


def _lateral_foot(maker: Maker) -> list[Bone]:
    flesh = ((-38, 44, 24), (10, 40, 32), (60, 48, 24))
    at = similarity(0, (-2, 362))
    bones = [
        maker.place("talus", Shape(TALUS_LATERAL, 30, 12, 1.6, ((0, 0, 34), (0, 20, 34))), at),
        maker.place("calcaneus", Shape(CALCANEUS_LATERAL, 60, 11, 1.5, flesh), at),
    ]
    for name, centre, size in (
        ("navicular", (43, 381), (5, 11)),
        ("cuboid", (46, 402), (11, 8)),
        ("cuneiform", (58, 386), (8, 9)),
    ):
        bones.append(maker.place(name, Shape(blob(*size), 1, 8, 1.2, ()), similarity(0, centre)))
    for number in range(4):
        ray = Shape(tube(66, 6, 3.8, 6), 66, 3.8, 1.6, ((0, 0, 20), (0, 66, 12)), (56,))
        pose = similarity(maker.about(-70 + 3 * number, 1.5), (67 - 3 * number, 385 + 7 * number))
        bones.append(maker.place(f"metatarsal {number}", ray, pose))
    return bones
