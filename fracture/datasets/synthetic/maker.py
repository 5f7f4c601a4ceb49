"""Placing bones of one patient: the same outlines, a little different in everybody."""

from dataclasses import dataclass

import numpy as np

from fracture.datasets.synthetic.geometry import Bone, Floats
from fracture.datasets.synthetic.outlines import Outline

Flesh = tuple[tuple[float, float, float], ...]


@dataclass(frozen=True)
class Shape:
    """A bone as an atlas shows it; lengths in mm, see `Bone`."""

    outline: Outline | Floats
    length: float
    radius: float
    cortex: float
    flesh: Flesh
    plates: tuple[float, ...] = ()
    holes: tuple[Outline, ...] = ()


@dataclass(frozen=True)
class Build:
    """What a patient is like.

    Attributes:
        robust: How wide bones are, about 1.
        cortex: How thick the compact bone is, about 1.
        stout: How thick the soft tissue is, about 1.
        child: Whether growth plates are open.
    """

    robust: float
    cortex: float
    stout: float
    child: bool


@dataclass(frozen=True)
class Maker:
    """Makes the bones of one patient; `random` draws what differs from bone to bone."""

    random: np.random.Generator
    build: Build

    def place(self, name: str, shape: Shape, pose: Floats) -> Bone:
        """Return a bone of this patient at a pose, its outline varied by a few per cent."""
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
            _dense(np.array(shape.flesh, float).reshape(-1, 3)) * [1, 1, build.stout],
            tuple(np.array(hole) * [build.robust, 1] for hole in shape.holes),
            shape.plates,
        )

    def about(self, centre: float, spread: float) -> float:
        """Return a number near `centre`, never farther than twice `spread`."""
        return float(centre + spread * np.clip(self.random.normal(), -2, 2))


def _dense(chain: Floats) -> Floats:
    """Return a chain of circles (m, 3) with four times as many, so that it can be cut."""
    places = np.arange(len(chain))
    steps = np.linspace(0, max(len(chain) - 1, 0), 4 * max(len(chain) - 1, 0) + 1)
    return (
        np.column_stack([np.interp(steps, places, row) for row in chain.T]) if len(chain) else chain
    )
