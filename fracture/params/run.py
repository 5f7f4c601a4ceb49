"""The key `run` of params.yaml: which systems a run has, and the models that these are made of."""

from dataclasses import dataclass
from typing import Any

from fracture.console import PipelineError
from fracture.params.section import PATH, require, value_at
from fracture.params.systems import is_oracle, needed

PLAIN = "plain"
"""The variant without steps: what was augmented and compared is shown on it."""

RECIPE = "recipe"
"""Stands for the systems that the recipe names."""


@dataclass(frozen=True)
class Run:
    """What a run trains, scores and compares.

    Attributes:
        models: Keys of `models`, in the order of params.yaml: those that are trained.
        systems: Names of all that is scored: models by their own name, each further target of a
            model as `<model>.<target>`, then keys of `systems`, members before what they make.
    """

    models: tuple[str, ...]
    systems: tuple[str, ...]

    @property
    def compositions(self) -> list[str]:
        """Systems that are no model."""
        return [name for name in self.systems if name.partition(".")[0] not in self.models]


def chosen(parameters: dict[str, Any]) -> Run:
    """Return the run that params.yaml asks for.

    Raises:
        PipelineError: `run` is no list of systems, or the headline system is not among them.
    """
    run, where = value_at(parameters, "run"), "run"
    if run == RECIPE:
        recipe = value_at(parameters, "recipe")
        run, where = value_at(parameters, "recipes", recipe, "run"), f"recipes.{recipe}.run"
    elif isinstance(run, str):
        runs = value_at(parameters, "runs")
        require(run, [RECIPE, *runs], where)
        run, where = runs[run], f"runs.{run}"
    models, systems = value_at(parameters, "models"), value_at(parameters, "systems")
    if not (isinstance(run, list) and run and all(isinstance(name, str) for name in run)):
        raise PipelineError(
            f"{PATH}: {where} is {run!r}; expected a list of keys of models and systems, such as "
            f"[{next(iter(models))}], a key of runs, or recipe"
        )
    for name in run:
        require(name, [*models, *systems], where)
    trained, composed = needed(parameters, run)
    scored = []
    for name in trained:
        entry = models[name]
        scored += [] if entry.get("per") else [name]
        scored += [f"{name}.{target}" for target in entry.get("also") or {}]
    made = Run(tuple(trained), (*scored, *composed))
    headline = value_at(parameters, "model")
    if headline not in made.systems:
        require(headline, [*models, *systems], "model")
        raise PipelineError(
            f"{PATH}: model is {headline}, which is no system of this run ({where}): expected one "
            f"of {', '.join(made.systems)}; set it to one of them (-S model={made.systems[-1]}), "
            f"or name {headline} in run"
        )
    if is_oracle(parameters, headline):
        raise PipelineError(
            f"{PATH}: model is {headline}, which is told what nobody knows of a new radiograph: "
            f"set it to another system, such as -S model={made.systems[0]}"
        )
    return made


def variants_of(parameters: dict[str, Any]) -> list[str]:
    """Return the variants that the models of the run see, and `PLAIN`.

    They stand in the order of params.yaml.
    """
    models = value_at(parameters, "models")
    found = {PLAIN, *(models[name]["variant"] for name in chosen(parameters).models)}
    return [name for name in value_at(parameters, "variants") if name in found]
