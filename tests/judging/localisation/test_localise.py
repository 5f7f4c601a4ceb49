from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from fracture.artifacts import localisation
from fracture.artifacts.localisation import Localisation
from fracture.artifacts.row import Estimate
from fracture.judging.localisation import estimate_means, localise, with_boxes
from fracture.params.evaluate import Evaluate
from tests.judging.localisation.examples import packed

SECTION = Evaluate(points={"half": 0.5}, draws=400, confidence=0.9, age_bands=())


def on_the_box(count: int) -> np.ndarray:
    """Return heat, (count, 8, 8), in two cells that lie in the box of the examples."""
    heat = np.zeros((count, 8, 8), np.float32)
    heat[:, 2:4, 1:3] = 1
    return heat


def localised(heat: np.ndarray, untrained: np.ndarray) -> Localisation:
    systems = {"network": heat, "random_weights": untrained}
    return localise("small", packed(), systems, SECTION, seed=0)


def test_fractured_test_radiographs_with_boxes_are_measured() -> None:
    data = packed()
    assert with_boxes(data).tolist() == [13, 15, 17, 19, 21, 23]
    data.table.loc[15, "boxes"] = "[]"
    assert with_boxes(data).tolist() == [13, 17, 19, 21, 23]


def test_heat_on_the_box_hits_and_none_misses() -> None:
    result = localised(on_the_box(6), np.zeros((6, 8, 8), np.float32))
    assert (result.n, result.groups, result.empty, result.empty_random_weights) == (6, 3, 0, 6)
    assert result.box_area == Estimate(value=0.0625, low=0.0625, high=0.0625)
    assert result.pointing.network == Estimate(value=1, low=1, high=1)
    assert result.pointing.random_weights.value == 0
    assert result.pointing.centred_blob.value == 0
    assert result.pointing.gain["random_weights"].value == 1
    # Along each axis bilinear interpolation gives 5, 7, 8, 8, 8, 8, 7, 5 eighths inside, and 3 and
    # 1 on each side: seven eighths of the heat lie inside.
    assert result.energy.network.value == pytest.approx(49 / 64)
    # The Gaussian's mass in the box is the product of two differences of its distribution.
    ends = stats.norm.cdf((np.array([4, 12, 8, 16]) - 16) / 8)
    whole = stats.norm.cdf(2) - stats.norm.cdf(-2)
    mass = (ends[1] - ends[0]) * (ends[3] - ends[2]) / whole**2
    assert result.energy.centred_blob.value == pytest.approx(mass, rel=0.02)


def test_a_gain_is_the_difference_radiograph_by_radiograph() -> None:
    heat = on_the_box(6)
    some = heat.copy()
    some[::2] = some[::2, ::-1, ::-1]  # every second one points elsewhere
    result = localised(heat, some)
    assert result.pointing.random_weights.value == pytest.approx(0.5)
    gain = result.pointing.gain["random_weights"]
    assert gain.value == pytest.approx(0.5)
    # The network hits always: the gain is 1 less the control, in every draw.
    control = result.pointing.random_weights
    assert (gain.low, gain.high) == (1 - (control.high or 0), 1 - (control.low or 0))


def test_without_boxes_every_estimate_is_undefined(tmp_path: Path) -> None:
    result = localise("small", packed(boxes=False), {}, SECTION, seed=0)
    assert (result.n, result.groups, result.empty) == (0, 0, 0)
    assert result.box_area == result.energy.gain["centred_blob"] == Estimate(value=None)
    localisation.write(result, tmp_path / "small.json")
    text = (tmp_path / "small.json").read_text()
    assert Localisation.model_validate_json(text) == result


def test_intervals_are_those_of_scipys_bootstrap() -> None:
    values = np.random.default_rng(0).gamma(2, size=60)
    many = Evaluate(points={"half": 0.5}, draws=4000, confidence=0.95, age_bands=())
    groups = np.arange(60).astype(str).astype(object)
    found = estimate_means(pd.DataFrame({"energy": values}), groups, many, 0)["energy"]
    expected = stats.bootstrap(
        (values,), np.mean, n_resamples=4000, method="percentile", rng=1
    ).confidence_interval
    assert found.value == pytest.approx(values.mean(), abs=1e-6)
    assert (found.low, found.high) == pytest.approx(tuple(expected), abs=0.03)


def test_one_group_has_no_interval() -> None:
    table = pd.DataFrame({"energy": [0.25, 0.75]})
    found = estimate_means(table, np.array(["a", "a"], object), SECTION, 0)
    assert found == {"energy": Estimate(value=0.5)}
