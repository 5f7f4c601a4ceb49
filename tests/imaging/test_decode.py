import io
import os
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from fracture.imaging.decode import MARGIN, decode_again, decode_grey, is_reduced, read_grey
from fracture.imaging.letterbox import fit
from fracture.imaging.samples import Decoded
from fracture.imaging.unreadable import UnreadableImage
from tests.imaging.pictures import ORIENTATION, RAMP, bands, encode, noise, soft

NO_RANGE = ", and no range stated"


@pytest.mark.parametrize("format", ["PNG", "BMP", "TIFF"])
def test_lossless_grey_comes_back_as_it_was(format: str) -> None:  # noqa: A002 - Pillow's word
    decoded = decode_grey(encode(Image.fromarray(RAMP), format))
    assert decoded.dtype == np.uint8
    np.testing.assert_array_equal(decoded, RAMP)


def test_jpeg_decodes_as_opencv_does() -> None:
    content = encode(Image.fromarray(cv2.GaussianBlur(noise(), (0, 0), 3)), "JPEG", quality=90)
    opencv = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_GRAYSCALE)
    np.testing.assert_array_equal(decode_grey(content), opencv)


@pytest.mark.parametrize(("keep_rgb", "mode"), [(False, "RGB"), (True, "RGB"), (False, "CMYK")])
def test_a_colour_jpeg_is_weighed_after_itu_r_601(keep_rgb: bool, mode: str) -> None:
    """Through luma where the file holds it; Pillow's own conversion is the second opinion."""
    image = bands().convert(mode)
    content = encode(image, "JPEG", quality=95, subsampling=0, keep_rgb=keep_rgb)
    difference = decode_grey(content) - np.asarray(image.convert("L"), float)
    assert np.abs(difference).mean() < 1.5
    if mode == "RGB":
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


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"\0" * 5000, "not an image"),
        (b"<html>404</html>", "not an image"),
        (encode(Image.fromarray(RAMP), "GIF"), "not an image"),
        (
            encode(Image.fromarray(np.full((2, 2), 70_000, np.int32)), "TIFF"),
            f"more than 16 bits{NO_RANGE}",
        ),
        (
            encode(Image.fromarray(np.full((2, 2), -1, np.int32)), "TIFF"),
            f"negative pixels{NO_RANGE}",
        ),
        (
            encode(Image.fromarray(np.ones((2, 2), np.float32)), "TIFF"),
            f"floating-point pixels{NO_RANGE}",
        ),
    ],
)
def test_other_content_is_refused(content: bytes, reason: str) -> None:
    with pytest.raises(UnreadableImage, match=f"^{reason}$"):
        decode_grey(content)


def test_dicom_has_a_decoder_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its preamble may hold another file's beginning, such as a TIFF's."""
    content = encode(Image.fromarray(RAMP), "TIFF")[:128].ljust(128, b"\0") + b"DICM"
    with pytest.raises(UnreadableImage):
        decode_grey(content)
    decoded = {(content, 0): Decoded(RAMP)}
    monkeypatch.setattr("fracture.imaging.dicom.decode_dicom", lambda *given: decoded[given])
    assert decode_grey(content) is RAMP


@pytest.mark.parametrize("times", [1, 2])
def test_decompression_bombs_are_refused(monkeypatch: pytest.MonkeyPatch, times: int) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", RAMP.size // times - 1)
    with pytest.raises(UnreadableImage, match=r"^too many pixels$"):
        decode_grey(encode(Image.fromarray(RAMP)))


def test_files_that_are_none(tmp_path: Path) -> None:
    (tmp_path / "empty.png").touch()
    (tmp_path / "folder.png").mkdir()
    os.mkfifo(tmp_path / "pipe.png")
    reasons = {"empty": "empty", "folder": "a folder", "absent": "missing"}
    for name, reason in (reasons | {"pipe": "neither file nor folder"}).items():
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


@pytest.mark.parametrize(
    ("shape", "at_least", "divisor"),
    [
        ((800, 640), 40, 8),
        ((800, 640), 41, 4),
        ((640, 800), 80, 4),
        ((800, 640), 160, 2),
        ((800, 640), 161, 1),
        ((800, 636), 40, 4),  # divided without a rest
        ((800, 637), 40, 1),
        ((800, 640), 1600, 1),
    ],
)
def test_a_jpeg_is_decoded_no_larger_than_shrinking_needs(
    shape: tuple[int, int], at_least: int, divisor: int
) -> None:
    content = encode(Image.fromarray(soft(*shape, cell=80)), "JPEG", quality=90)
    whole, reduced = decode_grey(content), decode_grey(content, at_least=at_least)
    assert whole.shape == shape
    assert reduced.shape == (shape[0] // divisor, shape[1] // divisor)
    assert divisor == 1 or max(reduced.shape) >= MARGIN * at_least
    shrunk = fit(whole, at_least), fit(reduced, at_least)
    assert shrunk[0].shape == shrunk[1].shape
    difference = np.abs(shrunk[0] - shrunk[1].astype(float))
    assert difference.mean() <= 0.6
    assert difference.max() <= 3


@pytest.mark.parametrize("at_least", [None, 8, 20, 80])
@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
@pytest.mark.parametrize("orientation", [1, 5, 8])
@pytest.mark.parametrize("progressive", [False, True])
def test_a_jpeg_decodes_again_to_the_same_pixels(
    mode: str, orientation: int, progressive: bool, at_least: int | None
) -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    image = Image.merge("RGB", [Image.fromarray(soft(160, 96, cell=cell)) for cell in (8, 16, 32)])
    content = encode(
        image.convert(mode), "JPEG", quality=90, progressive=progressive, exif=exif.tobytes()
    )
    np.testing.assert_array_equal(
        decode_again(content, at_least=at_least), decode_grey(content, at_least=at_least)
    )


@pytest.mark.parametrize(
    ("format", "at_least", "reduced"),
    [("JPEG", 8, True), ("JPEG", 80, False), ("PNG", 8, False), ("TIFF", 8, False)],
)
def test_only_a_large_jpeg_is_reduced(
    format: str,  # noqa: A002 - Pillow's word
    at_least: int,
    reduced: bool,
) -> None:
    content = encode(Image.fromarray(soft(160, 96)), format)
    assert is_reduced(content, at_least) == reduced
    assert (decode_again(content, at_least=at_least).shape != (160, 96)) == reduced


def test_a_jpeg_that_cannot_be_opened_may_be_reduced() -> None:
    assert is_reduced(b"\xff\xd8\xff text", 8)


@pytest.mark.parametrize("format", ["JPEG", "PNG"])
def test_what_was_cut_short_decodes_again_as_far_as_it_goes(
    format: str,  # noqa: A002 - Pillow's word
) -> None:
    content = encode(Image.fromarray(soft(160, 96)), format)
    cut = content[: len(content) // 2]
    np.testing.assert_array_equal(decode_again(cut), decode_grey(cut, truncated=True))


@pytest.mark.parametrize("content", [b"text", b"\xff\xd8\xff text", b"\xff\xd8"])
def test_what_never_decoded_does_not_decode_again(content: bytes) -> None:
    with pytest.raises(UnreadableImage, match=r"^not an image$"):
        decode_again(content)


@pytest.mark.parametrize("format", ["PNG", "BMP", "TIFF"])
def test_nothing_but_jpeg_is_reduced(format: str) -> None:  # noqa: A002 - Pillow's word
    image = soft(160, 160)
    content = encode(Image.fromarray(image), format)
    np.testing.assert_array_equal(decode_grey(content, at_least=8), image)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_reduced_jpeg_is_turned_as_the_whole_one(orientation: int) -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    content = encode(Image.fromarray(soft(160, 96)), "JPEG", quality=95, exif=exif.tobytes())
    whole, reduced = decode_grey(content), decode_grey(content, at_least=8)
    assert reduced.shape == (whole.shape[0] // 8, whole.shape[1] // 8)
    averaged = cv2.resize(whole, reduced.shape[::-1], interpolation=cv2.INTER_AREA)
    assert np.abs(averaged - reduced.astype(float)).max() <= 1


@pytest.mark.shared
def test_fracatlas_turned_files(fracatlas: Path) -> None:
    """They have the size that their boxes assume."""
    assert read_grey(fracatlas / "images/Fractured/IMG0002628.jpg").shape == (373, 454)
    assert read_grey(fracatlas / "images/Fractured/IMG0002588.jpg").shape == (454, 181)


@pytest.mark.shared
@pytest.mark.parametrize("size", [80, 224, 384, 512])
def test_fracatlas_large_files_shrink_to_the_same_reduced_or_not(
    fracatlas: Path, size: int
) -> None:
    for name in ("IMG0002303", "IMG0002317"):
        content = (fracatlas / f"images/Fractured/{name}.jpg").read_bytes()
        whole, reduced = decode_grey(content), decode_grey(content, at_least=size)
        np.testing.assert_array_equal(decode_again(content, at_least=size), reduced)
        assert max(reduced.shape) < max(whole.shape) == 2880
        difference = np.abs(fit(whole, size) - fit(reduced, size).astype(float))
        assert difference.mean() <= 0.31
        assert np.quantile(difference, 0.999) <= 11
        assert difference.max() <= 34
