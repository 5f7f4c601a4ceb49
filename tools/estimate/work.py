"""What there is to do for each model of a run, and what it costs at a given pace."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import md5
from typing import Any

import numpy as np

from fracture.artifacts import inputs, manifest, splits
from fracture.artifacts.manifest import Radiograph
from fracture.artifacts.raw import SYNTHETIC, data_root
from fracture.datasets.synthetic.population import sample_patient
from fracture.datasets.tree import read_tree
from fracture.imaging.variant import View
from fracture.params.datasets import Synthetic, chosen_dataset
from fracture.params.radiographs import Variant, predicting
from fracture.params.run import chosen, variants_of
from fracture.params.section import PATH, value_at
from fracture.params.train import Model, Train, resolve
from fracture.tracking.provenance import locked_stages
from stages.inputs import dataset

LISTED = (inputs.FOLDER / "dataset.txt").as_posix()
"""The digest of the data set's files, which `ingest` depends on."""
FLOAT = 4
"""Bytes of a weight and of a feature."""
BACKWARD = 3
"""Passes through a network that Grad-CAM costs: one to see, and about two back."""


@dataclass(frozen=True)
class Pace:
    """What one network costs on this machine, in seconds.

    Attributes:
        start: To build and compile it, once.
        features: Of a radiograph, through the frozen backbone.
        head: Of a radiograph in an epoch of the frozen phase.
        finetune: Of a radiograph in an epoch of fine-tuning.
        weights: Their number.
        width: Features of a radiograph.
    """

    start: float
    features: float
    head: float
    finetune: float
    weights: int
    width: int


@dataclass(frozen=True)
class Work:
    """What there is to do for a model.

    Attributes:
        model: Its entry.
        settings: How it is trained.
        networks: How many it has.
        seeds: How often each radiograph is learnt from by one of them.
        parts: Radiographs of each part, by its name.
        passes: Through a network for each radiograph that is predicted.
    """

    model: Model
    settings: Train
    networks: int
    seeds: int
    parts: Mapping[str, int]
    passes: int

    @property
    def features_key(self) -> str:
        """What decides the features of the frozen backbone: models with the same share them."""
        settings = self.settings.model_dump(
            mode="json", include={"weights", "scaling", "batch_size", "precision", "augmentation"}
        )
        made = [self.model.backbone, self.model.variant, self.model.where, self.model.per]
        return json.dumps([made, settings, self.settings.head.pooling])

    def seconds(self, pace: Pace, *, has_features: bool) -> float:
        """Return how long training and prediction take at most, all epochs of both phases.

        Args:
            pace: Of its networks.
            has_features: Whether an earlier model of the run has left the features.
        """
        train, validation = self.parts["train"], self.parts["validation"]
        frozen, finetune = self.settings.frozen, self.settings.finetune
        once = 0.0
        if frozen.epochs and not has_features:
            once += (train * frozen.views + validation) * pace.features
        once += frozen.epochs * (train + validation) * pace.head
        once += finetune.epochs * (train * pace.finetune + validation * pace.features)
        judged = validation + self.parts["test"]
        once += judged * (self.passes + BACKWARD) * pace.features
        # Once to be trained, once to predict.
        return self.seeds * once + 2 * self.networks * pace.start

    def network_bytes(self, pace: Pace) -> int:
        """Return what its networks take on the disk."""
        return self.networks * pace.weights * FLOAT

    def feature_bytes(self, pace: Pace) -> int:
        """Return what the features of its frozen backbone take on the disk."""
        views = self.settings.frozen.views if self.settings.frozen.epochs else 0
        kept = self.parts["train"] * views + self.parts["validation"] * bool(views)
        return self.seeds * kept * pace.width * FLOAT


def work_of(parameters: dict[str, Any], known: Sequence[Radiograph]) -> dict[str, Work]:
    """Return what there is to do for each model of the run.

    Args:
        parameters: params.yaml, valid.
        known: As `radiographs_of` returns them.
    """
    found = parts_of(parameters, known)
    seeds, mirror = len(value_at(parameters, "training_seeds")), predicting(parameters).mirror
    work = {}
    for name in chosen(parameters).models:
        model, settings = resolve(parameters, name)
        share, kinds = population(model, known)
        parts = {part: round(count * share) for part, count in found.items()}
        work[name] = Work(model, settings, kinds * seeds, seeds, parts, 1 + mirror)
    return work


def population(model: Model, known: Sequence[Radiograph]) -> tuple[float, int]:
    """Return the share of all radiographs that a model sees, and how many networks share them.

    Args:
        model: Its entry.
        known: Radiographs of the data set; empty before `ingest`: then all, and one network.
    """
    kinds, seen = 1, list(known)
    for column, value in (model.where or {}).items():
        seen = [one for one in seen if getattr(one, column) == value]
    for column, least in (model.per or {}).items():
        counts = Counter((getattr(one, column), one.fractured) for one in seen)
        values = {value for value, _ in counts}
        enough = {v for v in values if min(counts[v, True], counts[v, False]) >= least}
        kinds = max(1, len(enough))
        seen = [one for one in seen if getattr(one, column) in enough]
    return (len(seen) / len(known) if known else 1.0), kinds


def radiographs_of(parameters: dict[str, Any]) -> list[Radiograph]:
    """Return the radiographs that `ingest` found, none where it would run anew.

    Of its code nothing is asked: an edit seldom changes how many radiographs there are.
    """
    locked = locked_stages().get("ingest", {})
    settings = locked.get("params", {}).get(PATH.name, {})
    name = value_at(parameters, "dataset")
    asked = {"dataset": name, f"datasets.{name}": value_at(parameters, "datasets", name)}
    asked |= {key: value_at(parameters, key) for key in ("ingest", "data_seed")}
    files = {
        each["path"]: each.get("md5") for each in locked.get("deps", []) + locked.get("outs", [])
    }
    listed = "".join(f"{line}\n" for line in dataset(parameters))
    made_from_it = asked.items() <= settings.items() and files.get(LISTED) == _md5(listed.encode())
    if not made_from_it or not manifest.PATH.is_file():
        return []
    is_its = files.get(manifest.PATH.as_posix()) == _md5(manifest.PATH.read_bytes())
    return manifest.read() if is_its else []


def _md5(content: bytes) -> str:
    return md5(content, usedforsecurity=False).hexdigest()


def parts_of(parameters: dict[str, Any], known: Sequence[Radiograph]) -> dict[str, int]:
    """Return how many radiographs each part has, or will have before any is left out.

    Args:
        parameters: params.yaml, valid.
        known: As `radiographs_of` returns them.
    """
    ids = {one.id for one in known}
    if ids and splits.PATH.is_file() and ids <= (split := splits.read()).keys():
        counts = Counter(split.values())
        return {part: counts[part] for part in splits.PARTS}
    count = len(ids) or _count(parameters)
    shares = {part: value_at(parameters, "split", part) for part in ("validation", "test")}
    drawn = {part: round(share * count) for part, share in shares.items()}
    return {"train": count - sum(drawn.values())} | drawn


def _count(parameters: dict[str, Any]) -> int:
    """Return how many images a data set holds, or how many will be drawn, but for copies."""
    _, section = chosen_dataset(parameters)
    if isinstance(section, Synthetic) and section.root == str(SYNTHETIC):
        seed = np.random.SeedSequence(value_at(parameters, "data_seed"))
        streams = seed.spawn(section.patients + 1)[:-1]
        return sum(len(sample_patient(section, n, each)) for n, each in enumerate(streams))
    return sum(not file.fault for file in read_tree(data_root(section.root)))


def array_bytes(parameters: dict[str, Any], count: int) -> int:
    """Return what the packed radiographs take on the disk, all variants that the run sees.

    Args:
        parameters: params.yaml, valid.
        count: Of the radiographs of all parts.
    """
    channels = sum(channels_of(parameters, variant) for variant in variants_of(parameters))
    return count * size_of(parameters) ** 2 * channels


def size_of(parameters: dict[str, Any]) -> int:
    """Return the side of a radiograph as a network sees it, pixels."""
    recipe = value_at(parameters, "recipe")
    return int(value_at(parameters, "recipes", recipe, "preprocess", "size"))


def channels_of(parameters: dict[str, Any], variant: str) -> int:
    """Return the channels of the radiographs of a variant."""
    steps = Variant.read(parameters, "variants", variant).steps
    return View(size_of(parameters), steps).channels
