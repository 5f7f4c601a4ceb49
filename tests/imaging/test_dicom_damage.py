"""DICOM that cannot be decoded, or is damaged: a reason, never another error."""

import io
import logging
import random
import warnings
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from PIL import Image
from pydicom import dcmread
from pydicom.uid import (
    UID,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGLosslessSV1,
    JPEGLSLossless,
    RLELossless,
)

from fracture.imaging.decode import decode_grey
from fracture.imaging.unreadable import UnreadableImage
from tests.dicom_files import ENCODERS, compressed, content, dataset, table
from tests.imaging.dicom_pixels import everything, shipped


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("MR_truncated", "truncated"),
        ("rtdose_1frame", "more than 16 bits"),
        ("reportsi", "no pixels"),
        ("badVR", "damaged"),
    ],
)
def test_real_files_that_are_refused(name: str, reason: str) -> None:
    with pytest.raises(UnreadableImage, match=f"^{reason}$"):
        decode_grey(shipped(name))


@pytest.mark.parametrize(
    ("uid", "reason"),
    [
        (
            "1.2.840.10008.1.2.4.100",
            "compressed as MPEG2 Main Profile / Main Level, which cannot be decoded",
        ),
        ("1.2.3.4711", "compressed as an unknown syntax, which cannot be decoded"),
    ],
)
def test_a_compression_that_is_not_decoded_is_named(uid: str, reason: str) -> None:
    made = compressed(everything(np.uint16, 12), 12, JPEGLosslessSV1)
    image = dcmread(io.BytesIO(made))
    image.file_meta.TransferSyntaxUID = UID(uid)
    buffer = io.BytesIO()
    image.save_as(buffer, implicit_vr=False, little_endian=True, enforce_file_format=True)
    with pytest.raises(UnreadableImage, match=f"^{reason}$"):
        decode_grey(buffer.getvalue())


def test_another_photometric_interpretation_is_refused() -> None:
    image = dataset(everything(np.uint8, 8), 8, PhotometricInterpretation="CMYK")
    with pytest.raises(UnreadableImage, match=r"^unknown photometric interpretation$"):
        decode_grey(content(image))


@pytest.mark.parametrize("syntax", [None, JPEG2000Lossless])
def test_decompression_bombs_are_refused_before_they_are_decoded(
    monkeypatch: pytest.MonkeyPatch, syntax: UID | None
) -> None:
    pixels = everything(np.uint16, 12)
    made = compressed(pixels, 12, syntax) if syntax else content(dataset(pixels, 12))
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", pixels.size - 1)
    with pytest.raises(UnreadableImage, match=r"^too many pixels$"):
        decode_grey(made)


@pytest.mark.parametrize("syntax", ENCODERS)
def test_a_stream_larger_than_its_header_is_refused_before_it_is_decoded(syntax: str) -> None:
    pixels = np.zeros((16, 16), np.uint8 if syntax == JPEGBaseline8Bit else np.uint16)
    image = dcmread(io.BytesIO(compressed(pixels, 8 * pixels.itemsize - 4, syntax)))
    image.Rows = 15
    buffer = io.BytesIO()
    image.save_as(buffer, enforce_file_format=True)
    with pytest.raises(UnreadableImage, match=r"^damaged$"):
        decode_grey(buffer.getvalue())


INTACT = {
    UID(syntax).name: compressed(
        everything(np.uint8 if syntax == JPEGBaseline8Bit else np.uint16, 8),
        8 if syntax == JPEGBaseline8Bit else 12,
        syntax,
        PatientName="Meier^Hannelore",
        PatientID="HM-4711",
        WindowCenter=100,
        WindowWidth=200,
        VOILUTSequence=table([0, 10, 255], 0, 8),
    )
    for syntax in [*ENCODERS, RLELossless]
} | {"plain": content(dataset(everything(np.uint16, 12), 12, PatientName="Meier^Hannelore"))}


REASONS = {
    "truncated",
    "damaged",
    "no pixels",
    "too many pixels",
    "more than 16 bits",
    "unknown photometric interpretation",
    "compressed as an unknown syntax, which cannot be decoded",
}


@pytest.mark.parametrize("name", INTACT)
def test_damage_gives_a_radiograph_or_a_reason_never_another_error(
    name: str, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    reasons = set()
    for seed in range(60):
        dice = random.Random(seed)  # noqa: S311 - no secret
        damaged = bytearray(INTACT[name])
        for _ in range(dice.randrange(4)):
            damaged[dice.randrange(132, len(damaged))] = dice.randrange(256)
        if seed % 3 == 0:
            del damaged[dice.randrange(132, len(damaged)) :]
        try:
            assert decode_grey(bytes(damaged)).dtype == np.uint8
        except UnreadableImage as refusal:
            reasons.add(str(refusal))
    assert reasons <= REASONS
    assert caplog.text == ""
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("name", INTACT)
@pytest.mark.parametrize("missing", [8, 60])  # the end mark of compressed pixels has 8 bytes
def test_a_file_cut_short_is_refused(name: str, missing: int) -> None:
    with pytest.raises(UnreadableImage, match=r"^truncated$"):
        decode_grey(INTACT[name][:-missing])


@pytest.mark.parametrize("syntax", [JPEGLosslessSV1, JPEGLSLossless, JPEGBaseline8Bit])
def test_a_stream_cut_short_in_a_whole_file_is_refused(syntax: UID) -> None:
    """libjpeg would fill in the rest, CharLS would never return."""
    pixels = everything(np.uint8, 8)
    image = dcmread(io.BytesIO(compressed(pixels, 8, syntax)))
    stream = bytes(ENCODERS[syntax](pixels))
    cut = stream[: len(stream) // 2] + b"\0" * (len(stream) - len(stream) // 2)
    image.PixelData = image.PixelData.replace(stream, cut)
    buffer = io.BytesIO()
    image.save_as(buffer, enforce_file_format=True)
    with pytest.raises(UnreadableImage, match=r"^truncated$"):
        decode_grey(buffer.getvalue())


def test_no_warning_and_no_log_leaves_and_threads_do_not_mix() -> None:
    """pydicom warns of a value representation, of too long a text and of surplus pixels."""
    image = dataset(everything(np.uint16, 12), 12, WindowCenter=2048, WindowWidth=4096)
    image.PixelData += bytes(100)
    made = content(image).replace(b"LO", b"LO")
    with warnings.catch_warnings(record=True) as noted:
        warnings.simplefilter("always")
        _ = dcmread(io.BytesIO(made)).pixel_array
    assert noted
    buffer = io.BytesIO()
    Image.fromarray(everything(np.uint8, 8)).save(buffer, "PNG")
    files = [made, *INTACT.values()]
    before = list(warnings.filters)
    alone = [decode_grey(file) for file in files]
    with ThreadPoolExecutor(4) as executor:
        pictures = [executor.submit(decode_grey, buffer.getvalue()) for _ in range(40)]
        for together in executor.map(decode_grey, files * 10):
            expected = alone.pop(0)
            alone.append(expected)
            np.testing.assert_array_equal(together, expected)
        assert all(picture.result().shape == (16, 16) for picture in pictures)
    assert warnings.filters == before
