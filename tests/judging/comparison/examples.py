"""Models that the tests compare: predictions drawn at random, scored as the pipeline does."""

from functools import cache

import numpy as np
import pandas as pd

from fracture.artifacts.audit import Audit, Baseline
from fracture.artifacts.scores import Scores
from fracture.judging.comparison.systems import Measured, Scored, join, measure
from fracture.judging.evaluation import evaluate
from fracture.judging.sample import Sample
from fracture.targets import FRACTURE
from tests.judging.examples import EVALUATE
from tests.presenting.report.audits import make_audit

SECTION = EVALUATE.model_copy(
    update={
        "points": {"balanced": "youden", "half": 0.5},
        "draws": 200,
        "confidence": 0.95,
    }
)
SEED = 3
VALIDATION, TEST = 40, 80


def predictions(
    quality: float, noise: int, *, test_quality: float | None = None, seeds: int = 1
) -> pd.DataFrame:
    """Return predictions of 40 validation and 80 test radiographs in groups of two.

    Args:
        quality: Distance of the classes, in standard deviations.
        noise: Seed of what this model alone gets wrong.
        test_quality: Of the test part where it differs.
        seeds: Of the training.
    """
    n = VALIDATION + TEST
    labels = np.arange(n) // 2 % 5 < 2
    held = np.arange(n) >= VALIDATION
    distance = np.where(held & (test_quality is not None), test_quality or 0, quality)
    shared = np.random.default_rng(99).normal(size=n)
    tables = []
    for trained in range(seeds):
        own = np.random.default_rng([noise, trained]).normal(size=n)
        logits = distance * (labels - 0.5) + 0.6 * shared + 0.8 * own
        tables.append(
            pd.DataFrame(
                {
                    "seed": trained,
                    "trained_on": "",
                    "id": [f"r{i:03}" for i in range(n)],
                    "part": np.where(held, "test", "validation"),
                    "dataset": "synthetic",
                    "body_part": "hand",
                    "view": "",
                    "age": "",
                    "sex": "",
                    "flags": "",
                    "width": 100,
                    "height": 100,
                    "patient": "",
                    "study": "",
                    "group": [f"g{i // 2:03}" for i in range(n)],
                    "label": labels.astype(int),
                    "probability": np.round(1 / (1 + np.exp(-logits)), 6),
                }
            )
        )
    return pd.concat(tables, ignore_index=True)


def scored(model: str, table: pd.DataFrame) -> Scores:
    """Score predictions with 200 draws."""
    return evaluate(model, table, FRACTURE, SECTION, SEED)


def made(model: str, table: pd.DataFrame) -> Scored:
    """Return what earlier stages would leave of a model."""
    return join(scored(model, table), table)


@cache
def measured(model: str, quality: float, noise: int = 1, seeds: int = 1) -> Measured:
    """Return a model of this quality."""
    return measure(made(model, predictions(quality, noise, seeds=seeds)), SEED)


def sample(labels: list[int], probabilities: list[float], groups: list[int]) -> Sample:
    """Return a sample."""
    return Sample(
        np.array(labels, np.int64),
        np.array(probabilities),
        np.array(groups).astype(str).astype(object),
    )


def audit(column: str | None = "file_size", **more: float | None) -> Audit:
    """Return the audit of the test part of `predictions`; `more` changes both baselines."""
    counts: Baseline = {"n": TEST, "positives": int((np.arange(TEST) // 2 % 5 < 2).sum())}
    lookup = counts | {"auroc": 0.5, "auroc_low": 0.5, "auroc_high": 0.5} | more
    best = counts | {"validation_auroc": 0.7, "auroc": 0.6, "auroc_low": 0.5, "auroc_high": 0.7}
    none = dict.fromkeys(["validation_auroc", "auroc", "auroc_low", "auroc_high"])
    return make_audit(
        hash_lookup={"our_split": lookup, "shipped_split": lookup},
        best_shortcut={"column": column, **best, **({} if column else none), **more},
        best_prior={"column": None} | counts | none,
    )
