import hashlib
from pathlib import Path

import numpy as np
from PIL import Image

from stages.artifacts.manifest import Radiograph
from stages.ingest.examine import examine
from stages.ingest.findings import LeftOut

PIXELS = np.arange(12, dtype=np.uint8).reshape(3, 4)


def radiograph(name: str) -> Radiograph:
    return Radiograph(id=name, path=f"folder/{name}", fractured=True, body_part="hand")


def test_size_and_hashes_are_filled_in_and_failures_named_in_order(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    Image.fromarray(PIXELS).save(tmp_path / "folder/a.png")
    (tmp_path / "folder/b.png").write_bytes(b"no image")
    Image.fromarray(PIXELS).save(tmp_path / "folder/c.bmp")
    earlier = LeftOut("d", "stands in both class folders")
    names = ["c.bmp", "b.png", "gone.png", "a.png"]
    bitmap, broken, gone, png, same = examine([*map(radiograph, names), earlier], tmp_path)

    assert broken == LeftOut("b.png", "not an image")
    assert gone == LeftOut("gone.png", "missing")
    assert same is earlier
    assert isinstance(png, Radiograph)
    assert isinstance(bitmap, Radiograph)
    assert (png.width, png.height) == (4, 3)
    assert png.sha256 == hashlib.sha256((tmp_path / "folder/a.png").read_bytes()).hexdigest()
    assert png.sha256 != bitmap.sha256
    assert png.pixels_sha256 == bitmap.pixels_sha256


def test_the_same_bytes_in_another_shape_are_other_pixels(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    for name, pixels in (("wide", PIXELS), ("tall", PIXELS.reshape(4, 3))):
        Image.fromarray(pixels).save(tmp_path / f"folder/{name}.png")
    wide, tall = examine([radiograph("wide.png"), radiograph("tall.png")], tmp_path)
    assert isinstance(wide, Radiograph)
    assert isinstance(tall, Radiograph)
    assert wide.pixels_sha256 != tall.pixels_sha256


def test_orientation_counts_before_size_and_pixels(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(np.rot90(PIXELS)).save(tmp_path / "folder/lying.png", exif=exif)
    Image.fromarray(PIXELS).save(tmp_path / "folder/upright.png")
    lying, upright = examine([radiograph("lying.png"), radiograph("upright.png")], tmp_path)
    assert isinstance(lying, Radiograph)
    assert isinstance(upright, Radiograph)
    assert (lying.width, lying.height) == (4, 3)
    assert lying.pixels_sha256 == upright.pixels_sha256
