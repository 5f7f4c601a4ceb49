"""What kind of fracture a study shows: drawn once, the same on each of its views."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from fracture.datasets.synthetic.geometry import VIEWS, View

Kind = Literal["hairline", "undisplaced", "displaced", "comminuted"]
# How often each kind is drawn.
KINDS: dict[Kind, float] = {
    "hairline": 0.03, "undisplaced": 0.05, "displaced": 0.62, "comminuted": 0.30,
}  # fmt: skip


@dataclass(frozen=True)
class Fracture:
    """One fracture of a study, the same on each of its views; lengths in shaft widths.

    Attributes:
        kind: How far the bone gave way.
        level: Where on the site's path, 0 to 1.
        slope: Of the line against the bone's axis.
        gap: Between the fragments.
        impaction: How far the distal fragment is driven into the proximal one.
        shift: Across the bone, seen on each view.
        angle: Degrees, likewise.
        seed: Of the line's zigzag.
    """

    kind: Kind
    level: float
    slope: float
    gap: float
    impaction: float
    shift: dict[View, float]
    angle: dict[View, float]
    seed: int


def draw_fracture(random: np.random.Generator) -> Fracture:
    """Draw how a bone breaks."""
    kind: Kind = list(KINDS)[random.choice(len(KINDS), p=list(KINDS.values()))]
    loose = kind in {"displaced", "comminuted"}
    widest = 0.95 if loose else 0.06
    bent = 34.0 if loose else 3.0
    return Fracture(
        kind,
        level=random.uniform(),
        slope=random.normal(0, 0.45),
        gap=random.uniform(0.18, 0.42) if kind != "hairline" else random.uniform(0.08, 0.12),
        impaction=random.uniform(-0.25, 0.2) if loose else 0.0,
        shift={view: _either_sign(random, 0.45 * widest, widest) for view in VIEWS},
        angle={view: _either_sign(random, 0.45 * bent, bent) for view in VIEWS},
        seed=int(random.integers(2**32)),
    )


def _either_sign(random: np.random.Generator, low: float, high: float) -> float:
    return float(random.uniform(low, high) * random.choice([-1, 1]))
