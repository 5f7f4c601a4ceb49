import io

import numpy as np
import pytest
from PIL import Image

from fracture.imaging.colour import chroma


def encoded(pixels: np.ndarray, kind: str, **options: int) -> bytes:
    content = io.BytesIO()
    Image.fromarray(pixels).save(content, kind, **options)
    return content.getvalue()


GREY = np.tile(np.arange(200, dtype=np.uint8), (150, 1))


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_grey_has_none_whatever_its_channels(kind: str) -> None:
    assert chroma(encoded(GREY, kind)) == 0
    assert chroma(encoded(np.stack([GREY] * 3, axis=-1), kind)) == 0


def test_colour_is_the_distance_between_channels() -> None:
    reddish = np.stack([GREY // 2 + 100, GREY // 2, GREY // 2], axis=-1)
    assert chroma(encoded(reddish, "PNG")) == pytest.approx(100)
    assert chroma(encoded(reddish, "JPEG", quality=95)) == pytest.approx(100, abs=3)


def test_half_a_picture_in_colour_counts_half() -> None:
    half = np.stack([GREY] * 3, axis=-1)
    half[:, :100, 0] = half[:, :100, 1] + 60
    assert chroma(encoded(half, "PNG")) == pytest.approx(30)


@pytest.mark.parametrize("content", [b"", b"no image", encoded(GREY, "JPEG")[:40]])
def test_what_cannot_be_read_has_no_colour(content: bytes) -> None:
    assert chroma(content) == 0
