"""Hip and lower leg: their bones, and where they break."""

import numpy as np

from fracture.datasets.synthetic import bones
from fracture.datasets.synthetic.bones import Maker, Shape, blob, tube
from fracture.datasets.synthetic.geometry import (
    IDENTITY,
    Bone,
    Scene,
    Site,
    View,
    compose,
    similarity,
)

THIGH_FLESH = ((8, 40, 88), (6, 150, 82), (2, 300, 70))
KNEE_FLESH = ((0, 0, 72), (0, 120, 62), (0, 195, 60))
CALF_FLESH = ((-4, 0, 60), (-6, 70, 60), (-8, 140, 58), (-4, 250, 42), (0, 320, 36), (0, 365, 37))
FEMORA = {
    "frontal": Shape(bones.FEMUR, 300, 14, 5.2, THIGH_FLESH),
    "lateral": Shape(bones.FEMUR_LATERAL, 300, 14, 5.2, THIGH_FLESH),
}
CONDYLES = {
    "frontal": Shape(bones.FEMUR_DISTAL, 195, 15, 4.6, KNEE_FLESH, (158,)),
    "lateral": Shape(bones.FEMUR_DISTAL_LATERAL, 195, 15, 4.6, KNEE_FLESH, (150,)),
}
TIBIAE = {
    "frontal": Shape(bones.TIBIA, 360, 12, 4.8, CALF_FLESH, (22, 342)),
    "lateral": Shape(bones.TIBIA_LATERAL, 360, 12, 4.8, CALF_FLESH, (22, 342)),
}
FIBULA = Shape(bones.FIBULA, 362, 5.4, 2.4, ((0, 200, 22), (0, 358, 20)), (18, 340))
PELVIS = Shape(bones.PELVIS, 150, 9.5, 1.7, (), (), (bones.OBTURATOR,))
CALCANEUS_FLESH = ((-38, 44, 24), (10, 40, 32), (60, 48, 24))
# Further bones of the foot on a lateral view: centre, half-widths, mm.
TARSALS = {
    "navicular": ((43, 381), (5, 11)),
    "cuboid": ((46, 402), (11, 8)),
    "cuneiform": ((58, 386), (8, 9)),
}


def hip(maker: Maker, view: View) -> Scene:
    """Return a hip joint with the pelvis; the head of the femur is the origin."""
    frontal = view == "frontal"
    abduction = maker.vary(4, 4) if frontal else maker.vary(38, 5)
    head = similarity(0, (-49, 8) if frontal else (-45, 9))
    other = compose(similarity(0, (204, 0)), similarity(0, (0, 0), mirror=True))
    parts = (
        maker.place("pelvis", PELVIS, IDENTITY),
        maker.place("other pelvis", PELVIS, other),
        maker.place("sacrum", Shape(bones.SACRUM, 120, 7, 1.2, ()), IDENTITY),
        maker.place("femur", FEMORA[view], compose(similarity(abduction, (0, 0)), head)),
    )
    sites = (
        Site((("femur", (37, 1), (24, 12)),), freedom=0.8),
        Site((("femur", (15, 24), (5, 44)),), freedom=0.8),
        Site((("femur", (0, 85), (0, 130)),)),
    )
    torso = np.array([[60.0, -150, 130], [70, -40, 125], [75, 10, 110]])
    return Scene(parts, sites, (150, 190), flesh=(torso,))


def lower_leg(maker: Maker, view: View) -> Scene:
    """Return tibia and fibula between knee and ankle; the middle of the knee is the origin."""
    frontal = view == "frontal"
    knee = maker.vary(2, 2) if frontal else -maker.vary(12, 5)
    bend = compose(similarity(knee, (0, 0)), similarity(0, (0, -200)))
    tilt = maker.vary(-2.2, 0.8) if frontal else maker.vary(-1.5, 1.0)
    beside = similarity(tilt, (-34.0, 20.0) if frontal else (-15.0, 22.0))
    shank = [
        maker.place("femur", CONDYLES[view], bend),
        maker.place("tibia", TIBIAE[view], IDENTITY),
        maker.place("fibula", FIBULA, beside),
    ]
    foot = _frontal_foot(maker) if frontal else _lateral_foot(maker)
    sites = (
        Site((("tibia", (0, 110), (0, 300)), ("fibula", (0, 95), (0, 290)))),
        Site((("tibia", (0, 270), (0, 325)),), freedom=0.8),
        Site((("fibula", (0, 270), (0, 325)),), freedom=1.6),
    )
    followers = {"tibia": tuple(bone.name for bone in foot)}
    return Scene((*shank, *foot), sites, (135, 180), followers, long=True)


def _frontal_foot(maker: Maker) -> list[Bone]:
    talus = Shape(bones.TALUS, 30, 12, 1.6, ((0, 10, 34),))
    heel = Shape(blob(19, 21), 1, 12, 1.4, ((0, 0, 37), (0, 30, 36)))
    return [
        maker.place("talus", talus, similarity(0, (-2, 361))),
        maker.place("calcaneus", heel, similarity(0, (-6, 405))),
    ]


def _lateral_foot(maker: Maker) -> list[Bone]:
    talus = Shape(bones.TALUS_LATERAL, 30, 12, 1.6, ((0, 0, 34), (0, 20, 34)))
    heel = Shape(bones.CALCANEUS_LATERAL, 60, 11, 1.5, CALCANEUS_FLESH)
    pose = similarity(0, (-2, 362))
    foot = [maker.place("talus", talus, pose), maker.place("calcaneus", heel, pose)]
    for name, (centre, size) in TARSALS.items():
        foot.append(maker.place(name, Shape(blob(*size), 1, 8, 1.2, ()), similarity(0, centre)))
    for number in range(4):
        ray = Shape(tube(66, 6, 3.8, 6), 66, 3.8, 1.6, ((0, 0, 20), (0, 66, 12)), (56,))
        pose = similarity(maker.vary(-70 + 3 * number, 1.5), (67 - 3 * number, 385 + 7 * number))
        foot.append(maker.place(f"metatarsal {number}", ray, pose))
    return foot
