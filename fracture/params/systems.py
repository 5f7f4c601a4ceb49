"""The section `systems` of params.yaml, and every system that is scored, compared and served."""

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import Field

from fracture.console import PipelineError
from fracture.params.section import PATH, Section, require, value_at


class Mean(Section):
    """An entry of `systems`: the mean of some models' logits.

    Used by fracture/systems/mean.py.

    Attributes:
        mean_of: Keys of `models`; `all` in the file stands for each of them.
        members: At most so many of these models, chosen by forward selection on validation; `all`
            takes each once.
    """

    mean_of: list[str]
    members: Annotated[int, Field(ge=1)] | Literal["all"]


@dataclass(frozen=True)
class System:
    """What is scored, compared and served: a model by its own name, or a composition of models.

    Attributes:
        name: A key of `models` or of `systems`.
        folder: Of its predictions, by name, see fracture/artifacts/predictions.py.
        predicted_by: The stage of dvc.yaml that writes its predictions.
        scored_by: The stage of dvc.yaml that writes its scores.
    """

    name: str
    folder: Literal["predictions", "compositions"]
    predicted_by: str
    scored_by: str

    @classmethod
    def model(cls, name: str) -> "System":
        """Return the system that a model is."""
        return cls(name, "predictions", f"predict@{name}", f"evaluate@{name}")

    @classmethod
    def composition(cls, name: str) -> "System":
        """Return the system that an entry of `systems` composes."""
        return cls(name, "compositions", "compose", f"evaluate_compositions@{name}")


def all_systems(parameters: dict[str, Any]) -> dict[str, System]:
    """Return all models, then all compositions, by name in the order of params.yaml."""
    models, compositions = value_at(parameters, "models"), value_at(parameters, "systems")
    return {name: System.model(name) for name in models} | {
        name: System.composition(name) for name in compositions
    }


def system_named(parameters: dict[str, Any], name: str, where: str) -> System:
    """Return the system of a name.

    Args:
        parameters: params.yaml, as read.
        name: A key of `models` or of `systems`.
        where: Where the name was found, for the error.

    Raises:
        PipelineError: There is no such system.
    """
    systems = all_systems(parameters)
    require(name, systems, where)
    return systems[name]


def compositions(parameters: dict[str, Any]) -> dict[str, Mean]:
    """Return the entries of `systems` by name, `mean_of: all` written out.

    Raises:
        PipelineError: An entry is not valid, bears the name of a model, or names an unknown
            model, one twice, or fewer than two networks in all.
    """
    entries = value_at(parameters, "systems")
    if not isinstance(entries, dict):
        raise PipelineError(
            f"{PATH}: systems is {entries!r}; expected {{}}, or entries such as "
            "best_of_all: {mean_of: all, members: 10}"
        )
    return {name: _mean(parameters, name) for name in entries}


def _mean(parameters: dict[str, Any], name: str) -> Mean:
    entry, where = value_at(parameters, "systems", name), f"systems.{name}"
    models, seeds = value_at(parameters, "models"), value_at(parameters, "seeds")
    if name in models:
        raise PipelineError(f"{PATH}: {name} is a key of models and of systems: rename one")
    if isinstance(entry, dict) and entry.get("mean_of") == "all":
        entry = entry | {"mean_of": list(models)}
    section = Mean.parse(entry, where)
    for model in section.mean_of:
        require(model, models, f"{where}.mean_of")
        if section.mean_of.count(model) > 1:
            raise PipelineError(f"{PATH}: {where}.mean_of names {model} more than once")
    # One model alone has a mean too: that of the networks of its training seeds.
    networks = len(section.mean_of) * len(seeds)
    if networks < 2:  # noqa: PLR2004
        raise PipelineError(
            f"{PATH}: {where} is the mean of {len(section.mean_of)} models and {len(seeds)} "
            "training seed: expected two networks or more; name further models or seeds"
        )
    return section
