from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from fracture.artifacts import localisation
from fracture.artifacts.localisation import CURVE, Localisation
from fracture.artifacts.row import Estimate
from fracture.judging.bootstrap import Bootstrap, estimate, means
from fracture.judging.localisation import Localised, describe, localise, measured
from tests.judging.examples import EVALUATE
from tests.judging.localisation.examples import packed

SECTION = EVALUATE.model_copy(update={"draws": 400, "small_fracture": 10})
NONE = np.zeros((12, 8, 8), np.float32)


def on_the_box(count: int = 12) -> np.ndarray:
    """Return heat, (count, 8, 8), in two by two places that make the box of the examples.

    Of the n test radiographs every second one is fractured; on the others nothing is hot.
    """
    heat = np.zeros((count, 8, 8), np.float32)
    heat[1::2, 2:4, 1:3] = 1
    return heat


def localised(heat: np.ndarray, untrained: np.ndarray) -> Localised:
    systems = {"network": heat, "random_weights": untrained}
    return localise("small", describe(packed()), systems, "gradcam", SECTION, seed=0)


def test_fractured_ones_with_boxes_and_those_without_a_fracture_are_measured() -> None:
    data = packed()
    assert measured(data).tolist() == [*range(12, 24)]
    data.table.loc[15, "boxes"] = "[]"
    assert measured(data).tolist() == [12, 13, 14, 16, 17, 18, 19, 20, 21, 22, 23]
    assert measured(packed(boxes=False)).tolist() == []


def test_heat_on_the_box_hits_and_none_misses() -> None:
    result = localised(on_the_box(), NONE).summary
    assert (result.kind, result.n, result.fractures, result.normal) == ("gradcam", 6, 6, 6)
    assert (result.groups, result.empty, result.empty_random_weights) == (3, 0, 6)
    assert (result.small.n, result.small.fractures, result.small.side) == (6, 6, 10)
    assert result.box_area == Estimate(value=0.0625, low=0.0625, high=0.0625)
    # Exactly, all or none of three groups: 0.05 ** (1 / 3) at 90 %.
    whole, nothing = (
        Estimate(value=1, low=0.368403, high=1),
        Estimate(value=0, low=0, high=0.631597),
    )
    for measure in (
        result.pointing,
        *result.sensitivity.values(),
        result.average_precision,
        result.small.pointing,
        *result.small.sensitivity.values(),
    ):
        assert (measure.network, measure.random_weights) == (whole, nothing)
        assert measure.gain["random_weights"] == Estimate(value=1, low=1, high=1)
        assert measure.gradcam is None
        assert measure.centred_blob == nothing
    # Along each axis bilinear interpolation gives 5, 7, 8, 8, 8, 8, 7, 5 eighths inside, and 3 and
    # 1 on each side: seven eighths of the heat lie inside.
    assert result.energy.network.value == pytest.approx(49 / 64)
    # The Gaussian's mass in the box is the product of two differences of its distribution.
    ends = stats.norm.cdf((np.array([4, 12, 8, 16]) - 16) / 8)
    whole_mass = stats.norm.cdf(2) - stats.norm.cdf(-2)
    mass = (ends[1] - ends[0]) * (ends[3] - ends[2]) / whole_mass**2
    assert result.energy.centred_blob.value == pytest.approx(mass, rel=0.02)


def test_false_marks_of_all_radiographs_count() -> None:
    heat = on_the_box()
    heat[:9, 6, 6] = 2  # before the fracture in nine of twelve, five of them without a fracture
    result = localised(heat, NONE).summary
    # 9 of 12 are 0.75 a radiograph, all of equal heat: at 0.5 none is passed, at 1 all are.
    found = {rate: measure.network.value for rate, measure in result.sensitivity.items()}
    assert found == {"0.1": 0, "0.5": 0, "1": 1}
    # The hottest pixel lies in a box where the radiograph is one of the last two fractured ones.
    assert result.pointing.network.value == pytest.approx(1 / 3, abs=1e-6)
    # 9 false boxes, then 6 right ones together: precision 6 / 15 at every recall.
    assert result.average_precision.network.value == pytest.approx(0.4)


def test_large_fractures_do_not_count_as_small() -> None:
    section = SECTION.model_copy(update={"small_fracture": 8})  # the side of the boxes is 8
    systems = {"network": on_the_box(), "random_weights": NONE}
    small = localise("small", describe(packed()), systems, "gradcam", section, seed=0).summary.small
    assert (small.n, small.fractures) == (0, 0)
    assert (
        small.pointing.network
        == small.sensitivity["1"].gain["centred_blob"]
        == Estimate(value=None)
    )


def test_a_fracture_map_stands_beside_grad_cam() -> None:
    heat = {"network": on_the_box(), "gradcam": NONE, "random_weights": NONE}
    result = localise("small", describe(packed()), heat, "map", SECTION, seed=0)
    assert result.summary.kind == "map"
    assert result.summary.pointing.gradcam == Estimate(value=0, low=0, high=0.631597)
    assert result.summary.sensitivity["0.5"].gain["gradcam"] == Estimate(value=1, low=1, high=1)
    assert [*result.summary.energy.gain] == ["gradcam", "random_weights", "centred_blob"]
    assert [name for name, _ in result.summary.energy.others] == [*result.summary.energy.gain]


def test_a_gain_is_the_difference_draw_by_draw() -> None:
    heat = on_the_box()
    some = heat.copy()
    some[1::4] = some[1::4, ::-1, ::-1]  # every second fracture is missed
    result = localised(heat, some).summary
    for measure in (result.pointing, result.sensitivity["1"]):
        assert measure.random_weights.value == pytest.approx(0.5)
        gain = measure.gain["random_weights"]
        assert gain.value == pytest.approx(0.5)
        # The network hits always: the gain is 1 less the control, in every draw.
        control = measure.random_weights
        assert (gain.low, gain.high) == (1 - (control.high or 0), 1 - (control.low or 0))


def test_equal_heat_has_no_gain_in_any_draw() -> None:
    heat = np.random.default_rng(0).random((12, 8, 8), np.float32)
    result = localised(heat, heat).summary
    for measure in (
        result.pointing, result.energy, result.average_precision, *result.sensitivity.values()
    ):  # fmt: skip
        assert measure.gain["random_weights"] == Estimate(value=0, low=0, high=0)


def test_the_curve_ends_with_the_marks() -> None:
    curves = localised(np.random.default_rng(0).random((12, 8, 8), np.float32), NONE).curves
    assert [*curves] == CURVE
    assert [*curves["heat"].unique()] == ["network", "random_weights", "centred_blob"]
    network = curves[curves["heat"] == "network"]
    assert network["sensitivity"].is_monotonic_increasing
    assert (network["low"] <= network["sensitivity"]).all()
    # The blob gives a mark for each radiograph, whose middle lies in no box.
    assert curves[curves["heat"] == "centred_blob"]["false_marks"].max() == 1
    assert curves[curves["heat"] == "random_weights"]["false_marks"].max() == 0.01


def test_without_boxes_every_estimate_is_undefined(tmp_path: Path) -> None:
    systems = dict.fromkeys(("network", "random_weights"), NONE[:0])
    result = localise("small", describe(packed(boxes=False)), systems, "gradcam", SECTION, seed=0)
    summary = result.summary
    assert (summary.n, summary.normal, summary.groups, summary.empty) == (0, 0, 0, 0)
    assert summary.box_area == summary.energy.gain["centred_blob"] == Estimate(value=None)
    assert summary.sensitivity["0.5"].network == Estimate(value=None)
    assert result.curves.empty
    localisation.write(summary, tmp_path / "small.json")
    text = (tmp_path / "small.json").read_text()
    assert Localisation.model_validate_json(text) == summary


def test_a_curve_is_written_with_six_digits(tmp_path: Path) -> None:
    table = pd.DataFrame([("network", 0.1, 1 / 3, 0.25, np.nan)], columns=CURVE)
    localisation.write_curve(table, tmp_path / "froc.csv")
    assert (tmp_path / "froc.csv").read_text() == (
        "heat,false_marks,sensitivity,low,high\nnetwork,0.1,0.333333,0.25,\n"
    )


def test_intervals_are_those_of_scipys_bootstrap() -> None:
    values = np.random.default_rng(0).gamma(2, size=60)
    groups = np.arange(60).astype(str).astype(object)
    table = pd.DataFrame({"energy": values})
    many = Bootstrap(4000, 0.95, 0)
    found = estimate(lambda drawn: means(table, drawn), groups, many, {})["energy"]
    expected = stats.bootstrap(
        (values,), np.mean, n_resamples=4000, method="percentile", rng=1
    ).confidence_interval
    assert found.value == pytest.approx(values.mean(), abs=1e-6)
    assert (found.low, found.high) == pytest.approx(tuple(expected), abs=0.03)


def test_a_mean_is_of_those_that_count() -> None:
    table = pd.DataFrame({"some": [1.0, np.nan, 4.0], "none": [np.nan] * 3})
    found = means(table, np.array([[1, 1, 1], [2, 5, 1], [0, 3, 0]]))
    np.testing.assert_allclose(found["some"], [2.5, 2, np.nan])
    assert np.isnan(found["none"]).all()


def test_one_group_has_no_interval() -> None:
    table, groups = pd.DataFrame({"energy": [0.25, 0.75]}), np.array(["a", "a"], object)
    found = estimate(lambda drawn: means(table, drawn), groups, Bootstrap(400, 0.95, 0), {})
    assert found == {"energy": Estimate(value=0.5)}
