import io
import struct
import warnings
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from fracture.imaging.jpeg_quality import LUMINANCE, jpeg_quality

PIXELS = np.random.default_rng(0).integers(0, 256, (24, 17, 3), np.uint8)
GREY = Image.fromarray(PIXELS[:, :, 0])


def saved(image: Image.Image, **options: object) -> bytes:
    to = io.BytesIO()
    image.save(to, **{"format": "JPEG"} | options)  # type: ignore[arg-type]
    return to.getvalue()


def segment(marker: int, content: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(content) + 2) + content


@pytest.mark.parametrize("quality", range(1, 101))
def test_every_quality_of_pillow_and_opencv_comes_back(quality: int) -> None:
    assert jpeg_quality(saved(GREY, quality=quality)) == quality
    colour = Image.fromarray(PIXELS)
    assert jpeg_quality(saved(colour, quality=quality, progressive=True)) == quality
    _, encoded = cv2.imencode(".jpg", PIXELS, [cv2.IMWRITE_JPEG_QUALITY, quality])
    assert jpeg_quality(encoded.tobytes()) == quality


def test_the_published_table_is_the_one_that_pillow_uses() -> None:
    with Image.open(io.BytesIO(saved(GREY, quality=50))) as image:
        assert image.quantization == {0: LUMINANCE.ravel().tolist()}  # type: ignore[attr-defined]


def test_only_the_header_is_read_and_no_exif_data() -> None:
    damaged = b"Exif\0\0MM\0*\0\0\0\x08\0\x05\x01\x12\0\x03\0\0\0"
    thumbnail = saved(GREY, quality=20)
    content = saved(GREY, quality=75, exif=damaged + thumbnail)
    header = content[: content.rindex(b"\xff\xda")]
    assert len(header) > len(thumbnail)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert jpeg_quality(header) == 75


def test_other_tables_give_the_nearest_quality() -> None:
    # The tables of qualities 98, 99 and 100 differ by 69, 42 and 64 in all; further below, of 48,
    # 49 and 50 by 91, 41 and 64.
    assert jpeg_quality(saved(GREY, qtables=[[2] * 64])) == 99
    off_by_one = (LUMINANCE + 1).ravel().tolist()
    assert jpeg_quality(saved(GREY, qtables=[off_by_one])) == 49


def test_tables_of_16_bits_fill_bytes_and_other_tables_are_passed_over() -> None:
    deep = segment(0xDB, b"\x10" + LUMINANCE.astype(">u2").tobytes())
    assert jpeg_quality(b"\xff\xd8" + b"\xff\xff" + deep) == 50
    chrominance = segment(0xDB, b"\x01" + bytes([99] * 64) + deep[4:])
    assert jpeg_quality(b"\xff\xd8" + chrominance) == 50


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xd8",
        b"\xff\xd8\xff\xff\xff",
        b"\xff\xd8" + segment(0xDB, b"\x00" + bytes(63)),  # cut short
        b"\xff\xd8" + segment(0xDB, b"\x01" + bytes(64)),  # chrominance alone
        b"\xff\xd8\xff\xda" + segment(0xDB, b"\x00" + bytes(64)),  # after the pixels began
        saved(GREY, format="PNG"),
        saved(GREY, format="BMP"),
    ],
)
def test_what_is_no_jpeg_or_has_no_table_gives_0(content: bytes) -> None:
    assert jpeg_quality(content) == 0


@given(st.binary(max_size=200), st.booleans())
def test_any_content_gives_0_to_100(content: bytes, looks_like_jpeg: bool) -> None:
    assert 0 <= jpeg_quality(b"\xff\xd8\xff\xdb" * looks_like_jpeg + content) <= 100


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "quality"), [("IMG0000002", 75), ("IMG0000263", 90), ("IMG0000313", 89)]
)
def test_the_qualities_of_fracatlas(name: str, quality: int, fracatlas: Path) -> None:
    (file,) = fracatlas.glob(f"images/*/{name}.jpg")
    with Image.open(file) as image:
        expected = np.maximum((LUMINANCE * (200 - 2 * quality) + 50) // 100, 1).ravel().tolist()
        assert image.quantization[0] == expected  # type: ignore[attr-defined]
    assert jpeg_quality(file.read_bytes()) == quality
