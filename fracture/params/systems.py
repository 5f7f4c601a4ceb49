"""The section `systems` of params.yaml: systems that are composed of others."""

from collections.abc import Iterable
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


def needed(parameters: dict[str, Any], names: Iterable[str]) -> tuple[list[str], list[str]]:
    """Return all that some systems are made of: keys of `models`, and keys of `systems`.

    Both are in the order of params.yaml.

    Args:
        parameters: params.yaml, as read.
        names: Keys of `models` and `systems`.

    Raises:
        PipelineError: An entry of `systems` is not valid.
    """
    names = set(names)
    composed = [name for name in value_at(parameters, "systems") if name in names]
    models = names - set(composed)
    for name in composed:
        if value_at(parameters, "systems", name, "mean_of") != "all":
            models |= {*_mean(parameters, name).mean_of}
    return [name for name in value_at(parameters, "models") if name in models], composed


def compositions(parameters: dict[str, Any], names: Iterable[str]) -> dict[str, Mean]:
    """Return entries of `systems` by name, `mean_of: all` written out.

    Args:
        parameters: params.yaml, as read.
        names: Keys of `models` and `systems`: those of the run. All else is passed over.

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
    names = list(names)
    return {name: _mean(parameters, name, names) for name in entries if name in names}


def _mean(parameters: dict[str, Any], name: str, names: list[str] | None = None) -> Mean:
    entry, where = value_at(parameters, "systems", name), f"systems.{name}"
    models, seeds = value_at(parameters, "models"), value_at(parameters, "seeds")
    if name in models:
        raise PipelineError(f"{PATH}: {name} is a key of models and of systems: rename one")
    if isinstance(entry, dict) and entry.get("mean_of") == "all":
        every = [
            each
            for each, model in models.items()
            if (names is None or each in names)
            and not ({"per", "where"} & model.keys())
            and model.get("target") == "fractured"
        ]
        entry = entry | {"mean_of": every}
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
