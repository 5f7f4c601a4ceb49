"""Systems as the pipeline left them: their networks, what they know, how they fared."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fracture.artifacts import manifest, network, scores, systems, trained
from fracture.artifacts.manifest import Radiograph
from fracture.artifacts.scores import Scores
from fracture.artifacts.systems import System
from fracture.console import PipelineError
from fracture.imaging.variant import View
from fracture.inference.networks import Member
from fracture.judging.sample import Sample, select_part
from fracture.params.radiographs import Variant, predicting
from fracture.params.section import value_at
from fracture.params.train import resolve
from fracture.systems.formula import Node, leaves_of


@dataclass(frozen=True)
class Home:
    """What the systems of a run know, and how well; those that are told the truth are left out.

    Attributes:
        dataset: A key of `datasets`.
        radiographs: Of its training, validation and test parts.
        systems: By name.
        scores: Of each of them on this data set.
        tests: The test part as each of them predicted it.
        members: The networks of all of them, by name.
    """

    dataset: str
    radiographs: Sequence[Radiograph]
    systems: Mapping[str, System]
    scores: Mapping[str, Scores]
    tests: Mapping[str, Sample]
    members: Mapping[str, Member]


def load_home(parameters: dict[str, Any]) -> Home:
    """Read what the earlier stages left of every system of the run.

    Raises:
        PipelineError: A system has no scores, or they are of another data set than the chosen one.
    """
    dataset = value_at(parameters, "dataset")
    made = {name: system for name, system in systems.read().items() if system.ranked}
    scored = {name: scores.read(name) for name in made}
    for name, found in scored.items():
        if found.dataset != dataset:
            raise PipelineError(
                f"{scores.path(name)} is of {found.dataset}, but dataset is {dataset}: "
                "run `dvc repro evaluate`"
            )
    return Home(
        dataset,
        manifest.read(),
        made,
        scored,
        {name: _test(name, found) for name, found in scored.items()},
        members_of(parameters, [system.formula for system in made.values()]),
    )


def members_of(parameters: dict[str, Any], formulas: Iterable[Node]) -> dict[str, Member]:
    """Return the networks of formulas by name, each once.

    Args:
        parameters: params.yaml, as read.
        formulas: Of systems, in which nobody is told the truth.

    Raises:
        PipelineError: params.yaml does not know a model or its variant.
    """
    leaves = [leaf for node in formulas for leaf in leaves_of(node)]
    return {leaf.network: member_of(parameters, leaf.network) for leaf in leaves}


def member_of(parameters: dict[str, Any], name: str) -> Member:
    """Return a network.

    Args:
        parameters: params.yaml, as read.
        name: Of the network, such as `densenet121/seed0`.

    Raises:
        PipelineError: params.yaml does not know the model or its variant.
    """
    of = name.partition("/")[0]
    model, train = resolve(parameters, of)
    variant, folder = Variant.read(parameters, "variants", model.variant), network.named(name)
    return Member(
        folder=folder,
        targets=tuple((row.name, row.target.outputs) for row in trained.read(of).targets),
        view=View(network.input_size(folder), variant.steps),
        mirror=predicting(parameters).mirror,
        batch_size=train.batch_size,
    )


def _test(name: str, scored: Scores) -> Sample:
    """Return the test part as the network served predicted it."""
    table = systems.read_predictions(name)
    return select_part(table[table["seed"] == int(next(iter(scored.seeds)))], "test")
