import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from fracture.inference.gradcam import Explained
from fracture.judging.localisation import describe, localise
from fracture.presenting.overlays import caption_of, draw_overlays, evenness
from tests.judging.examples import EVALUATE
from tests.judging.localisation.examples import SIZE, packed

SECTION = EVALUATE.model_copy(update={"confidence": 0.95})
PROBABILITIES = [0.1, 0.9, 0.7, 0.6, 0.2, 0.2, 0.3, 0.99, 0.4, 0.8, 0.45, 0.55]
"""Of the test radiographs, every second one fractured."""


def drawn(boxes: bool, gradcam: bool = False) -> tuple[Figure, str]:
    data = packed(boxes=boxes)
    rows = data.rows("test")
    heat = 0.5 * np.random.default_rng(0).random((12, 4, 4), np.float32)
    systems = {"network": heat, "random_weights": heat[::-1]}
    if gradcam:
        systems["gradcam"] = 3 * heat
    result = localise(
        "small", describe(data), systems, "map" if gradcam else "gradcam", SECTION, seed=0
    ).summary
    explained = Explained(np.array(PROBABILITIES, np.float32), heat)
    other = 3 * heat if gradcam else None
    return draw_overlays(data, rows, explained, result, other, "small"), caption_of(result)


def test_radiographs_stand_in_the_right_row_the_surest_first() -> None:
    figure, caption = drawn(boxes=True)
    titles = [ax.get_title() for ax in figure.axes if ax.get_title()]
    surest = ("0.99", "0.90", "0.80", "0.20", "0.10", "0.20", "0.30", "0.70")
    assert titles == [f"hand, p = {p}" for p in surest]
    rows = [text.get_text() for ax in figure.axes for text in ax.texts]
    assert rows == [
        "fractured,\nrecognised\n(n = 5)",
        "fractured,\nmissed\n(n = 1)",
        "not fractured,\nrecognised\n(n = 5)",
        "not fractured,\nfalse alarm\n(n = 1)",
    ]
    assert figure.get_supxlabel().split() == caption.split()
    assert caption.startswith("Hottest pixel in a box: ")
    assert (
        "n = 6 fractured radiographs with boxes, which cover 6.2 %, and 6 without a fracture; "
        "95 % intervals"
    ) in caption
    assert "random weights 0." in caption
    assert "Fractures marked at 0.5 false marks a radiograph: Grad-CAM " in caption
    assert "and where it is seen (Grad-CAM)" in figure.get_suptitle()
    plt.close(figure)


def test_beside_the_radiograph_it_stands_under_its_heat_fractures_outlined() -> None:
    figure, _ = drawn(boxes=True)
    axes = figure.axes[:12]
    radiograph, heat = axes[0].images
    left, right = np.hsplit(np.asarray(radiograph.get_array()), [SIZE, SIZE + 2])[::2]
    np.testing.assert_array_equal(left, right)
    assert left.shape == (SIZE, SIZE)
    none, some = np.hsplit(np.asarray(heat.get_array()), [SIZE + 2])
    assert none.max() == 0
    assert some.max() == heat.get_clim()[1] == 1
    cold, hot = heat.cmap([0.0, 1.0])
    assert cold[3] == 0 < hot[3] < 1
    (outline,) = axes[0].patches
    assert isinstance(outline, Rectangle)
    np.testing.assert_allclose(outline.get_bbox().extents, [37.5, 7.5, 45.5, 15.5])
    assert not axes[6].patches
    plt.close(figure)


def test_a_fracture_map_keeps_its_probabilities_and_has_grad_cam_beside_it() -> None:
    figure, caption = drawn(boxes=True, gradcam=True)
    title = " ".join(figure.get_suptitle().split())
    assert "and where it is seen (fracture map, then Grad-CAM)" in title
    assert "Hottest pixel in a box: fracture map " in caption
    assert ", Grad-CAM " in caption
    axes = figure.axes[:12]
    _, heat = axes[0].images
    _, of_map, of_gradcam = np.hsplit(np.asarray(heat.get_array()), [SIZE, 2 * SIZE + 2])
    assert 0 < of_map.max() < 0.5
    assert of_gradcam.max() == 1
    np.testing.assert_allclose(of_gradcam * of_map.max(), of_map, rtol=1e-5)
    lefts = [outline.get_bbox().x0 for outline in axes[0].patches if isinstance(outline, Rectangle)]
    np.testing.assert_allclose(lefts, [37.5, 37.5 + SIZE + 2])
    plt.close(figure)


def test_without_boxes_the_caption_says_so() -> None:
    figure, caption = drawn(boxes=False)
    assert caption.startswith("No fractured test radiograph has a fracture box")
    assert not any(ax.patches for ax in figure.axes[:12])
    plt.close(figure)


@pytest.mark.parametrize(
    ("heat", "said"),
    [
        ([[0, 0], [0, 0]], "has no heat"),
        ([[0.3, 0.3], [0.3, 0.4]], "is hot all over"),
        ([[0.1, 0.3], [0.3, 0.4]], ""),
    ],
)
def test_heat_that_points_at_no_place_is_told(heat: list[list[float]], said: str) -> None:
    assert evenness(np.array(heat, np.float32)) == said
