"""Systems of two steps, judged: who routes, each way to answer, and the differences."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, get_args

import numpy as np

from fracture.artifacts.row import Estimate
from fracture.artifacts.scores import Part, Scores
from fracture.artifacts.systems import System
from fracture.artifacts.two_step import Answering, Role, Router, Subgroup, TwoStep
from fracture.judging import multiclass
from fracture.judging.bootstrap import Bootstrap
from fracture.judging.comparison.comparing import pairs
from fracture.judging.comparison.systems import Measured, Scored, join, measure
from fracture.judging.evaluation import evaluate
from fracture.judging.judge import judge_by
from fracture.judging.logits import Probabilities, of_each_class
from fracture.judging.sample import Sample
from fracture.params.evaluate import Evaluate
from fracture.systems.formula import Leaf, Route, leaves_of, mean
from fracture.systems.formula import evaluate as evaluate_formula

SCORES = ("auroc", "sensitivity", "specificity", "accuracy")
"""Those that are told; of more than two classes there is no sensitivity or specificity."""
OF_DATA = {"target", "where", "per", "also"}
"""Settings of a model that say what it learns from, not how."""


@dataclass(frozen=True)
class Run:
    """What there is to judge.

    Attributes:
        made: What the systems are, by name.
        models: The section of params.yaml.
        joined: Scores and predictions of the systems that are compared.
        measured: The same, measured for comparison.
        section: Operating points and bootstrap, as the systems were scored with.
        seed: Of the bootstrap.
    """

    made: Mapping[str, System]
    models: dict[str, Any]
    joined: Mapping[str, Scored]
    measured: Mapping[str, Measured]
    section: Evaluate
    seed: int


def judge_two_steps(run: Run) -> list[TwoStep]:
    """Judge the routes of a run, those to the same specialists together.

    Beside them stand the networks that do without: one that has the specialists' backbone and
    variant and learnt from all radiographs, and one that learnt the router's target too. A route
    asks the networks of all training seeds, which together are better than each: so do these here.
    """
    found: dict[tuple[str, ...], list[System]] = {}
    for system in run.made.values():
        if system.kind == "route" and system.name in run.joined:
            where = (f"{column} {value}" for column, value in system.where.items())
            key = (system.target.name, *where, *sorted(_specialists(system)))
            found.setdefault(key, []).append(system)
    return [_judge(run, routes) for routes in found.values()]


def _judge(run: Run, routes: list[System]) -> TwoStep:
    """Judge routes to the same specialists.

    Args:
        run: What there is to judge.
        routes: One or more.
    """
    by_rank = sorted(routes, key=lambda route: -(_scores(run, route).validation_auroc.value or 0))
    best = next((route for route in by_rank if route.ranked), by_rank[0])
    column, router = _router(best, run.made)
    roles: dict[str, Role] = {route.name: _role(route) for route in routes}
    if (one := _one_network(run, best)) is not None:
        roles[one] = "one network"
    both = _of_both_targets(run, best, router.target.name) if router else []
    roles |= dict.fromkeys(both, "network of both targets")
    systems = sorted(roles, key=lambda name: get_args(Role).index(roles[name]))
    asked = dict.fromkeys(found.name for route in routes if (found := _router(route, run.made)[1]))
    judged = {name: _all_seeds(run, name) for name in systems}
    further = [f"{name}.{router.target.name}" for name in both] if router else []
    scores = _scores(run, best)
    formula = _formula(best)
    return TwoStep(
        target=best.target,
        column=column,
        best=best.name,
        specialists={name: _networks([node]) for name, node in formula.to.items()},
        otherwise=_networks([formula.otherwise] if formula.otherwise else []),
        basis=scores.basis,
        headline=scores.headline,
        synthetic=scores.synthetic,
        confidence=scores.confidence,
        routers=[
            _judge_router(run, name, name in asked, run.joined[best.name])
            for name in dict.fromkeys((*asked, *further))
        ],
        systems=[
            Answering(
                system=each.model,
                role=roles[name],
                one_by_one=None if each.model == name else run.joined[name].scores.auroc,
                scores=_told(each.scores, each.scores.images.test),
                subgroups=_subgroups(each.scores, column),
            )
            for name, each in judged.items()
        ],
        pairs=pairs([*judged.values()]),
    )


def _all_seeds(run: Run, name: str) -> Measured:
    """Measure what the networks of all training seeds of a system say together.

    Args:
        run: What there is to judge.
        name: Of the system; one of a single seed, such as a route, is measured already.
    """
    first, *others = run.joined[name].predictions.values()
    if not others:
        return run.measured[name]
    system = run.made[name]
    target = system.target.target
    said = [each[target.columns].to_numpy(np.float64) for each in (first, *others)]
    together = first.assign(**dict(zip(target.columns, mean_logit(said).T, strict=True)))
    label = f"{name} ({len(said)} trainings)"
    scores = evaluate(label, together, target, run.section, run.seed, system.where)
    return measure(join(scores, together), run.seed)


def _scores(run: Run, system: System) -> Scores:
    return run.joined[system.name].scores


def _formula(route: System) -> Route:
    assert isinstance(route.formula, Route)  # noqa: S101 - that of every route is one
    return route.formula


def _networks(nodes: Iterable[Any]) -> list[str]:
    """Return the models whose networks some formulas hold."""
    leaves = (leaf for node in nodes for leaf in leaves_of(node))
    return list(dict.fromkeys(leaf.network.partition("/")[0] for leaf in leaves))


def _specialists(route: System) -> list[str]:
    return _networks(_formula(route).to.values())


def _router(route: System, made: Mapping[str, System]) -> tuple[str, System | None]:
    """Return what a route tells apart, and the system that does; None where that is the truth."""
    router_formula = _formula(route).router
    if not route.ranked and isinstance(router_formula, Leaf):
        return router_formula.target, None
    router = made[route.parts[0]]
    return router.target.column, router


def _role(route: System) -> Role:
    if not route.ranked:
        return "perfect routing"
    return "soft routing" if _formula(route).soft else "hard routing"


def _alike(run: Run, route: System) -> list[str]:
    """Return models with the target of a route and the backbone and variant of its specialists.

    Those that share all other settings with the specialists stand first.
    """

    def how(model: str) -> dict[str, Any]:
        return {key: value for key, value in run.models[model].items() if key not in OF_DATA}

    wanted = how(_specialists(route)[0])
    found = [
        name
        for name, system in run.made.items()
        if system.kind == "model"
        and (system.target, system.where) == (route.target, route.where)
        and all(how(_model(name))[key] == wanted[key] for key in ("backbone", "variant"))
    ]
    return sorted(found, key=lambda name: how(_model(name)) != wanted)


def _model(system: str) -> str:
    return system.partition(".")[0]


def _one_network(run: Run, route: System) -> str | None:
    """Return the network that learnt the route's target alone; None where the run has none.

    Where none is like the specialists, it is the one that answers for classes without any.
    """
    last = run.made.get(route.parts[-1])
    alike = last and (last.kind, last.target, last.where) == ("model", route.target, route.where)
    found = [*_alike(run, route), *(route.parts[-1:] if alike else [])]
    return next((name for name in found if not run.models[_model(name)].get("also")), None)


def _of_both_targets(run: Run, route: System, target: str) -> list[str]:
    """Return the models that learnt the route's target and that of its router.

    Args:
        run: What there is to judge.
        route: With this router.
        target: Of the router.
    """
    return [name for name in _alike(run, route) if f"{name}.{target}" in run.joined]


def _judge_router(run: Run, name: str, routes: bool, routed: Scored) -> Router:
    """Return how often a system tells rightly of which class a radiograph is.

    Args:
        run: What there is to judge.
        name: Of the system.
        routes: Whether a route asks it.
        routed: A route, for the radiographs that are routed.
    """
    scored = run.joined[name]
    sample = pooled(scored.test)
    bootstrap = Bootstrap(scored.scores.draws, scored.scores.confidence, run.seed)
    known, asked = (
        set(each.radiographs.query("part == 'test'")["id"]) for each in (scored, routed)
    )
    return Router(
        system=name,
        routes=routes,
        classes=scored.scores.classes,
        n=len(sample.labels),
        others=len(asked - known),
        confusion=multiclass.confusion(sample)[0].tolist(),
        accuracy=judge_by(
            lambda one, weights: multiclass.accuracy(multiclass.confusion(one, weights)),
            sample,
            bootstrap,
        ),
    )


def pooled(samples: list[Sample]) -> Sample:
    """Return what the networks of all training seeds say together, as a route asks them.

    Args:
        samples: Of the same radiographs, one for each training seed.

    Returns:
        Probabilities of each class, also where there are two: those of the mean logit.
    """
    first = samples[0]
    together = mean_logit([each.probabilities for each in samples])
    return Sample(first.labels, of_each_class(together), first.groups)


def mean_logit(said: list[Probabilities]) -> Probabilities:
    """Return the probabilities of the mean logit of networks, in the shape of each.

    Args:
        said: Probabilities of the same radiographs, of one network or more.
    """
    leaves = [Leaf(network=str(number), target="") for number in range(len(said))]
    return evaluate_formula(mean([*leaves]), dict(zip(leaves, said, strict=True)))


def _told(scores: Scores, part: Part) -> dict[str, Estimate]:
    """Return the scores of `SCORES` that a part has, decisions as the headline says."""
    found = part.scores | (part.points[scores.headline].scores if scores.binary else {})
    return {name: found[name] for name in SCORES if name in found}


def _subgroups(scores: Scores, column: str) -> dict[str, Subgroup]:
    """Return the scores of test radiographs by what the router tells apart."""
    parts = scores.subgroups.get(column.replace("_", " "), {})
    return {
        value: Subgroup(n=part.n, counts=part.counts, scores=_told(scores, part))
        for value, part in parts.items()
    }
