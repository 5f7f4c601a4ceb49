"""Fracture maps of the test radiographs on which localisation is measured, one file a model."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from fracture.artifacts import predictions
from fracture.artifacts.reading import reading
from fracture.imaging.letterbox import Box

FILE = "maps.npz"


@dataclass(frozen=True)
class Measured:
    """Test radiographs on which localisation is measured, n of them.

    Attributes:
        ids: As in the manifest.
        groups: Radiographs that depend on each other have the same one.
        boxes: The fractures of each, in pixels of what the network sees; none without a fracture.
        size: Height and width of what the network sees, pixels.
        dataset: A key of `datasets`.
        synthetic: Whether they are drawn.
    """

    ids: list[str]
    groups: list[str]
    boxes: list[list[Box]]
    size: tuple[int, int]
    dataset: str
    synthetic: bool


@dataclass(frozen=True)
class Maps:
    """Fracture maps of the network of a model's first training seed.

    Attributes:
        measured: The n radiographs.
        network: Probability of a fracture at each place, float32 (n, rows, columns).
        random_weights: Likewise of the network with random weights.
    """

    measured: Measured
    network: npt.NDArray[np.float32]
    random_weights: npt.NDArray[np.float32]


def path(model: str) -> Path:
    """Return where the maps of a model stand; models without a fracture map have no file there."""
    return predictions.folder(model) / FILE


def write(maps: Maps, to: Path) -> None:
    """Save maps; the same give the same bytes."""
    measured = maps.measured
    about = {"size": measured.size, "dataset": measured.dataset, "synthetic": measured.synthetic}
    np.savez(
        to,
        about=np.array(json.dumps(about)),
        ids=np.array(measured.ids, np.str_),
        groups=np.array(measured.groups, np.str_),
        boxes=np.array(json.dumps(measured.boxes)),
        network=maps.network,
        random_weights=maps.random_weights,
    )


def read(model: str) -> Maps:
    """Read what `write` wrote at the `path` of a model.

    Raises:
        PipelineError: It is not there, or damaged.
    """
    with reading(path(model), f"predict@{model}"), np.load(path(model)) as file:
        about = json.loads(str(file["about"]))
        boxes: list[list[list[float]]] = json.loads(str(file["boxes"]))
        height, width = about["size"]
        return Maps(
            measured=Measured(
                ids=file["ids"].tolist(),
                groups=file["groups"].tolist(),
                boxes=[[(a, b, c, d) for a, b, c, d in own] for own in boxes],
                size=(height, width),
                dataset=about["dataset"],
                synthetic=about["synthetic"],
            ),
            network=np.asarray(file["network"], np.float32),
            random_weights=np.asarray(file["random_weights"], np.float32),
        )
