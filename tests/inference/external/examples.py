"""A model that calls bright radiographs fractured, its home, and a data set that it never saw."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
from PIL import Image

from fracture.artifacts import predictions
from fracture.artifacts.scores import Level, Scores, SeedScores, Spread
from fracture.judging.bootstrap import Bootstrap
from fracture.judging.judge import Calibrated, judge
from fracture.judging.sample import select_part
from fracture.targets import CLASSES

SIDE, DRAWS, CONFIDENCE = 64, 200, 0.95
THRESHOLDS = {"balanced": 0.5, "sensitive": 0.3}


class Brightness:
    """Stands for a network: the probability of a fracture is the mean grey level."""

    def __init__(self, size: int = 16) -> None:
        self.input_shape = (None, size, size, 1)

    def predict_on_batch(self, images: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
        assert images.shape[1:] == self.input_shape[1:]
        return (images.mean(axis=(1, 2, 3), dtype=np.float32) / 255)[:, None]


def pixels(level: int, seed: int) -> npt.NDArray[np.uint8]:
    """Return noise around a grey level, uint8 (64, 64)."""
    noise = np.random.default_rng(seed).integers(-30, 31, (SIDE, SIDE))
    return np.clip(level + noise, 0, 255).astype(np.uint8)


def save(path: Path, level: int, seed: int) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels(level, seed)).save(path)
    return path


def lay_out(root: Path, levels: Mapping[str, int]) -> Path:
    """Write an image of each grey level at each path below the root."""
    for seed, (path, level) in enumerate(levels.items()):
        save(root / path, level, seed)
    return root


def hospital(root: Path) -> Path:
    """Write a data set on which brightness tells less than at home: AUROC 13 / 16."""
    fractured = {f"fractured/{n}.png": level for n, level in enumerate((200, 180, 90, 160))}
    normal = {f"normal/{n}.png": level for n, level in enumerate((60, 80, 170, 110))}
    return lay_out(root, fractured | normal)


def table(seed: int = 0) -> pd.DataFrame:
    """Return predictions at home: 24 radiographs of each part, in pairs of a patient."""
    rows: list[dict[str, object]] = []
    for part in ("validation", "test"):
        generator = np.random.default_rng(seed)
        for number in range(24):
            label = number % 2
            rows.append(
                dict.fromkeys([*predictions.COLUMNS, "probability"], "")
                | {
                    "seed": seed,
                    "trained_on": "",
                    "id": f"{part}{number:02}",
                    "part": part,
                    "dataset": "synthetic",
                    "width": 64,
                    "height": 64,
                    "group": f"{part}{number // 4}",
                    "label": label,
                    "probability": round(
                        float(
                            generator.uniform(0.3, 0.8) if label else generator.uniform(0.1, 0.5)
                        ),
                        6,
                    ),
                }
            )
    return pd.DataFrame(rows)


def scores(model: str, dataset: str = "synthetic") -> Scores:
    """Return the scores of `table`, at a temperature and thresholds of the tests' own."""
    validation, test = (
        judge(
            [Calibrated(select_part(table(), part), 2.0, THRESHOLDS)],
            Bootstrap(DRAWS, CONFIDENCE, 0),
        )
        for part in ("validation", "test")
    )
    level = Level(temperature=2.0, thresholds=THRESHOLDS, validation=validation, test=test)
    auroc = test.scores["auroc"].value or 0
    return Scores(
        model=model,
        target="fractured",
        classes=list(CLASSES),
        where={},
        dataset=dataset,
        synthetic=dataset == "synthetic",
        headline="balanced",
        confidence=CONFIDENCE,
        draws=DRAWS,
        images=level,
        studies=None,
        unsure=None,
        subgroups={},
        least_subgroup=10,
        seeds={
            "0": SeedScores(validation_auroc=validation.scores["auroc"], auroc=test.scores["auroc"])
        },
        spread=Spread(mean=auroc, deviation=None, least=auroc, most=auroc),
        served=None,
        notes=[],
        footprint=None,
        localisation=None,
    )
