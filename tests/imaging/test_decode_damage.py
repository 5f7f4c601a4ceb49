"""Cut and damaged files: refused, or taken as far as they are whole where that is asked for."""

import struct
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageFile

from fracture.imaging.decode import decode, decode_grey, read_grey
from fracture.imaging.unreadable import UnreadableImage
from tests.imaging.pictures import ORIENTATION, bands, encode, noise, soft


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


@pytest.mark.parametrize("progressive", [False, True])
@pytest.mark.parametrize("at_least", [None, 8])
def test_a_cut_jpeg_is_refused_wherever_it_is_cut(at_least: int | None, progressive: bool) -> None:
    content = encode(Image.fromarray(soft(160, 96)), "JPEG", progressive=progressive)
    decode_grey(content, at_least=at_least)
    start_of_pixels = content.index(b"\xff\xda") + 10
    for end in np.linspace(start_of_pixels, len(content) - 1, 60).astype(int):
        with pytest.raises(UnreadableImage, match=r"^truncated$"):
            decode_grey(content[:end], at_least=at_least)


CUTTABLE = {
    "JPEG": encode(Image.fromarray(soft(160, 96)), "JPEG"),
    "grey PNG": encode(Image.fromarray(soft(160, 96))),
    "16-bit PNG": encode(Image.fromarray(soft(160, 96).astype(np.uint16) * 257)),
    "colour PNG": encode(bands(160, 96)),
    "transparent PNG": encode(bands(160, 96).convert("RGBA")),
    "palette PNG": encode(Image.fromarray(soft(160, 96)).convert("P")),
}


@pytest.mark.parametrize("name", CUTTABLE)
def test_of_a_cut_file_what_is_there_can_be_taken(name: str) -> None:
    content = CUTTABLE[name]
    whole = decode_grey(content)
    np.testing.assert_array_equal(decode_grey(content, truncated=True), whole)
    part = decode_grey(content[: len(content) * 2 // 3], truncated=True)
    assert part.shape == whole.shape
    there = np.flatnonzero((part == whole).all(axis=1))
    assert 60 < len(there) < 140
    np.testing.assert_array_equal(there, np.arange(len(there)))
    below = part[len(there) + 16 :]  # a row of JPEG blocks may be half there
    assert (below == (below[0] if name == "JPEG" else 0)).all()


def test_of_a_cut_progressive_jpeg_the_coarse_radiograph_is_there() -> None:
    content = encode(Image.fromarray(soft(160, 96)), "JPEG", progressive=True)
    part = decode_grey(content[: len(content) * 2 // 3], truncated=True)
    assert np.abs(part - decode_grey(content).astype(float)).mean() < 5


def test_a_cut_jpeg_is_taken_reduced_and_turned() -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    content = encode(Image.fromarray(soft(160, 96)), "JPEG", exif=exif.tobytes())
    cut = content[: len(content) * 2 // 3]
    part = decode_grey(cut, at_least=8, truncated=True)
    assert part.shape == (12, 20)
    averaged = cv2.resize(decode_grey(cut, truncated=True), (20, 12), interpolation=cv2.INTER_AREA)
    assert np.abs(averaged - part.astype(float)).max() <= 3  # where a dark block was cut off at 0


def test_a_tiff_file_whose_directories_form_a_circle_comes_to_an_end() -> None:
    tags = ((256, 9), (257, 9), (258, 8), (259, 1), (262, 1), (273, 8), (278, 9), (279, 81))
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags)
    back = struct.pack("<I", 8)
    circle = b"II*\0" + back + struct.pack("<H", len(tags)) + entries + back + bytes(100)
    assert decode(circle).frames > 1


def test_damage_is_refused_where_a_cut_is_not() -> None:
    content = bytearray(CUTTABLE["grey PNG"])
    content[len(content) // 2] ^= 0xFF
    with pytest.raises(UnreadableImage, match=r"^damaged$"):
        decode_grey(bytes(content), truncated=True)


def test_taking_cut_files_makes_no_other_thread_less_strict() -> None:
    assert not ImageFile.LOAD_TRUNCATED_IMAGES
    cut = [content[: len(content) * 2 // 3] for content in CUTTABLE.values()] * 10

    def decode(content: bytes, truncated: bool) -> bool:
        try:
            decode_grey(content, truncated=truncated)
        except UnreadableImage:
            return False
        return True

    kept = [True, False] * (len(cut) // 2)
    with ThreadPoolExecutor(4) as executor:
        assert list(executor.map(decode, cut, kept)) == kept


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
    at_least, truncated = data.draw(st.sampled_from([None, 1])), data.draw(st.booleans())
    try:
        decoded = decode_grey(bytes(content[:cut]), at_least=at_least, truncated=truncated)
    except UnreadableImage as refusal:
        reason = str(refusal)
        assert reason in {"truncated", "damaged", "not an image", "too many pixels"}
    else:
        assert decoded.ndim == 2


@pytest.mark.shared
@pytest.mark.parametrize("at_least", [None, 80])
def test_fracatlas_truncated_files(fracatlas: Path, at_least: int | None) -> None:
    """All 45 are among these, and only they can be taken in part alone."""
    refused = []
    for path in sorted((fracatlas / "images/Non_fractured").glob("IMG0004[0-3]*.jpg")):
        content = path.read_bytes()
        try:
            decode_grey(content, at_least=at_least)
        except UnreadableImage as reason:
            refused.append(str(reason))
            lenient = decode_grey(content, at_least=at_least, truncated=True)
            opencv = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
            np.testing.assert_array_equal(lenient, opencv)
    assert refused == ["truncated"] * 45
