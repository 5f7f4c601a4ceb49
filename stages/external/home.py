"""Where the models come from: the data set that they know, their scores there, their networks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stages.artifacts import manifest, predictions, scores
from stages.artifacts import network as networks
from stages.artifacts.manifest import Radiograph
from stages.artifacts.scores import Scores
from stages.console import PipelineError
from stages.judging.sample import Sample, take
from stages.params import section
from stages.params.preprocess import Variant
from stages.params.train import Train, resolve


@dataclass(frozen=True)
class Trained:
    """A network at rest.

    Attributes:
        folder: Holds it, see stages/artifacts/network.py.
        variant: What is done to a radiograph before the network sees it.
        train: On what and in which batches it computes.
    """

    folder: Path
    variant: Variant
    train: Train


@dataclass(frozen=True)
class Home:
    """What the models know, and how well.

    Attributes:
        dataset: A key of `datasets`.
        radiographs: Of its training, validation and test parts.
        scores: Of each model on it.
        tests: The test part as each model predicted it, by model.
        networks: By model.
    """

    dataset: str
    radiographs: Sequence[Radiograph]
    scores: Mapping[str, Scores]
    tests: Mapping[str, Sample]
    networks: Mapping[str, Trained]


def load_home(parameters: dict[str, Any]) -> Home:
    """Read what the earlier stages left of every model in params.yaml.

    Raises:
        PipelineError: A model has no scores, or they are of another data set than the chosen one.
    """
    dataset = section.at(parameters, "dataset")
    known = {name: scores.read(name) for name in section.at(parameters, "models")}
    for name, one in known.items():
        if one.dataset != dataset:
            raise PipelineError(
                f"{scores.path(name)} is of {one.dataset}, but dataset is {dataset}: "
                f"run `dvc repro evaluate@{name}`"
            )
    return Home(
        dataset,
        manifest.read(),
        known,
        {name: _test(name, first_seed(one)) for name, one in known.items()},
        {name: load_trained(parameters, name, one) for name, one in known.items()},
    )


def load_trained(parameters: dict[str, Any], name: str, known: Scores) -> Trained:
    """Return the network of a model for which its temperature and thresholds were chosen.

    Raises:
        PipelineError: params.yaml does not know the model, or its variant.
    """
    model, train = resolve(parameters, name)
    steps = section.at(parameters, "variants", model.variant)
    variant = Variant.parse(steps, f"variants.{model.variant}")
    return Trained(networks.path(name, first_seed(known)), variant, train)


def first_seed(known: Scores) -> int:
    """Return the training seed of which the scores are."""
    return int(next(iter(known.seeds)))


def _test(name: str, seed: int) -> Sample:
    table = predictions.read(predictions.path(name))
    return take(table[table["seed"] == seed], "test")
