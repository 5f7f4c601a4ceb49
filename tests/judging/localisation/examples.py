"""Packed radiographs with fracture boxes that the tests of this stage share."""

import json

import numpy as np
import pandas as pd

from fracture.artifacts.arrays import COLUMNS, PackedImages

SIZE = 32
BOX = [4.0, 8.0, 12.0, 16.0]
"""Left, top, right, bottom: a sixteenth of the radiograph."""


def packed(n: int = 24, boxes: bool = True, seed: int = 0) -> PackedImages:
    """Return noisy squares, every second one fractured, two of a group, the last half for test."""
    fractured = np.arange(n) % 2
    table = pd.DataFrame(
        {
            "id": [f"radiograph{index:03}" for index in range(n)],
            "part": np.repeat(["train", "validation", "test"], [n // 4, n // 4, n - n // 4 * 2]),
            "fractured": fractured,
            "dataset": "synthetic",
            "body_part": "hand",
            "view": "",
            "age": "",
            "sex": "",
            "flags": "",
            "width": SIZE,
            "height": SIZE,
            "patient": "",
            "study": "",
            "group": [f"group{index // 4:03}" for index in range(n)],
            "labels": "[]",
            "boxes": [json.dumps([BOX] if label and boxes else []) for label in fractured],
        }
    )
    random = np.random.default_rng(seed)
    images = random.integers(0, 256, (n, SIZE, SIZE, 1), np.uint8)
    return PackedImages(images, table[COLUMNS])
