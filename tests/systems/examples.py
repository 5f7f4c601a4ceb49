"""What networks of a small run say: three body parts, a router, specialists, shared models."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import expit, softmax

from fracture.artifacts.systems import System
from fracture.artifacts.trained import TargetRow, Trained
from fracture.params.systems import Mean, Route
from fracture.systems.composing import compose
from fracture.systems.predicted import Predicted, side_by_side
from fracture.targets import FRACTURE, Target

VALIDATION, TEST = 120, 90
N = VALIDATION + TEST
PARTS = ["foot", "hand", "leg"]
PART = np.array([PARTS[i % 3] for i in range(N)])
FRACTURED = (np.arange(N) % 5 < 2).astype(int)
BODY_PART = Target("body_part", "body_part", tuple(PARTS))

RADIOGRAPHS = pd.DataFrame(
    {
        "id": [f"r{i:03}" for i in range(N)],
        "part": np.where(np.arange(N) < VALIDATION, "validation", "test"),
        "dataset": "synthetic",
        "body_part": PART,
        "view": "",
        "age": "",
        "sex": "",
        "flags": "",
        "width": 100,
        "height": 80,
        "patient": "",
        "study": "",
        "group": [f"g{i // 2:03}" for i in range(N)],
    }
)


def trained(*targets: Target, seeds: tuple[int, ...] = (0,), **changed: object) -> Trained:
    """Return what training leaves of a model that predicts fractures, or other targets.

    Args:
        targets: What it predicts.
        seeds: Of the trainings.
        changed: Other fields of `Trained`.
    """
    rows = [TargetRow.of(target) for target in targets or (FRACTURE,)]
    plain = Trained(targets=rows, where={}, per="", kinds=[""], seeds=[*seeds], without={})
    return plain.model_copy(update=changed)


def fractures(
    separation: float, noise: int, *, scale: float = 1.0, seeds: tuple[int, ...] = (0,),
    kind: str = "",
) -> pd.DataFrame:  # fmt: skip
    """Draw predictions of fractures.

    Args:
        separation: Distance of the classes, in standard deviations; 0 is chance.
        noise: Seed of what this model gets wrong.
        scale: By which its logits are multiplied: above 1 it is too sure.
        seeds: Of the training.
        kind: What it was trained on: of all else it knows nothing.
    """
    tables = []
    for seed in seeds:
        known = np.where((kind == PART) | (kind == ""), separation, 0)
        logits = known * (FRACTURED - 0.5) + np.random.default_rng([noise, seed]).normal(size=N)
        tables.append(
            RADIOGRAPHS.assign(
                seed=seed,
                trained_on=kind,
                label=FRACTURED,
                probability=np.round(expit(scale * logits), 9),
            )
        )
    return pd.concat(tables, ignore_index=True)


def parts(separation: float, noise: int, *, shift: int = 0) -> pd.DataFrame:
    """Draw predictions of the body part.

    Args:
        separation: Of the true class's logit from the others.
        noise: Seed of what this model gets wrong.
        shift: 1 takes each part for the next one.
    """
    labels = np.arange(N) % 3
    logits = np.random.default_rng(noise).normal(size=(N, 3))
    logits += separation * np.eye(3)[(labels + shift) % 3]
    columns = dict(zip(BODY_PART.columns, np.round(softmax(logits, axis=1), 9).T, strict=True))
    return RADIOGRAPHS.assign(seed=0, trained_on="", label=labels, **columns)


MODELS = {
    "shared": trained(),
    "weak": trained(),
    "chance": trained(),
    "special": trained(per="body_part", kinds=["foot", "hand"], without={"leg": "3 fractured"}),
    "hand": trained(where={"body_part": "hand"}),
    "bone_type": trained(BODY_PART),
    "again": trained(BODY_PART),
    "wrong": trained(BODY_PART),
}
TABLES = {
    ("shared", "fractured"): fractures(2, 1, scale=3),
    ("weak", "fractured"): fractures(1, 2, scale=0.5),
    ("chance", "fractured"): fractures(0, 3),
    ("special", "fractured"): pd.concat(
        [fractures(4, 4, kind="foot"), fractures(4, 5, kind="hand")]
    ),
    ("hand", "fractured"): fractures(4, 5, kind="hand").assign(trained_on=""),
    ("bone_type", "body_part"): parts(2.5, 6),
    ("again", "body_part"): parts(1.0, 7),
    ("wrong", "body_part"): parts(30, 8, shift=1),
}  # fmt: skip


def predicted(
    models: Mapping[str, Trained] = MODELS,
    tables: Mapping[tuple[str, str], pd.DataFrame] = TABLES,
) -> Predicted:
    """Return what the networks of the run say."""
    return side_by_side(models, tables)


ALL = predicted()
TWO_STEP = {
    "route_by": "bone_type", "to": "special", "otherwise": "shared", "routing": "hard", "least": 0,
}  # fmt: skip


def composed(given: Predicted = ALL, **sections: dict[str, Any]) -> dict[str, System]:
    """Compose systems of these entries of `systems`, beside the models."""
    words = dict.fromkeys(given.models, "a model")
    kinds = {
        name: (Mean if "mean_of" in entry else Route).parse(entry, name)
        for name, entry in sections.items()
    }
    return compose(given, words, kinds)


def says(system: System, given: Predicted = ALL) -> Any:
    """Return the probabilities of a system in the order of `RADIOGRAPHS`."""
    table = given.table(system).set_index("id").loc[RADIOGRAPHS["id"]]
    return table[system.target.target.columns].to_numpy().squeeze()


def model(name: str) -> Any:
    """Return what a model says of fractures, in the order of `RADIOGRAPHS`."""
    return TABLES[name, "fractured"]["probability"].to_numpy()
