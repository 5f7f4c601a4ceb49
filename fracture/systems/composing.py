"""Systems of a run: models as they are, then what is composed of them."""

from collections.abc import Mapping

from fracture.artifacts.systems import System
from fracture.artifacts.trained import Footprint, Trained
from fracture.params.systems import Mean, Route
from fracture.systems.formula import TRUTH, Node, leaves_of
from fracture.systems.means import compose_mean
from fracture.systems.predicted import Predicted
from fracture.systems.routes import compose_route


def compose(
    predicted: Predicted, words: Mapping[str, str], sections: Mapping[str, Mean | Route]
) -> dict[str, System]:
    """Return all systems of a run by name.

    Args:
        predicted: What the networks of its models say.
        words: What each model is.
        sections: The entries of `systems`, each behind what it is made of.

    Raises:
        PipelineError: Parts of a composition do not fit together, or validation cannot choose.
    """
    systems: dict[str, System] = {}
    for model in predicted.models:
        for system in model_systems(predicted, model, words[model]):
            systems[system.name] = system
    for name, section in sections.items():
        if isinstance(section, Mean):
            systems[name] = compose_mean(name, section, systems, predicted)
        else:
            systems[name] = compose_route(name, section, systems, predicted)
    return {
        name: system.model_copy(update={"footprint": footprint(system.formula, predicted.models)})
        for name, system in systems.items()
    }


def footprint(formula: Node, models: Mapping[str, Trained]) -> Footprint | None:
    """Return what the networks of a formula are together; None where one of them is not known.

    Args:
        formula: Of a system.
        models: What training left of each model.
    """
    names = {leaf.network: leaf.network.partition("/") for leaf in leaves_of(formula)}
    found = [
        models[model].footprints.get(folder)
        for name, (model, _, folder) in names.items()
        if name != TRUTH
    ]
    known = [each for each in found if each is not None]
    return Footprint.total(known) if known and len(known) == len(found) else None


def model_systems(predicted: Predicted, model: str, words: str) -> list[System]:
    """Return the systems that a model is: one for each target, none where it is `per`.

    Args:
        predicted: What its networks say.
        model: A key of `models`.
        words: What it is.
    """
    trained = predicted.models[model]
    return [
        System(
            name=f"{model}.{row.name}" if place else model,
            kind="model",
            target=row,
            where=trained.where,
            made_of=words,
            seeds=trained.seeds,
            parts=[],
            weights={},
            steps=[],
            ranked=True,
            formula=predicted.networks(model, row.name)[trained.seeds[0]],
        )
        for place, row in enumerate([] if trained.per else trained.targets)
    ]
