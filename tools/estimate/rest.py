"""What a run costs beside training and prediction: the start of its stages, and DVC's own work."""

import io
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic
from typing import Any

from ruamel.yaml import YAML

from fracture.artifacts import cache
from fracture.artifacts.manifest import Radiograph
from fracture.artifacts.raw import data_root
from fracture.datasets.synthetic import draw
from fracture.datasets.tree import read_tree
from fracture.examining.copies import find_copies
from fracture.examining.examine import examine
from fracture.params.datasets import Synthetic, chosen_dataset
from fracture.params.radiographs import Ingest
from fracture.params.run import chosen, variants_of
from fracture.params.section import value_at

PIPELINE = Path("dvc.yaml")
TYPICAL = ("-m", "stages.compare", "--help")
"""Imports what most stages import, and does nothing."""
PASSING = ("-c", "import runpy, fracture.artifacts.asked")
"""What the stage of a model does that is no part of the run, but for a note."""

SAMPLED = 24
"""Radiographs that are read to see how long it takes."""
DRAWN = 20
"""Patients whose radiographs are drawn for that: as few as a data set may have."""


@dataclass(frozen=True)
class Stages:
    """How many stages DVC starts where none is up to date.

    Attributes:
        learning: They train or predict.
        others: All others that do something.
        passed: Of models that are no part of the run: each leaves a note.
    """

    learning: int
    others: int
    passed: int


@dataclass(frozen=True)
class Overhead:
    """What a stage costs beside its work on this machine, in seconds.

    Attributes:
        kept: That DVC takes to write down what a stage made.
        start: To import what a stage needs, without Keras.
        passed: To start a stage that does nothing.
    """

    kept: float
    start: float
    passed: float

    def seconds(self, stages: Stages) -> float:
        """Return what all stages cost beside training, prediction and other work."""
        count = stages.learning + stages.others + stages.passed
        return count * self.kept + stages.others * self.start + stages.passed * self.passed


def stages_of(parameters: dict[str, Any]) -> Stages:
    """Return how many stages dvc.yaml has for a run.

    Args:
        parameters: params.yaml, valid.
    """
    listed = YAML(typ="safe").load(PIPELINE)["stages"].values()
    over = [stage.get("foreach") for stage in listed]
    models, run = len(value_at(parameters, "models")), len(chosen(parameters).models)
    of_models = over.count("${models}")
    variants = over.count("${variants}") * len(value_at(parameters, "variants"))
    return Stages(of_models * run, over.count(None) + variants, of_models * (models - run))


def overhead() -> Overhead:
    """Return what a stage costs beside its work, measured once each: a few seconds."""
    return Overhead(_seconds_of_lock(), _seconds_of(TYPICAL), _seconds_of(PASSING))


def _seconds_of_lock() -> float:
    """Return the seconds to read dvc.lock and to write it, as DVC does for each stage."""
    if not cache.LOCK.is_file():
        return 0.0
    began = monotonic()
    yaml = YAML()
    yaml.dump(yaml.load(cache.LOCK), io.StringIO())
    return monotonic() - began


def _seconds_of(arguments: Sequence[str]) -> float:
    began = monotonic()
    subprocess.run([sys.executable, *arguments], stdout=subprocess.DEVNULL, check=True)  # noqa: S603 - all arguments are this module's own
    return monotonic() - began


def seconds_of_reading(parameters: dict[str, Any], count: int) -> float:
    """Return how long it takes to draw, read, examine and pack radiographs, from a few of them.

    Each is read once by `ingest` and once for each variant that the run sees.

    Args:
        parameters: params.yaml, valid.
        count: Of the radiographs of all parts.
    """
    name, section = chosen_dataset(parameters)
    with TemporaryDirectory() as folder:
        root, began = data_root(section.root), monotonic()
        drawn = isinstance(section, Synthetic)
        if isinstance(section, Synthetic):
            root = Path(folder) / name
            draw(section.model_copy(update={"patients": DRAWN}), root, 0)
        drawing = monotonic() - began
        files = [file.path for file in read_tree(root) if not file.fault]
        few = files[:: max(1, len(files) // SAMPLED)]
        began = monotonic()
        found = [Radiograph(path, path, fractured=False, body_part="unknown") for path in few]
        find_copies(examine(found, root, Ingest.read(parameters, "ingest"), described=True))
        each = (monotonic() - began) / max(1, len(few))
    readings = 1 + len(variants_of(parameters))
    return count * (readings * each + (drawing / len(files) if drawn else 0))
