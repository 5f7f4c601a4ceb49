"""Synthetic predictions that the tests of the judging stages share."""

import numpy as np
import pandas as pd

from stages.artifacts.predictions import COLUMNS


def predictions(
    validation: int = 60, test: int = 120, separation: float = 1.5, seed: int = 0
) -> pd.DataFrame:
    """Draw predictions of two radiographs a group; `separation` 0 is chance."""
    generator = np.random.default_rng(seed)
    n = validation + test
    groups = [f"patient{index // 2:04}" for index in range(n)]
    labels = (np.arange(n) // 2 % 3 == 0).astype(int)
    logits = separation * (labels - 0.5) + generator.normal(size=n)
    table = pd.DataFrame(
        {
            "id": [f"radiograph{index:04}" for index in range(n)],
            "part": ["validation"] * validation + ["test"] * test,
            "dataset": "synthetic",
            "body_part": "hand",
            "patient": groups,
            "study": groups,
            "group": groups,
            "fractured": labels,
            "probability": (1 / (1 + np.exp(-logits))).astype(np.float32),
        }
    )
    return table[COLUMNS]
