"""Systems as the pipeline left them: their networks, what they know, how they fared."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fracture.artifacts import compositions, manifest, scores, systems
from fracture.artifacts import network as networks
from fracture.artifacts.manifest import Radiograph
from fracture.artifacts.scores import Scores
from fracture.console import PipelineError
from fracture.imaging.variant import View
from fracture.inference.networks import Member
from fracture.judging.sample import Sample, select_part
from fracture.params.radiographs import Variant, predicting
from fracture.params.run import chosen
from fracture.params.section import value_at
from fracture.params.train import resolve


@dataclass(frozen=True)
class Home:
    """What the systems of params.yaml know, and how well.

    Attributes:
        dataset: A key of `datasets`.
        radiographs: Of its training, validation and test parts.
        scores: Of each system on it.
        tests: The test part as each of them predicted it.
        members: The networks of each of them, as often as they count.
    """

    dataset: str
    radiographs: Sequence[Radiograph]
    scores: Mapping[str, Scores]
    tests: Mapping[str, Sample]
    members: Mapping[str, Sequence[Member]]


def load_home(parameters: dict[str, Any]) -> Home:
    """Read what the earlier stages left of every system in params.yaml.

    Raises:
        PipelineError: A system has no scores, or they are of another data set than the chosen one.
    """
    dataset = value_at(parameters, "dataset")
    scored = {system: scores.read(system) for system in chosen(parameters).systems}
    for system, found in scored.items():
        if found.dataset != dataset:
            raise PipelineError(
                f"{scores.path(system)} is of {found.dataset}, but dataset is {dataset}: "
                "run `dvc repro evaluate`"
            )
    return Home(
        dataset,
        manifest.read(),
        scored,
        {system: _test(system, found) for system, found in scored.items()},
        {system: members_of(parameters, system, found) for system, found in scored.items()},
    )


def members_of(parameters: dict[str, Any], system: str, scored: Scores) -> list[Member]:
    """Return a system's networks: its temperature and thresholds are those of their mean logit.

    Of a model that is the network of its first training seed; of a mean of models, those of all
    seeds of all members, as often as each is one.

    Args:
        parameters: params.yaml, as read.
        system: One of its systems.
        scored: Its scores.

    Raises:
        PipelineError: params.yaml does not know a model or its variant, or no members are known.
    """
    if system in value_at(parameters, "models"):
        return [member_of(parameters, system, networks.path(system, first_seed(scored)))]
    mean = compositions.read([system])[system]
    return [
        member_of(parameters, model, networks.path(model, seed))
        for model in mean.members
        for seed in mean.seeds
    ]


def member_of(parameters: dict[str, Any], name: str, folder: Path) -> Member:
    """Return a network of a model.

    Args:
        parameters: params.yaml, as read.
        name: A key of `models`.
        folder: Of the network.

    Raises:
        PipelineError: params.yaml does not know the model or its variant.
    """
    model, train = resolve(parameters, name)
    variant = Variant.read(parameters, "variants", model.variant)
    view = View(networks.input_size(folder), variant.steps)
    return Member(folder, view, predicting(parameters).mirror, train.batch_size)


def first_seed(scored: Scores) -> int:
    """Return the training seed whose network is served."""
    return int(next(iter(scored.seeds)))


def _test(system: str, scored: Scores) -> Sample:
    table = systems.read_predictions(system)
    return select_part(table[table["seed"] == first_seed(scored)], "test")
