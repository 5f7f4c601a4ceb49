"""A run of two steps: what `compose` and `evaluate` would leave of it, and how it is judged."""

from collections.abc import Mapping
from functools import cache
from typing import Any

import pandas as pd

from fracture.artifacts.trained import Trained
from fracture.artifacts.two_step import TwoStep
from fracture.judging.comparison.systems import join, measure
from fracture.judging.evaluation import evaluate
from fracture.judging.two_step import Run, judge_two_steps
from fracture.params.systems import Mean, Route
from fracture.systems.composing import compose
from fracture.systems.predicted import Predicted
from fracture.targets import FRACTURE
from tests.judging.examples import EVALUATE
from tests.systems.examples import BODY_PART, MODELS, TABLES, fractures, parts, predicted, trained

SEED = 5
PLAIN = {"backbone": "vgg16", "variant": "plain", "target": "fractured", "learning_rate": 0.1}
MODEL_ENTRIES: dict[str, Any] = {
    "chance": PLAIN | {"learning_rate": 0.2},
    "shared": PLAIN,
    "weak": PLAIN | {"backbone": "mobilenet"},
    "hand": PLAIN | {"where": {"body_part": "hand"}},
    "special": PLAIN | {"per": {"body_part": 20}},
    "both": PLAIN | {"also": {"body_part": 0.3}},
    "bone_type": PLAIN | {"target": "body_part"},
    "again": PLAIN | {"target": "body_part"},
    "wrong": PLAIN | {"target": "body_part"},
}
BOTH = {
    ("both", "fractured"): fractures(1.5, 11),
    ("both", "body_part"): parts(2.0, 12),
}


def route(by: str, routing: str = "hard", **changed: Any) -> Route:
    """Return an entry of `systems`."""
    entry = {"route_by": by, "to": "special", "otherwise": "shared", "least": 0.0}
    return Route.parse(entry | {"routing": routing} | changed, "systems.route")


ROUTES: dict[str, Mean | Route] = {
    "perfect": route("truth"),
    "soft": route("bone_type", "soft"),
    "hard": route("bone_type"),
}


def given(
    tables: Mapping[tuple[str, str], pd.DataFrame] = {}, trainings: Mapping[str, Trained] = {}
) -> Predicted:
    """Return what the networks say: those of tests/systems/examples.py, and one of both targets.

    Args:
        tables: Predictions in place of those there.
        trainings: What training left, in place of what is there.
    """
    models = MODELS | {"both": trained(FRACTURE, BODY_PART), **trainings}
    return predicted(models, {**TABLES, **BOTH, **tables})


def make_run(
    sections: Mapping[str, Mean | Route] = ROUTES,
    tables: Mapping[tuple[str, str], pd.DataFrame] = {},
    trainings: Mapping[str, Trained] = {},
) -> Run:
    """Return a run with these compositions and all models of tests/systems/examples.py.

    Args:
        sections: Entries of `systems`.
        tables: Predictions in place of those there.
        trainings: What training left, in place of what is there.
    """
    networks = given(tables, trainings)
    made = compose(networks, dict.fromkeys(networks.models, "a network"), sections)
    joined = {}
    for name, system in made.items():
        table = networks.table(system)
        target = system.target.target
        scores = evaluate(name, table, target, EVALUATE, SEED, system.where)
        joined[name] = join(scores, table)
    measured = {name: measure(each, SEED) for name, each in joined.items()}
    return Run(made, MODEL_ENTRIES, joined, measured, EVALUATE, SEED)


@cache
def judged() -> TwoStep:
    """Return the only two-step system of the run."""
    (found,) = judge_two_steps(make_run())
    return found
