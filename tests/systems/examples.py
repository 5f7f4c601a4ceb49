"""Predictions of models that the tests of the ensembles share."""

import numpy as np
import pandas as pd
from scipy.special import expit

VALIDATION, TEST = 60, 40


def predictions(
    separation: float, noise: int, *, scale: float = 1.0, seeds: tuple[int, ...] = (0,)
) -> pd.DataFrame:
    """Draw predictions of 60 validation and 40 test radiographs, the same for every model.

    Args:
        separation: Distance of the classes, in standard deviations; 0 is chance.
        noise: Seed of what this model gets wrong.
        scale: By which its logits are multiplied: above 1 it is too sure.
        seeds: Of the training.
    """
    n = VALIDATION + TEST
    labels = (np.arange(n) % 5 < 2).astype(int)
    tables = []
    for seed in seeds:
        logits = separation * (labels - 0.5) + np.random.default_rng([noise, seed]).normal(size=n)
        tables.append(
            pd.DataFrame(
                {
                    "seed": seed,
                    "trained_on": "",
                    "id": [f"r{i:03}" for i in range(n)],
                    "part": np.where(np.arange(n) < VALIDATION, "validation", "test"),
                    "dataset": "synthetic",
                    "body_part": "hand",
                    "view": "",
                    "flags": "",
                    "width": 100,
                    "height": 80,
                    "patient": "",
                    "study": "",
                    "group": [f"g{i // 2:03}" for i in range(n)],
                    "label": labels,
                    "probability": np.round(expit(scale * logits), 9),
                }
            )
        )
    return pd.concat(tables, ignore_index=True)


def library() -> dict[str, pd.DataFrame]:
    """Return two models that are good and err apart, a weak one, and one at chance."""
    return {
        "chance": predictions(0.0, 1),
        "good": predictions(2.0, 2, scale=5.0),
        "weak": predictions(0.5, 3),
        "other": predictions(2.0, 4, scale=0.5),
    }
