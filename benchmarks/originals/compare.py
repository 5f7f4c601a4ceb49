"""Our backbone with an original's weights: its feature map of drawn radiographs."""

import re
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from pkgutil import resolve_name

import keras
import numpy as np

from benchmarks.originals.cases import CASES, Array, draw, radiographs
from benchmarks.originals.names import NAMES, fill
from fracture.backbones.build import build_backbone, scale
from fracture.backbones.table import BACKBONES
from fracture.backbones.weights import Tensors

TOLERANCE = 1e-4
"""Of the largest difference, in standard deviations of the original's features."""

SAMPLED = 40
"""Values of a map that tests compare where the originals are not at hand."""

CLASSIFICATION = re.compile(r"(_?fc|head|classifier)\..+|.+\.num_batches_tracked")
"""Tensors that a feature map has no use for."""


class Drawn(Tensors):
    """Tensors that are drawn when they are asked for."""

    def __init__(self, gain: float) -> None:
        """Start with none asked for.

        Args:
            gain: See `Case`.
        """
        super().__init__({}, "")
        self.names: list[str] = []
        self._gain = gain

    def pop(self, name: str, *shape: int) -> Array:
        """Return the tensor of a name in the original.

        Args:
            name: There.
            *shape: There.
        """
        self.names.append(name)
        return draw(name, shape, self._gain)

    def require_all_of(self, names: Iterable[str]) -> None:
        """Make sure that each tensor of the original was asked for once, and no other.

        Raises:
            ValueError: One was not.
        """
        wanted = sorted(name for name in names if not CLASSIFICATION.fullmatch(name))
        if sorted(self.names) != wanted:
            raise ValueError(f"not the original's: {set(self.names).symmetric_difference(wanted)}")


@dataclass(frozen=True)
class Difference:
    """How far our features lie from the original's, in standard deviations of these.

    Attributes:
        maps: The largest difference in the feature map.
        pooled: The largest difference in its average over places.
        version: Of the original.
    """

    maps: float
    pooled: float
    version: str


def our_map(case: str, size: int) -> tuple[Array, Drawn]:
    """Compute the feature map of our backbone, (2, rows, columns, channels).

    From radiographs of 0 to 255, as a model of the pipeline does it, so that scaling is compared.

    Args:
        case: A key of `CASES`.
        size: Of the radiographs, pixels.

    Returns:
        The map, and the tensors that it took; none of `published`, whose file is read.
    """
    keras.utils.clear_session()
    backbone, tensors = CASES[case].backbone, Drawn(CASES[case].gain)
    radiograph = keras.Input((size, size, 1))
    channels = keras.layers.Concatenate()([radiograph] * 3)
    scaled = scale(channels, BACKBONES[backbone].scaling)
    weights = "imagenet" if case.startswith("published.") else None
    network = keras.Model(radiograph, build_backbone(backbone, scaled, weights))
    if backbone in NAMES:
        fill(network, backbone, tensors)
    elif weights is None:
        resolve_name(str(BACKBONES[backbone].fill))(network, tensors)
    return keras.ops.convert_to_numpy(network(radiographs(size))), tensors


def compare(python: str, case: str, size: int, folder: Path) -> tuple[Difference, Array]:
    """Return the differences between our features and the original's, and its map.

    Args:
        python: The interpreter of an environment that has the originals.
        case: A key of `CASES`.
        size: Of the radiographs, pixels.
        folder: For the original's features.

    Raises:
        ValueError: Another tensor of the original was left out than those of its classification.
    """
    file = folder / "features.npz"
    command = [python, "-m", "benchmarks.originals.networks", case, str(size), str(file)]
    root, quiet = Path(__file__).parents[2], subprocess.DEVNULL
    subprocess.run(command, check=True, cwd=root, stdout=quiet)  # noqa: S603
    maps, tensors = our_map(case, size)
    with np.load(file) as original:
        if not case.startswith("published."):
            tensors.require_all_of(map(str, original["names"]))
        expected, pooled = original["maps"], original["pooled"]
        version = str(original["version"])
    of_map, of_pooled = difference(maps, expected), difference(maps.mean((1, 2)), pooled)
    return Difference(of_map, of_pooled, version), expected


def difference(found: Array, expected: Array) -> float:
    """Return the largest difference in standard deviations of what is expected."""
    if found.shape != expected.shape:
        raise ValueError(f"ours is {found.shape}, the original's {expected.shape}")
    return float(np.abs(found - expected).max() / expected.std())


def sample(maps: Array) -> list[float]:
    """Return the standard deviation of a feature map, and some of its values in equal steps."""
    places = np.linspace(0, maps.size - 1, SAMPLED).astype(int)
    return [float(maps.std()), *map(float, maps.ravel()[places])]
