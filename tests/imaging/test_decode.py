import io
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from stages.imaging.decode import UnreadableImage, decode_grey, read_grey

ORIENTATION = 0x0112
RAMP = np.arange(6 * 9, dtype=np.uint8).reshape(6, 9) * 4


def encode(image: Image.Image, format: str = "PNG", **options: Any) -> bytes:  # noqa: A002 - Pillow's word
    buffer = io.BytesIO()
    image.save(buffer, format, **options)
    return buffer.getvalue()


def noise(side: int = 64) -> npt.NDArray[np.uint8]:
    return np.random.default_rng(0).integers(0, 256, (side, side), np.uint8)


@pytest.mark.parametrize("format", ["PNG", "BMP", "TIFF"])
def test_lossless_grey_comes_back_as_it_was(format: str) -> None:  # noqa: A002 - Pillow's word
    decoded = decode_grey(encode(Image.fromarray(RAMP), format))
    assert decoded.dtype == np.uint8
    np.testing.assert_array_equal(decoded, RAMP)


def test_jpeg_decodes_as_opencv_does() -> None:
    content = encode(Image.fromarray(cv2.GaussianBlur(noise(), (0, 0), 3)), "JPEG", quality=90)
    opencv = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_GRAYSCALE)
    np.testing.assert_array_equal(decode_grey(content), opencv)


def test_16_bit_is_scaled_not_cut_off() -> None:
    deep = np.array([[0, 128, 129], [257, 32768, 65535]], np.uint16)
    expected = [[0, 0, 1], [1, 128, 255]]
    for format_ in ("PNG", "TIFF"):
        np.testing.assert_array_equal(decode_grey(encode(Image.fromarray(deep), format_)), expected)


def test_what_is_transparent_is_black() -> None:
    grey_and_alpha = np.array([[[200, 255], [200, 0], [200, 128]]], np.uint8)
    np.testing.assert_array_equal(
        decode_grey(encode(Image.fromarray(grey_and_alpha, "LA"))), [[200, 0, 100]]
    )


def test_transparent_palette_entry_is_black() -> None:
    image = Image.fromarray(np.array([[0, 1, 2]], np.uint8), "P")
    image.putpalette([10, 10, 10, 90, 90, 90, 250, 250, 250])
    np.testing.assert_array_equal(decode_grey(encode(image)), [[10, 90, 250]])
    with_bytes = encode(image, transparency=b"\xff\x00\xff")
    np.testing.assert_array_equal(decode_grey(with_bytes), [[10, 0, 250]])


def test_colour_is_weighed_after_itu_r_601() -> None:
    red, green, blue = decode_grey(encode(Image.fromarray(np.eye(3, dtype=np.uint8)[None] * 255)))[
        0
    ]
    assert (red, green, blue) == (76, 150, 29)  # 0.299, 0.587, 0.114 of 255


@pytest.mark.parametrize(
    ("orientation", "upright"),
    [
        (1, RAMP),
        (2, RAMP[:, ::-1]),
        (3, RAMP[::-1, ::-1]),
        (4, RAMP[::-1]),
        (5, RAMP.T),
        (6, np.rot90(RAMP, -1)),
        (7, RAMP[::-1, ::-1].T),
        (8, np.rot90(RAMP)),
    ],
)
def test_exif_orientation_is_applied(orientation: int, upright: npt.NDArray[np.uint8]) -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    for image in (Image.fromarray(RAMP), Image.fromarray(RAMP.astype(np.uint16) * 257)):
        np.testing.assert_array_equal(decode_grey(encode(image, exif=exif.tobytes())), upright)


def test_truncated_jpeg_is_refused_where_opencv_notices_nothing(tmp_path: Path) -> None:
    content = encode(Image.fromarray(noise()), "JPEG")
    path = tmp_path / "cut.jpg"
    path.write_bytes(content[: len(content) * 2 // 3])
    assert cv2.imread(str(path), cv2.IMREAD_GRAYSCALE) is not None
    with pytest.raises(UnreadableImage, match=r"^truncated$"):
        read_grey(path)


def test_truncated_png_is_refused() -> None:
    content = encode(Image.fromarray(noise()))
    with pytest.raises(UnreadableImage, match=r"^truncated$"):
        decode_grey(content[: len(content) * 2 // 3])


def test_damaged_png_is_refused() -> None:
    content = bytearray(encode(Image.fromarray(noise())))
    content[len(content) // 2] ^= 0xFF
    with pytest.raises(UnreadableImage, match=r"^damaged$"):
        decode_grey(bytes(content))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"\0" * 5000, "not an image"),
        (b"<html>404</html>", "not an image"),
        (encode(Image.fromarray(RAMP), "GIF"), "not an image"),
        (encode(Image.fromarray(np.full((2, 2), 70_000, np.int32)), "TIFF"), "more than 16 bits"),
        (encode(Image.fromarray(np.ones((2, 2), np.float32)), "TIFF"), "floating-point pixels"),
    ],
)
def test_other_content_is_refused(content: bytes, reason: str) -> None:
    with pytest.raises(UnreadableImage, match=f"^{reason}$"):
        decode_grey(content)


@pytest.mark.parametrize("times", [1, 2])
def test_decompression_bombs_are_refused(monkeypatch: pytest.MonkeyPatch, times: int) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", RAMP.size // times - 1)
    with pytest.raises(UnreadableImage, match=r"^too many pixels$"):
        decode_grey(encode(Image.fromarray(RAMP)))


def test_files_that_are_none(tmp_path: Path) -> None:
    (tmp_path / "empty.png").touch()
    (tmp_path / "folder.png").mkdir()
    for name, reason in (("empty", "empty"), ("folder", "a folder"), ("absent", "missing")):
        with pytest.raises(UnreadableImage, match=f"^{reason}$"):
            read_grey(tmp_path / f"{name}.png")


def test_odd_metadata_is_read_without_a_warning_in_threads_too() -> None:
    """Pillow warns of this EXIF block; pytest would make an error of it."""
    content = encode(Image.fromarray(RAMP), exif=b"Exif\0\0II*\0\x08\0\0\0\x03\0broken")
    with pytest.warns(UserWarning, match="EXIF"):
        Image.open(io.BytesIO(content)).getexif()
    before = list(warnings.filters)
    with ThreadPoolExecutor(4) as executor:
        for decoded in executor.map(decode_grey, [content] * 40):
            np.testing.assert_array_equal(decoded, RAMP)
    assert warnings.filters == before


INTACT = {
    "JPEG": encode(Image.fromarray(noise(24)), "JPEG", exif=b"Exif\0\0MM\0*\0\0\0\x08\0\0"),
    "PNG": encode(Image.fromarray(noise(24)), "PNG"),
    "TIFF": encode(Image.fromarray(noise(24)), "TIFF", compression="tiff_lzw"),
}


@settings(deadline=None)
@given(st.sampled_from(sorted(INTACT)), st.data())
def test_damage_gives_a_radiograph_or_a_reason_never_another_error(
    name: str, data: st.DataObject
) -> None:
    content = bytearray(INTACT[name])
    for position, byte in data.draw(
        st.dictionaries(st.integers(0, len(content) - 1), st.integers(0, 255), max_size=8)
    ).items():
        content[position] = byte
    cut = data.draw(st.integers(1, len(content)))
    try:
        decoded = decode_grey(bytes(content[:cut]))
    except UnreadableImage as refusal:
        reason = str(refusal)
        assert reason in {"truncated", "damaged", "not an image", "too many pixels"}
    else:
        assert decoded.ndim == 2


@pytest.mark.shared
def test_fracatlas_truncated_and_turned_files(fracatlas: Path) -> None:
    """All 45 truncated files are among these; two turned ones have the size their boxes assume."""
    suspects = sorted((fracatlas / "images/Non_fractured").glob("IMG0004[0-3]*.jpg"))
    refused = []
    for path in suspects:
        try:
            read_grey(path)
        except UnreadableImage as reason:
            refused.append((path.stem, str(reason)))
    assert len(refused) == 45
    assert {reason for _, reason in refused} == {"truncated"}
    assert read_grey(fracatlas / "images/Fractured/IMG0002628.jpg").shape == (373, 454)
    assert read_grey(fracatlas / "images/Fractured/IMG0002588.jpg").shape == (454, 181)
