import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.patches import Rectangle

from fracture.artifacts.arrays import PackedImages
from fracture.presenting.samples import COLUMNS, draw_samples


def packed(n: int) -> PackedImages:
    images = np.zeros((n, 16, 16, 1), np.uint8)
    images[:, 4:10, 3:13] = 255
    fractured = np.arange(n) % 2
    boxes = ["[[3, 4, 13, 10]]" if label else "[]" for label in fractured]
    table = {"part": "train", "fractured": fractured, "body_part": "hand", "boxes": boxes}
    return PackedImages(images, pd.DataFrame(table))


def test_a_box_outlines_what_it_holds_on_fractured_radiographs_alone() -> None:
    figure = draw_samples(packed(4))
    axes = figure.axes[:4]
    assert [len(axis.patches) for axis in axes] == [1, 1, 0, 0]
    (outline,) = axes[0].patches
    assert isinstance(outline, Rectangle)
    assert not outline.get_fill()
    # Matplotlib draws pixel (4, 3) from 2.5 to 3.5 and from 3.5 to 4.5.
    np.testing.assert_allclose(outline.get_bbox().extents, [2.5, 3.5, 12.5, 9.5])
    plt.close(figure)


def test_two_rows_of_each_class_at_most() -> None:
    figure = draw_samples(packed(80))
    titles = [axis.get_title() for axis in figure.axes]
    of_a_class = 2 * COLUMNS
    assert titles == ["fractured\nhand"] * of_a_class + ["not fractured\nhand"] * of_a_class
    plt.close(figure)
