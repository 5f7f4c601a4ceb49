"""The run that the tests bundle: drawn radiographs, models with random weights, compositions."""

from hashlib import sha256
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pandas as pd
from PIL import Image

from fracture.artifacts import history, trained
from fracture.artifacts import network as networks
from fracture.artifacts.manifest import Radiograph
from fracture.artifacts.trained import TargetRow, Trained
from fracture.params.train import resolve
from fracture.targets import FRACTURE, Target
from fracture.training.network import build
from fracture.training.task import Task
from stages import predict
from tests.stages.test_predict import HISTORY

SIZE = 32
COUNT = 24
SYSTEMS = (
    "plain",
    "edges",
    "channels",
    "both",
    "part",
    "two",
    "two.part",
    "hard",
    "soft",
    "nested",
)
PARTS = ("foot", "hand", "leg")
PART = Target("part", "body_part", PARTS)


def draw(number: int) -> np.ndarray:
    """Return a radiograph with edges, large enough that a JPEG of it is decoded at a fraction."""
    random = np.random.default_rng(number)
    image = np.kron(random.integers(0, 256, (10, 8), np.uint8), np.ones((32, 32), np.uint8))
    return image[: 320 - 8 * (number % 3)]


def lay_out(root: Path) -> list[Radiograph]:
    """Write radiographs as JPEG and PNG, some to be turned upright, some in colour channels."""
    root.mkdir()
    made = []
    for number in range(COUNT):
        image = Image.fromarray(draw(number))
        exif = Image.Exif()
        if number % 4 == 0:
            exif[0x0112] = 6
        name = f"{number:02}.{'png' if number % 5 == 0 else 'jpg'}"
        (image.convert("RGB") if number % 3 == 0 else image).save(root / name, exif=exif)
        digest = sha256((root / name).read_bytes()).hexdigest()
        made.append(
            Radiograph(
                name, name, number % 2 == 0, PARTS[number % 3], dataset="synthetic", width=256,
                height=320, sha256=digest, group=name,
            )
        )  # fmt: skip
    return made


ENTRIES: dict[str, dict[str, Any]] = {
    "plain": {},
    "edges": {"variant": "canny"},
    "channels": {"variant": "canny_channels"},
    "part": {"target": "part"},
    "special": {"per": {"body_part": 2}},
    "two": {"also": {"part": 0.5}, "localise": {"stride": 8}},
}
ROUTE = {"route_by": "part", "to": "special", "otherwise": "plain", "least": 0.0}
COMPOSED = {
    "both": {"mean_of": ["plain", "edges"], "weights": {"selected": 3}},
    "hard": ROUTE | {"routing": "hard"},
    "soft": ROUTE | {"routing": "soft", "route_by": "two.part", "least": 0.35},
    "nested": {"mean_of": ["hard", "soft", "two"], "weights": "fitted"},
}
KINDS = {"special": ["foot", "hand"]}
TARGETS = {"part": [PART], "two": [FRACTURE, PART]}


def leave_model(parameters: dict[str, Any], name: str, factor: float) -> None:
    """Leave what `train` does of a model with random weights, and its predictions.

    Args:
        parameters: params.yaml.
        name: Of the model.
        factor: By which its logits lie further apart.
    """
    targets, seeds, kinds = TARGETS.get(name, [FRACTURE]), (0, 7), KINDS.get(name, [""])
    for place, kind in enumerate(kinds):
        for seed in seeds:
            keras.utils.set_random_seed(seed + place)
            task = Task(tuple(targets), (1.0,) * len(targets))
            channels = 3 if name == "channels" else 1
            made = build(*resolve(parameters, name), SIZE, task, channels).whole
            kernel, bias = made.get_layer("probability").get_weights()
            made.get_layer("probability").set_weights([(factor + seed) * kernel, bias])
            networks.write(made, networks.path(name, seed, kind))
    per = "body_part" if name in KINDS else ""
    left = Trained(
        targets=[TargetRow.of(target) for target in targets], where={}, per=per, kinds=kinds,
        seeds=[*seeds], without={},
    )  # fmt: skip
    trained.write(left, networks.folder(name))
    history.write(pd.DataFrame(HISTORY), history.path(name))
    predict.main(name)
