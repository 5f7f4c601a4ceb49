"""Synthetic predictions that the tests of the judging stages share."""

from typing import Any

import numpy as np
import pandas as pd
from scipy.special import softmax

from fracture.artifacts.predictions import COLUMNS
from fracture.artifacts.scores import Scores
from fracture.judging.evaluation import evaluate
from fracture.params.evaluate import Evaluate
from fracture.targets import FRACTURE, LABEL, PROBABILITY, Target

POINTS: dict[str, Any] = {
    "balanced": "youden",
    "sensitive": {"sensitivity": 0.9},
    "specific": {"specificity": 0.95},
    "half": 0.5,
}


def section(**changes: Any) -> Evaluate:
    plain = {
        "points": POINTS,
        "unsure": {"missed": 0.1, "false_alarms": 0.2},
        "draws": 200,
        "confidence": 0.95,
        "age_bands": [18],
        "least_subgroup": 10,
        "mark_share": 0.5,
        "small_fracture": 30,
    }
    return Evaluate.parse(plain | changes, "")


def predictions(
    validation: int = 60, test: int = 120, separation: float = 1.5, seed: int = 0
) -> pd.DataFrame:
    """Draw predictions of two radiographs a group; `separation` 0 is chance.

    Studies are not named. A third is fractured; both views are frontal or lateral, every third
    group's are large and of a hand, all others small and of a leg; the last group holds hardware.
    """
    generator = np.random.default_rng(seed)
    n = validation + test
    group = np.arange(n) // 2
    labels = (group % 3 == 0).astype(int)
    logits = separation * (labels - 0.5) + generator.normal(size=n)
    table = pd.DataFrame(
        {
            "seed": 0,
            "trained_on": "",
            "id": [f"radiograph{index:04}" for index in range(n)],
            "part": ["validation"] * validation + ["test"] * test,
            "dataset": "synthetic",
            "body_part": np.where(group % 4 == 0, "hand", "leg"),
            "view": np.where(np.arange(n) % 2 == 0, "frontal", "lateral"),
            "age": np.where(group % 2 == 0, "10", "40.5"),
            "sex": "",
            "flags": np.where(group == group.max(initial=0), "hardware;multiscan", ""),
            "width": np.where(group % 4 == 0, 2000, 400),
            "height": 500,
            "patient": [f"patient{index:04}" for index in group],
            "study": "",
            "group": [f"patient{index:04}" for index in group],
            "label": labels,
            "probability": (1 / (1 + np.exp(-logits))).astype(np.float32),
        }
    )
    return table[[*COLUMNS, "probability"]]


def mura(seed: int = 0) -> pd.DataFrame:
    """Draw predictions of 90 studies of one to three radiographs, laid out as MURA's."""
    generator = np.random.default_rng(seed)
    sizes = generator.integers(1, 4, 90)
    study = np.repeat(np.arange(90), sizes)
    table = predictions(validation=0, test=len(study), seed=seed)
    positive = (study % 2 == 0).astype(int)
    logits = 2.0 * (positive - 0.5) + generator.normal(size=len(study))
    patient = study // 3  # of three studies each
    return table.assign(
        dataset="mura",
        part=np.where(patient < 12, "validation", "test"),
        body_part="WRIST",
        view="",
        patient=[f"patient{index:05}" for index in patient],
        group=[f"patient{index:05}" for index in patient],
        study=[f"patient{index // 3:05}/study{index % 3 + 1}" for index in study],
        fractured=positive,
        probability=1 / (1 + np.exp(-logits)),
    )


PARTS = Target("body_part", "body_part", ("hand", "hip", "leg", "shoulder"))


def parts(
    validation: int = 80, test: int = 160, seed: int = 0, classes: tuple[str, ...] = PARTS.classes
) -> pd.DataFrame:
    """Draw predictions of the body part; two radiographs a group, each group of one part."""
    generator = np.random.default_rng(seed)
    table = predictions(validation, test, seed=seed).drop(columns=PROBABILITY)
    labels = (np.arange(len(table)) // 4 % len(classes)).astype(int)
    logits = 2.5 * np.eye(len(classes))[labels] + generator.normal(size=(len(table), len(classes)))
    names = [f"{PROBABILITY}_{name}" for name in classes]
    probabilities = pd.DataFrame(softmax(1.5 * logits, axis=1).astype(np.float32), columns=names)
    return pd.concat(
        [table.assign(body_part=np.array(classes)[labels], **{LABEL: labels}), probabilities],
        axis=1,
    )


def scores(table: pd.DataFrame | None = None, **changes: Any) -> Scores:
    """Score `predictions`, or another table of them, as a model's."""
    rows = predictions() if table is None else table
    return evaluate("small", rows, FRACTURE, section(**changes), seed=0)
