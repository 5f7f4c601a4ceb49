"""Systems of a run: models as they are, then what is composed of them."""

from collections.abc import Mapping

from fracture.artifacts.systems import System
from fracture.params.systems import Mean, Route
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
    return systems


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
