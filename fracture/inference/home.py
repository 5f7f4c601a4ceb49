"""Where the models come from: the data set that they know, their scores there, their networks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fracture.artifacts import compositions, manifest, predictions, scores
from fracture.artifacts import network as networks
from fracture.artifacts.manifest import Radiograph
from fracture.artifacts.scores import Scores
from fracture.console import PipelineError
from fracture.judging.sample import Sample, select_part
from fracture.params import section
from fracture.params.radiographs import Variant, predicting
from fracture.params.systems import System, all_systems
from fracture.params.train import Train, resolve


@dataclass(frozen=True)
class Trained:
    """A network at rest.

    Attributes:
        folder: Holds it, see fracture/artifacts/network.py.
        variant: What is done to a radiograph before the network sees it.
        train: On what and in which batches it computes.
        mirror: Whether it looks at the mirror image too.
    """

    folder: Path
    variant: Variant
    train: Train
    mirror: bool


@dataclass(frozen=True)
class Home:
    """What the models know, and how well.

    Attributes:
        dataset: A key of `datasets`.
        radiographs: Of its training, validation and test parts.
        scores: Of each system on it.
        tests: The test part as each of them predicted it.
        networks: Those whose pooled probability each of them gives; one of a model.
    """

    dataset: str
    radiographs: Sequence[Radiograph]
    scores: Mapping[str, Scores]
    tests: Mapping[str, Sample]
    networks: Mapping[str, Sequence[Trained]]


def load_home(parameters: dict[str, Any]) -> Home:
    """Read what the earlier stages left of every system in params.yaml.

    Raises:
        PipelineError: A model has no scores, or they are of another data set than the chosen one.
    """
    dataset = section.value_at(parameters, "dataset")
    chosen = all_systems(parameters).values()
    known = {each.name: scores.read(each.name, each.scored_by) for each in chosen}
    for each in chosen:
        if (scored := known[each.name].dataset) != dataset:
            raise PipelineError(
                f"{scores.path(each.name)} is of {scored}, but dataset is {dataset}: "
                f"run `dvc repro {each.scored_by}`"
            )
    return Home(
        dataset,
        manifest.read(),
        known,
        {each.name: _test(each, first_seed(known[each.name])) for each in chosen},
        {each.name: load_networks(parameters, each, known[each.name]) for each in chosen},
    )


def load_networks(parameters: dict[str, Any], chosen: System, known: Scores) -> list[Trained]:
    """Return the networks for whose pooled probability temperature and thresholds were chosen.

    Of a model that is the network of its first training seed; of a mean of models, those of all
    seeds of all members, as often as each is one.

    Raises:
        PipelineError: params.yaml does not know a model or its variant, or no members are known.
    """
    if chosen.name in section.value_at(parameters, "models"):
        return [_trained(parameters, chosen.name, first_seed(known))]
    mean = compositions.read([chosen.name])[chosen.name]
    return [_trained(parameters, member, seed) for member in mean.members for seed in mean.seeds]


def _trained(parameters: dict[str, Any], name: str, seed: int) -> Trained:
    model, train = resolve(parameters, name)
    steps = section.value_at(parameters, "variants", model.variant)
    variant = Variant.parse(steps, f"variants.{model.variant}")
    return Trained(networks.path(name, seed), variant, train, predicting(parameters).mirror)


def first_seed(known: Scores) -> int:
    """Return the training seed of which the scores are."""
    return int(next(iter(known.seeds)))


def _test(system: System, seed: int) -> Sample:
    table = predictions.read_system(system)
    return select_part(table[table["seed"] == seed], "test")
