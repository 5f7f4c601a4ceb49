"""What the networks of a trial say of the radiographs that they held out."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from fracture.artifacts import arrays, network
from fracture.artifacts.arrays import PackedImages
from fracture.console import PipelineError
from fracture.device import prepare
from fracture.imaging.variant import View
from fracture.inference import networks
from fracture.inference.gradcam import Explained, GradCAM
from fracture.inference.networks import Member
from fracture.params import section
from fracture.params.radiographs import predicting
from fracture.params.train import resolve


def packed_radiographs(model: str | None = None) -> tuple[PackedImages, int]:
    """Return all radiographs and how many are predicted together, on the device of params.yaml.

    Args:
        model: Whose settings count; the first of params.yaml where a trial does not tell its model.
    """
    parameters = section.load()
    _, settings = resolve(parameters, model or next(iter(parameters["models"])))
    prepare(settings.device, 0, settings.precision, settings.threads)
    return arrays.read(arrays.path("plain")), settings.batch_size


def rows_of(packed: PackedImages, table: pd.DataFrame) -> dict[int, npt.NDArray[np.intp]]:
    """Return the positions of the radiographs that each fold of a trial held out, by its number."""
    places = pd.Series(np.arange(len(packed.table)), index=packed.table["id"])
    return {
        int(str(fold)): places.loc[held_out["id"]].to_numpy()
        for fold, held_out in table.groupby("fold")
    }


def explain(
    packed: PackedImages, rows: npt.NDArray[np.intp], folder: Path, batch_size: int
) -> tuple[Explained, npt.NDArray[np.float32]]:
    """Return what a network says of some radiographs, and its fracture map, (n, rows, columns).

    Both as the stage `predict` does, with mirror images where the recipe has them.

    Args:
        packed: All radiographs.
        rows: Positions of the n radiographs.
        folder: Of the network.
        batch_size: How many are predicted together.

    Raises:
        PipelineError: The network has no fracture map.
    """
    view, mirror = View(packed.images.shape[1], ()), predicting(section.load()).mirror
    member = Member(folder, (), view, mirror, batch_size)
    told = networks.explain(GradCAM(network.read(folder)), member, packed.images, rows)
    if told.map is None:
        raise PipelineError(f"{folder} has no fracture map: expected localise.stride 8 or 4")
    return told, told.map[:, 0]
