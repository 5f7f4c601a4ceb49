"""The run that the tests bundle: drawn radiographs, models with random weights, compositions."""

from contextlib import chdir
from hashlib import sha256
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pandas as pd
import pytest
from PIL import Image
from ruamel.yaml import YAML

from fracture.artifacts import history, manifest, splits, trained
from fracture.artifacts import network as networks
from fracture.artifacts.manifest import Radiograph
from fracture.artifacts.splits import PARTS as SIDES
from fracture.artifacts.trained import TargetRow, Trained
from fracture.params.train import merge, resolve
from fracture.targets import FRACTURE, Target
from fracture.training.network import build
from fracture.training.task import Task
from stages import bundle as stage
from stages import compose, evaluate, predict, preprocess
from tests.conftest import FROM_SCRATCH, ROOT
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
EXPORTED = ("plain", "two")
"""Systems whose bundles hold their networks for ONNX Runtime too."""
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


def build_run(folder: Path) -> None:
    """Leave a run of all systems in a folder, two seeds each, and their bundles."""
    parameters = YAML(typ="safe").load(ROOT / "params.yaml")
    model = {"backbone": "deepconvnet", "variant": "plain", "target": "fractured"}
    parameters |= {
        "models": {name: model | entry for name, entry in ENTRIES.items()},
        "systems": COMPOSED,
        "run": [*ENTRIES, *COMPOSED],
        "model": "both",
        "training_seeds": [0, 7],
    }
    parameters["targets"]["part"] = {"column": "body_part", "least": 1, "ignored": []}
    parameters["datasets"]["synthetic"]["root"] = "raw"
    parameters["evaluate"]["draws"] = 100
    recipe = parameters["recipes"]["demo"]
    recipe["train"] = merge(recipe["train"], FROM_SCRATCH)
    recipe["preprocess"]["size"], recipe["train"]["device"] = SIZE, "cpu"
    recipe["predict"]["mirror"] = True
    with chdir(folder):
        radiographs = lay_out(Path("raw"))
        manifest.write(radiographs)
        splits.write({one.id: SIDES[min(2, int(one.id[:2]) // 2 % 4)] for one in radiographs})
        YAML().dump(parameters, Path("params.yaml"))
        for variant in ("plain", "canny", "canny_channels"):
            preprocess.main(variant)
        for number, name in enumerate(ENTRIES):
            leave_model(parameters, name, 3 + number)
        compose.main()
        with pytest.MonkeyPatch.context() as patch:
            # No bundle holds a picture; drawn, in processes beside, they take half a minute.
            patch.setattr(evaluate, "draw", lambda *_: {})
            patch.setattr("os.cpu_count", lambda: 1)
            evaluate.main()
        for name in SYSTEMS:
            YAML().dump(parameters | {"model": name}, Path("params.yaml"))
            with pytest.MonkeyPatch.context() as patch:
                # An export takes seconds.
                reason = "" if name in EXPORTED else "as a test has it"
                patch.setattr(stage, "lacking", lambda _, reason=reason: reason)
                stage.main()
