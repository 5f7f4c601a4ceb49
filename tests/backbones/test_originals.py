"""Every backbone computes what its original computes, from the radiograph on.

originals.csv has values of the originals' maps, with the same drawn weights and radiographs;
`python -m benchmarks.originals PYTHON --values tests/backbones/originals.csv` writes them. With
`ORIGINALS=../originals/bin/python`, an environment that has the originals, these compute again.
"""

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pandas as pd
import pytest

from benchmarks.originals.cases import CASES
from benchmarks.originals.compare import TOLERANCE, compare, our_map, sample
from fracture.backbones.scaling import STANDARD, SYMMETRIC
from fracture.backbones.table import BACKBONES

PYTHON = os.environ.get("ORIGINALS")


def stored(case: str) -> list[float]:
    """Return the deviation of the original's map, and some of its values."""
    table = pd.read_csv(Path(__file__).with_name("originals.csv"), header=None, index_col=0)
    return list(table.loc[case].to_numpy(float))


def distance(case: str) -> float:
    """Return how far ours lies from the stored values, in deviations of the original's map."""
    deviation, *values = stored(case)
    maps, _ = our_map(case, CASES[case].sizes[0])
    differences = np.subtract(sample(maps), [deviation, *values])
    return float(np.abs(differences).max() / deviation)


def test_every_backbone_but_our_own_has_an_original() -> None:
    assert {case.backbone for case in CASES.values()} == {*BACKBONES} - {"deepconvnet"}


@pytest.mark.parametrize("case", CASES)
def test_our_map_has_the_values_of_the_original(case: str) -> None:
    assert distance(case) < TOLERANCE


def test_another_scaling_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    row = BACKBONES["mobilenet_v2"]
    assert row.scaling == SYMMETRIC
    monkeypatch.setitem(BACKBONES, "mobilenet_v2", replace(row, scaling=STANDARD))
    assert distance("timm.mobilenetv2_100") > 100 * TOLERANCE


def test_another_epsilon_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    normalization = keras.layers.BatchNormalization

    def pytorchs(**options: Any) -> keras.Layer:
        return normalization(**options | {"epsilon": 1e-5})

    monkeypatch.setattr("keras.src.layers.BatchNormalization", pytorchs)
    assert distance("timm.mobilenetv2_100") > 10 * TOLERANCE


@pytest.mark.skipif(not PYTHON, reason="needs PyTorch and the originals, see this file")
@pytest.mark.parametrize("case", CASES)
def test_the_original_computes_the_same(case: str, tmp_path: Path) -> None:
    difference, maps = compare(str(PYTHON), case, CASES[case].sizes[0], tmp_path)
    assert max(difference.maps, difference.pooled) < TOLERANCE
    np.testing.assert_allclose(sample(maps), stored(case), atol=TOLERANCE * float(maps.std()))
