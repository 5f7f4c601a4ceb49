"""Routes: a router, calibrated on validation, says which specialist answers."""

from collections.abc import Mapping

from fracture.artifacts.systems import System
from fracture.artifacts.trained import TargetRow
from fracture.console import PipelineError
from fracture.judging.temperature import fit_temperature
from fracture.params.parts import TRUTH
from fracture.params.section import PATH
from fracture.params.systems import Route as Section
from fracture.systems.formula import Node, Route, mean
from fracture.systems.means import require_same_classes
from fracture.systems.predicted import Predicted, truth

Systems = Mapping[str, System]


def compose_route(name: str, section: Section, systems: Systems, predicted: Predicted) -> System:
    """Return a route.

    Args:
        name: A key of `systems`.
        section: Its entry.
        systems: All that it may be made of.
        predicted: What their networks say.

    Raises:
        PipelineError: Nobody answers for a class of the router, or the parts do not fit.
    """
    router, classes, temperature = find_router(section, systems, predicted)
    specialists, targets = find_specialists(section, systems, predicted)
    otherwise = systems[section.otherwise] if section.otherwise else None
    if otherwise:
        targets[otherwise.name] = otherwise.target
    require_same_classes(name, targets)
    _require_answers(name, section, classes, specialists, predicted)
    to = {each: specialists[each] for each in classes if each in specialists}
    home = systems.get(section.otherwise or section.route_by)
    complete = len(to) == len(classes) and not section.least
    return System(
        name=name,
        kind="route",
        target=next(iter(targets.values())),
        where=home.where if home else {},
        made_of=in_words(section, classes, list(to), temperature),
        seeds=predicted.seeds,
        parts=section.parts,
        weights={},
        steps=[],
        ranked=section.route_by != TRUTH,
        formula=Route(
            router=router,
            classes=classes,
            temperature=temperature,
            to=to,
            otherwise=predicted.part(otherwise) if otherwise and not complete else None,
            soft=section.routing == "soft",
            least=section.least,
        ),
    )


def find_router(
    section: Section, systems: Systems, predicted: Predicted
) -> tuple[Node, list[str], float]:
    """Return the formula of the router, the classes that it tells apart, and its temperature.

    Args:
        section: The entry of the route.
        systems: All that it may be made of.
        predicted: What their networks say.
    """
    if section.route_by != TRUTH:
        system = systems[section.route_by]
        node = predicted.part(system)
        temperature = fit_temperature(predicted.validation(system, node))
        return node, system.target.classes, temperature
    if isinstance(section.to, str):
        column = predicted.models[section.to].per
    else:
        column = next(column for each in section.specialists for column in systems[each].where)
    return truth(column), sorted(set(predicted.radiographs[column])), 1.0


def find_specialists(
    section: Section, systems: Systems, predicted: Predicted
) -> tuple[dict[str, Node], dict[str, TargetRow]]:
    """Return the formula of the specialist of each class, and what each predicts, by its name.

    Args:
        section: The entry of the route.
        systems: All that it may be made of.
        predicted: What their networks say.
    """
    if not isinstance(section.to, str):
        nodes = {kind: predicted.part(systems[each]) for kind, each in section.to.items()}
        return nodes, {each: systems[each].target for each in section.specialists}
    trained = predicted.models[section.to]
    target = trained.targets[0]
    nodes = {
        kind: mean(list(predicted.networks(section.to, target.name, kind).values()))
        for kind in trained.kinds
    }
    return nodes, {section.to: target}


def _require_answers(
    name: str,
    section: Section,
    classes: list[str],
    specialists: Mapping[str, Node],
    predicted: Predicted,
) -> None:
    """Require that there are specialists, and that somebody answers for each class."""
    place = f"{PATH}: systems.{name}"
    unknown = [each for each in specialists if each not in classes]
    if len(unknown) == len(specialists) or (unknown and isinstance(section.to, dict)):
        raise PipelineError(
            f"{place}.to has a specialist for {', '.join(unknown)}, but {section.route_by} tells "
            f"apart {', '.join(classes)}: name specialists of these"
        )
    others = [each for each in classes if each not in specialists]
    if others and not section.otherwise:
        without = predicted.models[section.to].without if isinstance(section.to, str) else {}
        reasons = "; ".join(f"{each}: {without[each]}" for each in others if each in without)
        raise PipelineError(
            f"{place}.to has no specialist for {', '.join(others)}{reasons and f' ({reasons})'}, "
            f"which {section.route_by} tells apart: name a system under otherwise to answer there"
        )


def in_words(
    section: Section, classes: list[str], specialised: list[str], temperature: float
) -> str:
    """Say who answers for what.

    Args:
        section: The entry of the route.
        classes: That the router tells apart.
        specialised: Those of them that have a specialist.
        temperature: Of the router.
    """
    if section.route_by == TRUTH:
        router = "the true class, which nobody knows of a new radiograph,"
    else:
        router = f"{section.route_by} (temperature {temperature:.3f})"
    if isinstance(section.to, str):
        to = f"the networks of {section.to} for {', '.join(specialised)}"
    else:
        to = ", ".join(f"{section.to[each]} for {each}" for each in specialised)
    others = [f"for {each}" for each in classes if each not in specialised]
    if section.least:
        others.append(f"where the router is less sure than {section.least:g}")
    rest = f"; {section.otherwise} {', '.join(others)}" if others else ""
    return f"{router} routes, {section.routing}, to {to}{rest}"
