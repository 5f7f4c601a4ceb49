"""Networks: architecture as JSON and weights as HDF5, the same bytes whenever saved."""

import json
import math
import re
from pathlib import Path
from typing import TYPE_CHECKING

from fracture.artifacts.asked import NETWORKS
from fracture.artifacts.atomic import replacing, reserve
from fracture.artifacts.reading import reading
from fracture.device import settled_keras

if TYPE_CHECKING:
    import keras

FILES = ("network.json", "network.weights.h5")
"""What makes up a network, within its folder."""

ONNX = "network.onnx"
"""The same network for ONNX Runtime, which a bundle may hold beside them."""


def folder(model: str) -> Path:
    """Return the folder of a model's networks, one for each training seed."""
    return NETWORKS / model


def path(model: str, seed: int, trained_on: str = "") -> Path:
    """Return the folder of one network of a model; it holds `FILES`.

    Args:
        model: A key of `models` in params.yaml.
        seed: The training seed that gave the network.
        trained_on: See `folder_name`.
    """
    return folder(model) / folder_name(seed, trained_on)


def onnx_path(folder: Path) -> Path:
    """Return the file of a network for ONNX Runtime within its folder."""
    return folder / ONNX


def name_of(model: str, seed: int, trained_on: str = "") -> str:
    """Return the name by which formulas know a network, such as `densenet121/seed0`.

    Args:
        model: A key of `models` in params.yaml.
        seed: The training seed that gave the network.
        trained_on: See `folder_name`.
    """
    return f"{model}/{folder_name(seed, trained_on)}"


def named(name: str) -> Path:
    """Return the folder of the network of a name."""
    model, _, within = name.partition("/")
    return folder(model) / within


def folder_name(seed: int, trained_on: str = "") -> str:
    """Return the name of a network's folder within that of its model.

    Args:
        seed: The training seed that gave the network.
        trained_on: The value of the column of a `per` model, such as `hand`; else empty.
    """
    # What a data set calls its parts may hold what a file system does not allow.
    value = re.sub(r"\W+", "_", trained_on)
    return f"{value}-seed{seed}" if value else f"seed{seed}"


def write(network: "keras.Model", folder: Path) -> None:
    """Save a network.

    Args:
        network: uint8 radiographs (n, height, width, channels) in, probabilities (n, c) out.
        folder: Where `FILES` are put; what was there before is replaced.
    """
    with replacing(folder) as beside:
        beside.mkdir()
        (beside / "network.json").write_text(network.to_json(), encoding="utf-8")
        reserve(weights_size(network), beside)
        network.save_weights(beside / "network.weights.h5")


def weights_size(network: "keras.Model") -> int:
    """Return an upper limit of the size of a network's file of weights, bytes."""
    return sum(math.prod(each.shape) * 8 + 4096 for each in network.weights)


def input_size(folder: Path) -> int:
    """Return the side of the square radiographs that a network takes, pixels; loads no Keras.

    Raises:
        PipelineError: It is not there, damaged, or of another version of the pipeline.
    """
    source = folder / "network.json"
    with reading(source, _stage(folder)):
        architecture = json.loads(source.read_text(encoding="utf-8"))
        shapes = [layer["config"].get("batch_shape") for layer in architecture["config"]["layers"]]
        first: list[int] = next(filter(None, shapes), [])
        return first[1]


def read(folder: Path) -> "keras.Model":
    """Load what `write` saved.

    Raises:
        PipelineError: It is not there, damaged, or of another version of the pipeline.
    """
    with reading(folder, _stage(folder)):
        architecture = (folder / "network.json").read_text(encoding="utf-8")
        # Seconds, which a stage that only asks for `path` does not pay.
        models = settled_keras().models
        from fracture.backbones.rotary import RotaryAttention  # noqa: PLC0415 - as Keras itself

        ours = {"RotaryAttention": RotaryAttention}
        network: keras.Model = models.model_from_json(architecture, ours)
        network.load_weights(folder / "network.weights.h5")
    return network


def _stage(folder: Path) -> str:
    """Return the stage that makes the network in a folder, one of a model or within a bundle."""
    return f"train@{folder.parent.name}" if folder.is_relative_to(NETWORKS) else "bundle"
