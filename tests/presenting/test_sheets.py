from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.patches import Rectangle

from fracture.artifacts.arrays import PackedImages
from fracture.presenting.figures import save
from fracture.presenting.sheets import COLUMNS, augmentation_sheet, sample_sheet, sheet

IMAGES = [np.full((8, 8), grey, np.uint8) for grey in (40, 120, 250)]


def test_images_keep_their_grey_and_their_captions() -> None:
    figure = sheet(IMAGES, ["a", "b\nhand", "c"], columns=2)
    drawn = [axis for axis in figure.axes if axis.images]
    assert len(figure.axes) == 4
    assert [axis.get_title() for axis in drawn] == ["a", "b\nhand", "c"]
    for axis, image in zip(drawn, IMAGES, strict=True):
        np.testing.assert_array_equal(axis.images[0].get_array(), image)
        assert axis.images[0].get_clim() == (0, 255)
    plt.close(figure)


def test_captions_must_match() -> None:
    with pytest.raises(ValueError, match="longer"):
        sheet(IMAGES, ["a", "b", "c", "d"], columns=2)


def test_the_same_images_give_the_same_bytes_and_synthetic_ones_are_stamped(tmp_path: Path) -> None:
    for name, synthetic in (("one", True), ("again", True), ("real", False)):
        save(sheet(IMAGES, ["a", "b", "c"], columns=3), tmp_path / f"{name}.png", synthetic)
    one, again, real = ((tmp_path / f"{n}.png").read_bytes() for n in ("one", "again", "real"))
    assert one == again
    assert one != real


def test_a_row_shows_a_radiograph_then_its_draws() -> None:
    views = [np.full((2, 8, 8, 1), grey, np.uint8) for grey in (40, 120, 250)]
    figure = augmentation_sheet(views)
    assert [axis.get_title() for axis in figure.axes] == ["as it is", "draw 1", "draw 2"] * 2
    seen = [np.asarray(axis.images[0].get_array()).max() for axis in figure.axes]
    assert seen == [40, 120, 250] * 2
    plt.close(figure)


def packed(n: int) -> PackedImages:
    images = np.zeros((n, 16, 16, 1), np.uint8)
    images[:, 4:10, 3:13] = 255
    fractured = np.arange(n) % 2
    boxes = ["[[3, 4, 13, 10]]" if label else "[]" for label in fractured]
    table = {"part": "train", "fractured": fractured, "body_part": "hand", "boxes": boxes}
    return PackedImages(images, pd.DataFrame(table))


def test_a_box_outlines_what_it_holds_on_fractured_radiographs_alone() -> None:
    figure = sample_sheet(packed(4), "plain")
    axes = figure.axes[:4]
    assert [len(axis.patches) for axis in axes] == [1, 1, 0, 0]
    (outline,) = axes[0].patches
    assert isinstance(outline, Rectangle)
    assert not outline.get_fill()
    # Matplotlib draws pixel (4, 3) from 2.5 to 3.5 and from 3.5 to 4.5.
    np.testing.assert_allclose(outline.get_bbox().extents, [2.5, 3.5, 12.5, 9.5])
    plt.close(figure)


def test_edges_in_a_channel_of_their_own_stand_beside_their_radiograph() -> None:
    one = packed(20)
    images = np.concatenate([one.images, one.images, one.images // 2], axis=-1)
    figure = sample_sheet(PackedImages(images, one.table), "canny_channels")
    edges = "its edges\n(third channel)"
    assert [axis.get_title() for axis in figure.axes] == (
        ["fractured\nhand", edges] * COLUMNS + ["not fractured\nhand", edges] * COLUMNS
    )
    for channel, axis in zip((0, 2), figure.axes, strict=False):
        np.testing.assert_array_equal(axis.images[0].get_array(), images[1, :, :, channel])
    assert [len(axis.patches) for axis in figure.axes] == [1] * 2 * COLUMNS + [0] * 2 * COLUMNS
    plt.close(figure)


def test_two_rows_of_each_class_at_most() -> None:
    figure = sample_sheet(packed(80), "plain")
    titles = [axis.get_title() for axis in figure.axes]
    of_a_class = 2 * COLUMNS
    assert titles == ["fractured\nhand"] * of_a_class + ["not fractured\nhand"] * of_a_class
    plt.close(figure)
