"""Bones as an anatomy atlas shows them, and how those of one patient differ from it.

Outlines are in mm, x across and y from proximal to distal. On a frontal view x grows towards the
middle of the body, on a lateral one towards its front.
"""

from dataclasses import dataclass

import numpy as np

from fracture.datasets.synthetic.geometry import Bone, Floats

Outline = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Shape:
    """A bone of the atlas; lengths in mm, attributes as of `Bone`."""

    outline: Outline | Floats
    length: float
    radius: float
    cortex: float
    flesh: tuple[tuple[float, float, float], ...]
    plates: tuple[float, ...] = ()
    holes: tuple[Outline, ...] = ()


@dataclass(frozen=True)
class Build:
    """A patient's build, relative to the atlas.

    Attributes:
        robust: Width of the bones, about 1.
        cortex: Thickness of the compact bone, about 1.
        stout: Thickness of the soft tissue, about 1.
        child: Whether growth plates are open.
    """

    robust: float
    cortex: float
    stout: float
    child: bool


@dataclass(frozen=True)
class Maker:
    """Makes the bones of one patient; `random` decides what differs from bone to bone."""

    random: np.random.Generator
    build: Build

    def place(self, name: str, shape: Shape, pose: Floats) -> Bone:
        """Return a bone of this patient, its outline varied by a few per cent.

        Args:
            name: Unique within the scene.
            shape: The bone of the atlas.
            pose: Similarity from the bone's frame to the scene, shape (2, 3).
        """
        build = self.build
        outline = np.array(shape.outline, float)
        outline[:, 0] *= build.robust * self.random.normal(1, 0.025, len(outline))
        return Bone(
            name,
            outline,
            shape.length,
            shape.radius * build.robust,
            shape.cortex * build.cortex,
            pose,
            _subdivided(np.array(shape.flesh, float).reshape(-1, 3)) * [1, 1, build.stout],
            tuple(np.array(hole) * [build.robust, 1] for hole in shape.holes),
            shape.plates,
        )

    def vary(self, centre: float, spread: float) -> float:
        """Return a normally distributed random number, clipped at two standard deviations.

        Args:
            centre: The mean.
            spread: The standard deviation.
        """
        return float(centre + spread * np.clip(self.random.normal(), -2, 2))


def _subdivided(chain: Floats) -> Floats:
    """Return a chain of circles (m, 3) with four times as many, so that it can be cut."""
    if not len(chain):
        return chain
    places = np.arange(len(chain))
    steps = np.linspace(0, len(chain) - 1, 4 * (len(chain) - 1) + 1)
    return np.column_stack([np.interp(steps, places, row) for row in chain.T])


def tube(length: float, proximal: float, shaft: float, distal: float) -> Floats:
    """Return the outline of a long bone with flared ends, mm, shape (n, 2).

    Args:
        length: Of the bone, mm.
        proximal: Half of the width at the proximal end, mm.
        shaft: Half of the width at mid-shaft, mm.
        distal: Half of the width at the distal end, mm.
    """
    along = np.array([0.0, 0.03, 0.09, 0.2, 0.35, 0.6, 0.78, 0.89, 0.96, 1.0])
    flare = np.array([0.62, 0.95, 1.0, 0.35, 0.06, 0.0, 0.3, 0.95, 1.0, 0.6])
    widest = np.repeat([proximal, distal], len(along) // 2)
    half = shaft + (widest - shaft) * flare
    half[[0, -1]] = 0.62 * proximal, 0.6 * distal
    side = np.column_stack([half, along * length])
    ends = [[0.0, length * 1.015]], [[0.0, length * -0.01]]
    return np.vstack([side * [-1, 1], ends[0], side[::-1], ends[1]])


def blob(across: float, along: float) -> Floats:
    """Return the outline of a short bone, a rounded box around (0, 0), mm, shape (n, 2).

    Args:
        across: Half of the width, mm.
        along: Half of the length, mm.
    """
    angles = np.linspace(0, 2 * np.pi, 12, endpoint=False)
    powered = [np.sign(f) * np.abs(f) ** 0.85 for f in (np.cos(angles), np.sin(angles))]
    return np.column_stack([across * powered[0], along * powered[1]])


HUMERUS: Outline = (
    (10, -2), (-4, 2), (-14, 7), (-21, 16), (-22, 28), (-18, 42), (-14, 58), (-12, 90),
    (-11.5, 160), (-12, 220), (-15, 250), (-22, 272), (-28, 284), (-25, 293), (-22, 302),
    (-12, 305), (-4, 299), (6, 302), (14, 306), (20, 300), (22, 290), (31, 282), (28, 274),
    (18, 258), (13, 240), (11.5, 200), (11.5, 150), (12, 90), (14, 60), (18, 46), (26, 36),
    (32, 24), (29, 10), (21, 1),
)  # fmt: skip
HUMERUS_LATERAL: Outline = (
    (0, -1), (-14, 3), (-22, 14), (-21, 30), (-15, 45), (-12, 60), (-11, 150), (-10, 230),
    (-8, 265), (-7, 280), (-9, 290), (-6, 303), (5, 309), (16, 305), (20, 294), (15, 284),
    (10, 272), (10, 250), (11, 150), (12, 60), (15, 45), (21, 30), (22, 14), (13, 2),
)  # fmt: skip
RADIUS: Outline = (
    (-11, 1), (-11.5, 9), (-7, 16), (-6.5, 24), (-7, 40), (-7.5, 80), (-8, 120), (-8, 160),
    (-9, 190), (-12, 210), (-15.5, 224), (-16.5, 236), (-13, 243), (-5, 237), (6, 234),
    (14, 232), (15, 225), (11, 208), (7.5, 190), (6.5, 160), (6, 120), (6.5, 80), (7.5, 45),
    (10, 32), (7, 22), (7, 16), (11.5, 9), (11, 1), (0, 3),
)  # fmt: skip
RADIUS_LATERAL: Outline = (
    (-11, 1), (-11, 9), (-7, 16), (-6.5, 40), (-6.5, 80), (-7, 120), (-7, 160), (-7.5, 190),
    (-10, 215), (-12, 232), (-9, 241), (0, 236), (9, 233), (12, 226), (9, 210), (7, 190), (6, 160),
    (6, 120), (6.5, 80), (8, 40), (9, 30), (7, 16), (11, 9), (11, 1), (0, 3),
)  # fmt: skip
ULNA: Outline = (
    (-9, 0), (-12, 10), (-12, 25), (-13, 32), (-9, 45), (-7.5, 80), (-6.5, 130), (-5.5, 180),
    (-5, 220), (-6.5, 235), (-8.5, 244), (-6, 250), (2, 249), (6, 256), (8.5, 249), (8, 240),
    (5.5, 225), (5, 180), (6, 130), (7, 80), (8.5, 45), (11, 28), (11, 10), (8, 0), (0, -3),
)  # fmt: skip
ULNA_LATERAL: Outline = (
    (-9, 0), (-12, 12), (-11, 30), (-9, 50), (-8, 90), (-7, 140), (-6, 190), (-5, 225), (-7, 242),
    (-3, 250), (4, 250), (7, 243), (5, 225), (5.5, 190), (6.5, 140), (7, 90), (8, 50), (10, 36),
    (13, 28), (6, 24), (1, 17), (0, 10), (4, 3), (9, -1), (6, -7), (-3, -8),
)  # fmt: skip
FEMUR: Outline = (
    (-2, 0), (-12, 4), (-20, 16), (-21, 32), (-17, 50), (-15, 75), (-14.5, 150), (-14.5, 300),
    (0, 306), (14.5, 300), (14.5, 150), (15, 85), (17, 68), (22, 60), (20, 50), (22, 42), (30, 28),
    (36, 15), (42, 14), (52, 14), (62, 8), (69, -3), (70, -14), (66, -24), (56, -31), (46, -31),
    (36, -26), (29, -17), (22, -8), (12, -1), (5, -3),
)  # fmt: skip
FEMUR_LATERAL: Outline = (
    (-4, 2), (-15, 8), (-20, 22), (-18, 42), (-15, 75), (-14, 150), (-14, 300), (0, 306), (14, 300),
    (14, 150), (15, 75), (18, 52), (21, 40), (27, 26), (33, 14), (40, 14), (50, 12), (58, 4),
    (62, -8), (60, -20), (52, -29), (42, -31), (32, -27), (25, -17), (16, -6), (6, -1),
)  # fmt: skip
FEMUR_DISTAL: Outline = (
    (-16, 0), (-16, 100), (-20, 130), (-34, 155), (-40, 170), (-39, 186), (-28, 195), (-12, 193),
    (-4, 182), (4, 182), (12, 193), (28, 196), (39, 187), (41, 170), (35, 154), (21, 130),
    (16, 100), (16, 0), (0, -4),
)  # fmt: skip
FEMUR_DISTAL_LATERAL: Outline = (
    (-15, 0), (-15, 90), (-17, 120), (-24, 138), (-38, 150), (-43, 165), (-38, 182), (-22, 192),
    (-4, 195), (14, 190), (25, 176), (27, 160), (22, 145), (16, 120), (15, 90), (15, 0), (0, -4),
)  # fmt: skip
TIBIA: Outline = (
    (-36, 4), (-38, 14), (-33, 30), (-22, 50), (-15, 80), (-12.5, 140), (-11.5, 220), (-11.5, 280),
    (-14, 310), (-20, 335), (-24, 350), (-20, 356), (0, 357), (12, 356), (16, 362), (19, 372),
    (25, 368), (27, 352), (22, 335), (14, 305), (11.5, 280), (12, 220), (13.5, 140), (16, 80),
    (23, 50), (33, 30), (38, 14), (36, 4), (18, 1), (5, -5), (0, -2), (-5, -4), (-18, 1),
)  # fmt: skip
TIBIA_LATERAL: Outline = (
    (-24, 6), (-28, 16), (-24, 32), (-17, 55), (-14, 90), (-12, 150), (-11, 220), (-11, 290),
    (-14, 325), (-19, 345), (-20, 358), (-8, 352), (6, 352), (17, 357), (19, 346), (14, 325),
    (11, 290), (11.5, 220), (14, 150), (18, 90), (23, 55), (27, 38), (24, 22), (27, 10), (22, 0),
    (4, -3), (-10, 2),
)  # fmt: skip
FIBULA: Outline = (
    (0, -4), (-8, 2), (-10, 14), (-7, 28), (-5, 50), (-5, 120), (-5.5, 200), (-5.5, 280), (-6, 320),
    (-10, 340), (-10, 354), (-3, 366), (5, 360), (8, 345), (6, 325), (5, 280), (5, 200), (5, 120),
    (5.5, 50), (8, 25), (10, 12), (7, 2),
)  # fmt: skip
TALUS: Outline = (
    (-18, 0), (-2, -2), (14, -1), (18, 8), (14, 22), (6, 30), (-14, 30), (-20, 20), (-22, 8),
)  # fmt: skip
TALUS_LATERAL: Outline = (
    (-24, 10), (-16, 1), (0, -5), (14, -1), (22, 8), (34, 10), (38, 20), (32, 28), (16, 24),
    (2, 26), (-12, 28), (-22, 20),
)  # fmt: skip
CALCANEUS_LATERAL: Outline = (
    (-20, 30), (-34, 26), (-50, 30), (-56, 46), (-50, 60), (-36, 60), (-10, 54), (20, 52), (34, 46),
    (34, 34), (20, 32), (6, 30),
)  # fmt: skip
PELVIS: Outline = (
    (-26, -16), (-32, -45), (-40, -75), (-34, -108), (-4, -134), (38, -132), (62, -108), (66, -72),
    (52, -46), (43, -22), (58, 2), (88, 20), (93, 36), (88, 48), (72, 58), (55, 80), (38, 87),
    (23, 80), (18, 58), (23, 36), (27, 14), (27, -4), (18, -20), (0, -28), (-14, -25),
)  # fmt: skip
OBTURATOR: Outline = ((52, 20), (66, 30), (68, 44), (58, 60), (44, 66), (37, 52), (38, 34))
SACRUM: Outline = (
    (66, -118), (60, -96), (64, -70), (78, -42), (92, -20), (102, -12), (112, -20), (126, -42),
    (140, -70), (144, -96), (138, -118), (102, -126),
)  # fmt: skip
SCAPULA: Outline = (
    (-2, -17), (1, 0), (-2, 17), (8, 25), (20, 48), (36, 84), (47, 108), (58, 108), (66, 62),
    (71, 12), (66, -26), (42, -22), (22, -20), (10, -26),
)  # fmt: skip
ACROMION: Outline = (
    (66, 0), (40, -14), (12, -34), (-8, -45), (-28, -45), (-35, -37), (-28, -30), (-8, -30),
    (14, -20), (40, -3), (64, 9),
)  # fmt: skip
CORACOID: Outline = (
    (18, -24), (10, -31), (0, -29), (-8, -20), (-10, -11), (-4, -8), (2, -14), (10, -17),
)  # fmt: skip
SCAPULA_LATERAL: Outline = (
    (-4, -12), (-14, -22), (-30, -36), (-40, -42), (-44, -34), (-32, -24), (-16, -8), (-8, 6),
    (-7, 40), (-6, 80), (-3, 112), (4, 112), (6, 80), (6, 40), (8, 6), (14, -4), (26, -14),
    (32, -24), (24, -28), (12, -18), (4, -12),
)  # fmt: skip
