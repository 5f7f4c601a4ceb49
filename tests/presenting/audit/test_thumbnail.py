from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from fracture.imaging.decode import read_grey
from fracture.imaging.unreadable import UnreadableImage
from fracture.presenting.audit.thumbnail import GREY, thumbnail

NOISE = np.random.default_rng(0).integers(0, 256, (128, 64), np.uint8)


def test_a_whole_radiograph_stands_at_the_top_of_a_white_square(tmp_path: Path) -> None:
    Image.fromarray(np.full((50, 100), 40, np.uint8)).save(tmp_path / "wide.png")
    seen = thumbnail(tmp_path / "wide.png")
    assert seen.shape == (256, 256)
    assert (seen[:128] == 40).all()
    assert (seen[128:] == 255).all()


@pytest.mark.parametrize("name", ["cut.png", "cut.jpg"])
def test_what_is_left_of_a_file_is_shown(name: str, tmp_path: Path) -> None:
    file = tmp_path / name
    Image.fromarray(NOISE).save(file)
    Image.fromarray(NOISE).save(tmp_path / f"whole{name}")
    file.write_bytes(file.read_bytes()[: file.stat().st_size * 3 // 4])
    with pytest.raises(UnreadableImage):
        read_grey(file)
    seen, whole = thumbnail(file), thumbnail(tmp_path / f"whole{name}")
    np.testing.assert_array_equal(seen[:100], whole[:100])
    assert not np.array_equal(seen, whole)


@pytest.mark.parametrize("content", [b"", b"no image", b"\x89PNG\r\n\x1a\nno image"])
def test_what_shows_nothing_is_grey(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(content)
    np.testing.assert_array_equal(thumbnail(tmp_path / "file"), GREY)
    np.testing.assert_array_equal(thumbnail(tmp_path / "absent"), GREY)
    np.testing.assert_array_equal(thumbnail(tmp_path), GREY)  # a folder, as for an empty path
