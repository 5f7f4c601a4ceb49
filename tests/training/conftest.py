"""A handful of packed radiographs with a learnable difference, and settings to train on them."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from fracture.artifacts.arrays import COLUMNS, PackedImages
from fracture.params.train import Train, merge, training_of
from tests.conftest import FROM_SCRATCH

SIZE = 32


@pytest.fixture
def packed() -> PackedImages:
    """Return squares of the size that most tests use."""
    return squares(SIZE)


def squares(size: int) -> PackedImages:
    """Return 40 noisy squares; those called fractured have a dark line across."""
    random = np.random.default_rng(0)
    fractured = np.arange(40) % 2
    images = random.integers(120, 160, (40, size, size, 1), np.uint8)
    middle = size // 2
    images[fractured == 1, middle - 2 : middle + 2] = 20
    part = np.repeat(["train", "validation", "test"], [24, 8, 8])
    ids = [f"{i:03}" for i in range(40)]
    table = pd.DataFrame({"id": ids, "part": part, "fractured": fractured, "dataset": "synthetic"})
    table[[column for column in COLUMNS if column not in table]] = ""
    return PackedImages(images, table.assign(width=size, height=size, boxes="[]"))


@pytest.fixture
def demo(parameters: dict[str, Any]) -> dict[str, Any]:
    """Return the demo recipe's `train` section with a small batch, for the whole network."""
    section: dict[str, Any] = training_of(parameters, "demo")
    section = merge(section, FROM_SCRATCH)
    return merge(section, {"batch_size": 8, "frozen": {"epochs": 0}, "finetune": {"epochs": 2}})


def settings(section: dict[str, Any], **overrides: Any) -> Train:
    """Return the section with overrides, validated."""
    return Train.model_validate(merge(section, overrides))
