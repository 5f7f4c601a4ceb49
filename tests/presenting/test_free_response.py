import matplotlib.pyplot as plt
import numpy as np
from matplotlib.container import ErrorbarContainer

from fracture.judging.localisation import describe, localise
from fracture.presenting.free_response import draw_free_response
from tests.judging.examples import EVALUATE
from tests.judging.localisation.examples import packed


def test_each_kind_of_heat_has_a_curve_and_markers_at_the_rates() -> None:
    random = np.random.default_rng(0).random((3, 12, 8, 8), np.float32)
    heat = dict(zip(("network", "gradcam", "random_weights"), random, strict=True))
    result = localise("small", describe(packed()), heat, "map", EVALUATE, seed=0)
    figure = draw_free_response(result, "small")
    (axes,) = figure.axes
    assert axes.get_xscale() == "log"
    assert axes.get_legend_handles_labels()[1] == [
        "fracture map", "Grad-CAM", "random weights", "centred blob"
    ]  # fmt: skip
    curves = [line for line in axes.lines if len(np.atleast_1d(line.get_xdata())) > 3]
    own = result.curves[result.curves["heat"] == "network"]
    np.testing.assert_array_equal(curves[0].get_ydata(), own["sensitivity"])
    # Beside each other around the rate, so that no interval hides another.
    markers = [
        np.asarray(bars.lines[0].get_data(), np.float64)[:, 0].tolist()
        for bars in axes.containers
        if isinstance(bars, ErrorbarContainer)
    ]
    assert len(markers) == 12
    for place, rate in enumerate((0.1, 0.5, 1)):
        x, y = markers[place]
        assert abs(x / rate - 1) < 0.1
        assert y == result.summary.sensitivity[f"{rate:g}"].network.value
    assert "small: free-response ROC of 6 fractures in 6 test radiographs, with 6 without" in (
        figure.get_suptitle()
    )
    plt.close(figure)
