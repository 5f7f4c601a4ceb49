"""What params.yaml names and does not hold: folders, tables, weights files, the backend."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from fracture.artifacts import inputs
from fracture.artifacts.raw import SYNTHETIC, data_root
from fracture.backbones.packaged import installed
from fracture.backbones.table import BACKBONES, PackagedFile
from fracture.console import PipelineError
from fracture.device import NO_GPU, lacks_gpu, require_backend
from fracture.params.dataset import DataSet
from fracture.params.datasets import Synthetic, chosen_dataset, external_datasets
from fracture.params.section import PATH, value_at
from fracture.params.table import Table
from fracture.params.train import resolve


def require_presence(parameters: dict[str, Any], models: Iterable[str]) -> None:
    """Require that all is there that a run needs, so that no late stage misses it.

    Args:
        parameters: params.yaml, valid.
        models: Those of the run.

    Raises:
        PipelineError: A folder, a table, a weights file or the package of one is absent, a folder
            holds what the pipeline writes, or the backend cannot do what a model asks for.
    """
    name, section = chosen_dataset(parameters)
    _require_data(section, f"datasets.{name}")
    for external, (_, other) in external_datasets(parameters).items():
        _require_data(other, f"external.{external}")
    if given := value_at(parameters, "split", "given"):
        _require_file(given, "split.given", "null, or a CSV file of id and part")
    backend = require_backend()
    for model in models:
        made_of, train = resolve(parameters, model)
        where = f"weights of models.{model}"
        if train.weights not in {None, "imagenet"}:
            _require_file(str(train.weights), where, "imagenet, null or a Keras weights file")
        packaged = BACKBONES[made_of.backbone].weights
        if train.weights == "imagenet" and isinstance(packaged, PackagedFile):
            installed(packaged)
        if train.device == "all" and backend != "jax":
            raise PipelineError(
                f"{PATH}: device of models.{model} is all, which Keras can do with JAX alone, not "
                f"with {backend}: set KERAS_BACKEND=jax, or device to auto"
            )
        if train.device == "gpu" and lacks_gpu():
            raise PipelineError(
                f"{PATH}: device of models.{model} is gpu, but this machine has none: {NO_GPU}"
            )


def _require_data(section: DataSet, where: str) -> None:
    """Require that a data set has a folder of its own, and that the table in it is there."""
    if isinstance(section, Synthetic) and where.startswith("datasets."):
        if Path(section.root) != SYNTHETIC:  # it is replaced
            raise PipelineError(
                f"{PATH}: {where}.root is {section.root}; expected {SYNTHETIC}: mend it"
            )
        return
    root = data_root(section.root)
    if inputs.FOLDER.resolve().is_relative_to(root.resolve()):
        raise PipelineError(
            f"{PATH}: {where}.root is {section.root!r}, a folder that holds what the pipeline "
            f"itself writes ({inputs.FOLDER}): expected one that holds radiographs alone"
        )
    if not root.is_dir():
        raise PipelineError(
            f"{PATH}: {where}.root: no folder {root}: put the data set there, or name its folder"
        )
    if isinstance(section, Table):
        _require_file(str(root / section.labels), f"{where}.labels", "the table in that folder")


def _require_file(name: str, where: str, expected: str) -> None:
    path = data_root(name)
    if not path.is_file():
        raise PipelineError(f"{PATH}: {where}: no file {path}; expected {expected}")
