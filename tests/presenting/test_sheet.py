from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest

from fracture.presenting.figures import save
from fracture.presenting.sheet import sheet

IMAGES = [np.full((8, 8), grey, np.uint8) for grey in (40, 120, 250)]


def test_images_keep_their_grey_and_their_captions() -> None:
    figure = sheet(IMAGES, ["a", "b\nhand", "c"], columns=2)
    shown = [axis for axis in figure.axes if axis.images]
    assert len(figure.axes) == 4
    assert [axis.get_title() for axis in shown] == ["a", "b\nhand", "c"]
    for axis, image in zip(shown, IMAGES, strict=True):
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
