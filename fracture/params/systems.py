"""The section `systems` of params.yaml: systems that are composed of others."""

from collections.abc import Iterable
from typing import Annotated, Any, Literal

from pydantic import Field

from fracture.console import PipelineError
from fracture.params.parts import TRUTH, Parts
from fracture.params.section import PATH, Fraction, Section, value_at

EXAMPLE = "such as best: {mean_of: all, weights: equal}"


class Selected(Section):
    """At most so many members, one perhaps twice, chosen by forward selection on validation."""

    selected: Annotated[int, Field(ge=1)]


class Mean(Section):
    """An entry of `systems`: a weighted mean of logits.

    Used by fracture/systems/composing.py.

    Attributes:
        mean_of: Names of systems of one target; `all` stands for every model of the run that has
            the target of the headline and is trained on all radiographs.
        weights: Equal; fitted on validation, 0 or more with sum 1; those of a logistic regression
            on the logits, fitted on validation; or equal, of members that validation selects.
    """

    mean_of: list[str] | Literal["all"]
    weights: Literal["equal", "fitted", "stacked"] | Selected

    @property
    def parts(self) -> list[str]:
        """Names of the systems that it is made of; none while `all` is not written out."""
        return [] if isinstance(self.mean_of, str) else self.mean_of


class Route(Section):
    """An entry of `systems`: a router says which specialist answers.

    Used by fracture/systems/composing.py.

    Attributes:
        route_by: The router, a system; or `truth`, the class that the data set gives.
        to: A model with `per`, whose networks are the specialists; or a system for each class.
        otherwise: A system for classes without a specialist, and where the router is not sure.
        routing: `hard`: the specialist of the most probable class answers; `soft`: each in
            proportion to the probability of its class.
        least: The router is sure where its most probable class has this probability or more.
    """

    route_by: str
    to: str | Annotated[dict[str, str], Field(min_length=1)]
    otherwise: str | None = None
    routing: Literal["hard", "soft"]
    least: Fraction

    @property
    def specialists(self) -> list[str]:
        """Names of the systems of `to`, or of the model with `per`."""
        return [self.to] if isinstance(self.to, str) else list(self.to.values())

    @property
    def parts(self) -> list[str]:
        """Names of all that it is made of."""
        router = [] if self.route_by == TRUTH else [self.route_by]
        return [*router, *self.specialists, *([self.otherwise] if self.otherwise else [])]


def needed(parameters: dict[str, Any], names: Iterable[str]) -> tuple[list[str], list[str]]:
    """Return all that some systems are made of: keys of `models`, and keys of `systems`.

    Models are in the order of params.yaml, compositions behind what they are made of.

    Args:
        parameters: params.yaml, as read.
        names: Names of systems.

    Raises:
        PipelineError: As for `compositions`.
    """
    names = list(names)
    sections = compositions(parameters, names)
    models = _models_in(names, sections)
    return [name for name in value_at(parameters, "models") if name in models], list(sections)


def compositions(parameters: dict[str, Any], names: Iterable[str]) -> dict[str, Mean | Route]:
    """Return those of some systems that are composed, and of their parts, `all` written out.

    Args:
        parameters: params.yaml, as read.
        names: Names of systems, those of a run.

    Returns:
        Entries of `systems` by name, each behind what it is made of.

    Raises:
        PipelineError: An entry is not valid, names what does not exist, is made of itself, or of
            systems that do not fit together.
    """
    names = list(names)
    _require_table(parameters)
    sections = _in_order(parameters, names)
    parts = Parts.read(parameters)
    run = _models_in(names, sections) - sections.keys()
    for name, section in sections.items():
        where = f"systems.{name}"
        if isinstance(section, Route):
            parts.systems[name] = parts.route(section, where)
            continue
        if section.mean_of == "all":
            every = parts.of_all_radiographs(run, headline_target(parameters))
            sections[name] = section.model_copy(update={"mean_of": every})
        parts.systems[name] = parts.mean(sections[name].parts, f"{where}.mean_of")
    return sections


def is_oracle(parameters: dict[str, Any], name: str) -> bool:
    """Say whether a system is told what nobody knows: it is judged, and never used."""
    entry = value_at(parameters, "systems").get(name)
    return isinstance(entry, dict) and entry.get("route_by") == TRUTH


def _require_table(parameters: dict[str, Any]) -> None:
    models, systems = value_at(parameters, "models"), value_at(parameters, "systems")
    if not isinstance(systems, dict):
        raise PipelineError(f"{PATH}: systems is {systems!r}; expected {{}}, or entries {EXAMPLE}")
    for name in [*models, *systems]:
        if "." in name or name in {TRUTH, "all"}:
            raise PipelineError(f"{PATH}: a system cannot be called {name!r}: rename it")
    for name in systems:
        if name in models:
            raise PipelineError(f"{PATH}: {name} is a key of models and of systems: rename one")


def _section(parameters: dict[str, Any], name: str) -> Mean | Route:
    entry, where = value_at(parameters, "systems", name), f"systems.{name}"
    kinds = [kind for kind in ("mean_of", "route_by") if isinstance(entry, dict) and kind in entry]
    if len(kinds) != 1:
        raise PipelineError(
            f"{PATH}: {where} is {entry!r}; expected either mean_of or route_by, {EXAMPLE}"
        )
    return (Mean if kinds == ["mean_of"] else Route).parse(entry, where)


def _in_order(parameters: dict[str, Any], names: Iterable[str]) -> dict[str, Mean | Route]:
    """Return entries of `systems`, and those that they are made of, each behind its parts."""
    entries = value_at(parameters, "systems")
    ordered: dict[str, Mean | Route] = {}

    def visit(name: str, above: tuple[str, ...]) -> None:
        if name in above:
            circle = " of ".join([*above[above.index(name) :], name])
            raise PipelineError(f"{PATH}: systems.{name} is made of itself, {circle}: mend one")
        if name in entries and name not in ordered:
            section = _section(parameters, name)
            for part in section.parts:
                visit(part, (*above, name))
            ordered[name] = section

    for name in names:
        visit(name, ())
    return ordered


def _models_in(names: Iterable[str], sections: dict[str, Mean | Route]) -> set[str]:
    """Return the models among systems and what they are made of, and some names of no model."""
    parts = (part for section in sections.values() for part in section.parts)
    return {name.partition(".")[0] for name in (*names, *parts)}


def headline_target(parameters: dict[str, Any]) -> str:
    """Return the target of the headline; the first one where that is a mean of `all` itself."""
    name, parts = value_at(parameters, "model"), Parts.read(parameters)
    sections = _in_order(parameters, [name])
    while name in sections:
        # The last part of a route answers; of a mean each part has its target.
        name = sections[name].parts[-1] if sections[name].parts else ""
    if name in parts.per:
        return parts.per[name].target
    known = parts.systems.get(name)
    return known.target if known else str(next(iter(value_at(parameters, "targets"))))
