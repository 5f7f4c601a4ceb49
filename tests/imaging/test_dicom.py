"""DICOM: golden pixels over everything that stands between a stored value and a grey level."""

import io
import logging
import math
import random
import subprocess
import sys
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from pydicom import dcmread
from pydicom.data import get_testdata_file
from pydicom.pixels.utils import pixel_array
from pydicom.uid import (
    UID,
    ExplicitVRBigEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGExtended12Bit,
    JPEGLosslessSV1,
    JPEGLSLossless,
    JPEGLSNearLossless,
    RLELossless,
)

from stages.imaging.decode import decode_grey
from stages.imaging.dicom import decode_dicom, is_dicom, read_headers
from stages.imaging.unreadable import UnreadableImage
from tests.dicom_files import ENCODERS, LOSSLESS, Pixels, compressed, content, dataset, table

STORED = [
    pytest.param(np.uint8, 8, id="8 bits"),
    pytest.param(np.uint16, 10, id="10 bits"),
    pytest.param(np.uint16, 12, id="12 bits"),
    pytest.param(np.uint16, 16, id="16 bits"),
    pytest.param(np.int16, 12, id="12 bits signed"),
    pytest.param(np.int16, 16, id="16 bits signed"),
]
WHOLE_FILES = ("CT_small", "MR_small", "MR_small_bigendian", "MR_small_implicit", "MR_small_RLE")
PILLOW_FILES = (
    "693_J2KI", "J2K_pixelrep_mismatch", "JPEG2000", "MR_small_jp2klossless", "SC_rgb_jpeg",
    "SC_jpeg_no_color_transform", "SC_rgb_jpeg_dcmtk", "SC_rgb_dcmtk_+eb+cr",
    "SC_rgb_dcmtk_+eb+cy+s4", "SC_rgb_gdcm_KY", "examples_jpeg2k",
)  # fmt: skip


def shipped(name: str) -> bytes:
    path = get_testdata_file(f"{name}.dcm", download=False)
    assert isinstance(path, str), f"pydicom no longer ships {name}"
    return Path(path).read_bytes()


def everything(dtype: type[np.integer[Any]], bits: int) -> Pixels:
    """Return values from end to end of the range, the ends among them, as (16, 16)."""
    signed = np.issubdtype(dtype, np.signedinteger)
    low = -(1 << (bits - 1)) if signed else 0
    return np.linspace(low, low + (1 << bits) - 1, 256).round().astype(dtype).reshape(16, 16)


def linear(x: float, center: float, width: float) -> float:
    if x <= center - 0.5 - (width - 1) / 2:
        return 0
    if x > center - 0.5 + (width - 1) / 2:
        return 1
    return (x - (center - 0.5)) / (width - 1) + 0.5


def linear_exact(x: float, center: float, width: float) -> float:
    if x <= center - width / 2:
        return 0
    if x > center + width / 2:
        return 1
    return (x - center) / width + 0.5


def sigmoid(x: float, center: float, width: float) -> float:
    return 1 / (1 + math.exp(-4 * (x - center) / width))


WINDOWS = {None: linear, "LINEAR": linear, "LINEAR_EXACT": linear_exact, "SIGMOID": sigmoid}
"""The share of white, 0 to 1, as PS3.3 C.11.2.1.2 and C.11.2.1.3 write it down."""


@pytest.mark.parametrize(("dtype", "bits"), STORED)
@pytest.mark.parametrize("photometric", ["MONOCHROME1", "MONOCHROME2"])
def test_without_a_window_the_whole_range_is_kept(
    dtype: type[np.integer[Any]], bits: int, photometric: str
) -> None:
    shift = -40 if np.issubdtype(dtype, np.signedinteger) else 0
    pixels = np.array([[10, 20], [30, 60], [11, 59]], dtype) + dtype(shift)
    decoded = decode_dicom(content(dataset(pixels, bits, PhotometricInterpretation=photometric)))
    expected = np.array([[0, 51], [102, 255], [5, 250]])  # (x - 10) / 50 of 255
    assert decoded.dtype == np.uint8
    np.testing.assert_array_equal(
        decoded, expected if photometric == "MONOCHROME2" else 255 - expected
    )


@pytest.mark.parametrize(("dtype", "bits"), STORED)
@pytest.mark.parametrize("photometric", ["MONOCHROME1", "MONOCHROME2"])
@pytest.mark.parametrize("rescale", [None, (2.5, -0.1), (-1, 0.5)])
@pytest.mark.parametrize("function", WINDOWS)
def test_rescale_then_window(
    dtype: type[np.integer[Any]],
    bits: int,
    photometric: str,
    rescale: tuple[float, float] | None,
    function: str | None,
) -> None:
    pixels = everything(dtype, bits)
    whole = 1 << bits
    center, width = whole / 4, whole // 3
    elements: dict[str, Any] = {"WindowCenter": center, "WindowWidth": width}
    slope, intercept = 1.0, 0
    if rescale:
        slope, intercept = rescale[0], round(rescale[1] * whole)
        elements |= {"RescaleSlope": slope, "RescaleIntercept": intercept}
    if function:
        elements["VOILUTFunction"] = function
    decoded = decode_dicom(
        content(dataset(pixels, bits, PhotometricInterpretation=photometric, **elements))
    )
    white = [WINDOWS[function](slope * int(x) + intercept, center, width) for x in pixels.flat]
    expected = np.rint(255 * np.array(white)).reshape(pixels.shape)
    expected = 255 - expected if photometric == "MONOCHROME1" else expected
    np.testing.assert_array_equal(decoded, expected)
    assert len(np.unique(decoded)) > 20


@pytest.mark.parametrize(
    ("center", "width", "expected"),
    [
        (2048, 4096, [0, 0, 128, 255, 255]),  # the identity of 12 bits, as the standard has it
        (100, 1, [0, 255, 255, 255, 255]),  # a threshold
        ([2048, 7], [4096, 8], [0, 0, 128, 255, 255]),  # the first of several
        (2048.0, 1e-9, [0, 6, 128, 255, 255]),  # no window that the standard allows: whole range
        ("", "", [0, 6, 128, 255, 255]),
    ],
)
def test_windows_by_hand(center: Any, width: Any, expected: list[int]) -> None:
    pixels = np.array([[0, 100, 2048, 4094, 4095]], np.uint16)
    decoded = decode_dicom(content(dataset(pixels, 12, WindowCenter=center, WindowWidth=width)))
    expected[1] = 6 if expected[1] == 0 and width != 1 else expected[1]  # 100 / 4095 of 255
    np.testing.assert_array_equal(decoded, [expected])


def test_a_rescale_turned_round_turns_the_radiograph_round() -> None:
    pixels = np.array([[0, 1000, 4095]], np.uint16)
    turned = dataset(
        pixels, 12, RescaleSlope=-1, RescaleIntercept=4095, WindowCenter=2048, WindowWidth=4096
    )
    np.testing.assert_array_equal(decode_dicom(content(turned)), [[255, 193, 0]])


@pytest.mark.parametrize("depth", [8, 12, 16])
@pytest.mark.parametrize("syntax", ["explicit", "implicit", "big endian"])
def test_voi_lut(depth: int, syntax: str) -> None:
    white = (1 << depth) - 1
    image = dataset(
        np.array([[0, 100, 101], [102, 103, 4095]], np.uint16),
        12,
        VOILUTSequence=table([0, white, white // 5], 100, depth),
        WindowCenter=1,  # an alternative: the table comes first
        WindowWidth=2,
    )
    if syntax == "big endian":
        item = image.VOILUTSequence[0]
        item.LUTData = (
            item.LUTData
            if depth == 8
            else np.frombuffer(item.LUTData, "<u2").astype(">u2").tobytes()
        )
        image.PixelData = np.frombuffer(image.PixelData, "<u2").astype(">u2").tobytes()
    syntaxes = {"implicit": ImplicitVRLittleEndian, "big endian": ExplicitVRBigEndian}
    made = content(image, syntaxes[syntax]) if syntax in syntaxes else content(image)
    np.testing.assert_array_equal(decode_dicom(made), [[0, 0, 255], [51, 51, 51]])


def test_a_table_of_8_bit_entries_for_more_than_256_values() -> None:
    entries = [value // 16 for value in range(4096)]
    pixels = np.array([[0, 16, 1600, 4000, 4095]], np.uint16)
    image = dataset(pixels, 12, VOILUTSequence=table(entries, 0, 8))
    np.testing.assert_array_equal(decode_dicom(content(image)), [[0, 1, 100, 250, 255]])


@pytest.mark.parametrize("first", [-3, 0, 5])
def test_modality_lut_then_the_whole_range(first: int) -> None:
    pixels = np.array([[-300, first], [first + 1, 300]], np.int16)
    image = dataset(pixels, 16, ModalityLUTSequence=table([1000, 1200, 2000], first, 16))
    np.testing.assert_array_equal(decode_dicom(content(image)), [[0, 0], [51, 255]])


def test_modality_lut_then_window() -> None:
    image = dataset(
        np.array([[0, 1, 2]], np.uint8),
        8,
        ModalityLUTSequence=table([0, 1000, 65535], 0, 16),
        WindowCenter=1000,
        WindowWidth=500,
        VOILUTFunction="LINEAR_EXACT",
    )
    np.testing.assert_array_equal(decode_dicom(content(image)), [[0, 128, 255]])


@pytest.mark.parametrize("limit", [None, 4000])
def test_padding_does_not_count_for_the_range(limit: int | None) -> None:
    elements = {"PixelPaddingValue": 4095} | ({"PixelPaddingRangeLimit": limit} if limit else {})
    pixels = np.array([[100, 200, 300, 4095]], np.uint16)
    image = dataset(pixels, 12, **elements)
    for keyword in elements:
        image[keyword].VR = "US"
    np.testing.assert_array_equal(decode_dicom(content(image)), [[0, 128, 255, 255]])


@pytest.mark.parametrize("padding", [{}, {"PixelPaddingValue": 7}])
def test_one_value_is_black(padding: dict[str, int]) -> None:
    image = dataset(np.full((3, 2), 7, np.uint16), 12, **padding)
    if padding:
        image["PixelPaddingValue"].VR = "US"
    assert not decode_dicom(content(image)).any()


def test_colour_is_weighed_after_itu_r_601() -> None:
    colours = np.eye(3, dtype=np.uint8)[None] * 255
    expected = [[76, 150, 29]]  # 0.299, 0.587, 0.114 of 255
    np.testing.assert_array_equal(decode_dicom(content(dataset(colours, 8))), expected)
    deep = colours.astype(np.uint16) * 257
    np.testing.assert_array_equal(decode_dicom(content(dataset(deep, 16))), expected)
    planes = dataset(colours, 8, PlanarConfiguration=1)
    planes.PixelData = np.moveaxis(colours, 2, 0).tobytes() + b"\0"
    np.testing.assert_array_equal(decode_dicom(content(planes)), expected)
    luma = np.array([[[60, 128, 128], [200, 128, 128]]], np.uint8)
    ybr = dataset(luma, 8, PhotometricInterpretation="YBR_FULL")
    np.testing.assert_array_equal(decode_dicom(content(ybr)), [[60, 200]])


def test_palette_colour() -> None:
    image = dataset(np.array([[0, 1, 2]], np.uint8), 8, PhotometricInterpretation="PALETTE COLOR")
    for colour, entries in {"Red": "ff0000", "Green": "00ff00", "Blue": "0000ff"}.items():
        image.add_new(f"{colour}PaletteColorLookupTableDescriptor", "US", [4, 0, 8])
        image.add_new(f"{colour}PaletteColorLookupTableData", "OW", bytes.fromhex(f"{entries}00"))
    np.testing.assert_array_equal(decode_dicom(content(image)), [[76, 150, 29]])


@pytest.mark.parametrize("syntax", [*LOSSLESS, RLELossless])
@pytest.mark.parametrize(("dtype", "bits"), STORED)
def test_lossless_compression_changes_nothing(
    dtype: type[np.integer[Any]], bits: int, syntax: UID
) -> None:
    pixels = everything(dtype, bits)
    plain = decode_dicom(content(dataset(pixels, bits)))
    np.testing.assert_array_equal(decode_dicom(compressed(pixels, bits, syntax)), plain)


@pytest.mark.parametrize(
    ("syntax", "dtype", "bits"),
    [
        (JPEGBaseline8Bit, np.uint8, 8),
        (JPEGExtended12Bit, np.uint16, 12),
        (JPEGLSNearLossless, np.uint16, 12),
        (JPEGLSNearLossless, np.int16, 12),
        (UID("1.2.840.10008.1.2.4.91"), np.uint16, 12),
    ],
)
def test_lossy_compression_changes_little(
    syntax: UID, dtype: type[np.integer[Any]], bits: int
) -> None:
    pixels = everything(dtype, bits)
    plain = decode_dicom(content(dataset(pixels, bits))).astype(int)
    assert np.abs(decode_dicom(compressed(pixels, bits, syntax)) - plain).max() <= 2


@pytest.mark.filterwarnings("ignore:Expected explicit VR:UserWarning")  # of the test itself
@pytest.mark.parametrize("name", PILLOW_FILES)
def test_real_files_hold_what_another_decoder_finds(name: str) -> None:
    """Pillow is OpenJPEG and libjpeg too, and yet not the way taken here."""
    image = dcmread(io.BytesIO(shipped(name)))
    stored = pixel_array(image, index=0, decoding_plugin="pillow")
    plain = dataset(stored, int(image.BitsStored))
    if stored.ndim == 2:
        plain = dataset(stored, 8 * stored.itemsize)
    for keyword in ("WindowCenter", "WindowWidth", "RescaleSlope", "RescaleIntercept"):
        if keyword in image:
            plain[keyword] = image[keyword]
    np.testing.assert_array_equal(decode_dicom(shipped(name)), decode_dicom(content(plain)))


def test_one_real_radiograph_in_many_encodings() -> None:
    first = decode_dicom(shipped("MR_small"))
    for name in ("bigendian", "implicit", "RLE", "jp2klossless", "jpeg_ls_lossless"):
        np.testing.assert_array_equal(decode_dicom(shipped(f"MR_small_{name}")), first)
    np.testing.assert_array_equal(
        decode_dicom(shipped("SC_rgb_jpeg_gdcm")), decode_dicom(shipped("SC_rgb_rle"))
    )


def test_real_12_bit_jpeg() -> None:
    """No second decoder is at hand: its mean, range and a smooth surface are what can be told."""
    decoded = decode_dicom(shipped("JPGExtended")).astype(int)
    assert decoded.shape == (1024, 256)
    assert (decoded.min(), decoded.max()) == (0, 255)
    assert np.abs(np.diff(decoded, axis=1)).mean() < 2


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("MR_truncated", "truncated"),
        ("SC_rgb_rle_2frame", "several frames"),
        ("rtdose_1frame", "more than 16 bits"),
        ("reportsi", "no pixels"),
        ("badVR", "damaged"),
    ],
)
def test_real_files_that_are_refused(name: str, reason: str) -> None:
    with pytest.raises(UnreadableImage, match=f"^{reason}$"):
        decode_dicom(shipped(name))


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
        decode_dicom(buffer.getvalue())


def test_another_photometric_interpretation_is_refused() -> None:
    image = dataset(everything(np.uint8, 8), 8, PhotometricInterpretation="CMYK")
    with pytest.raises(UnreadableImage, match=r"^unknown photometric interpretation$"):
        decode_dicom(content(image))


@pytest.mark.parametrize("syntax", [None, JPEG2000Lossless])
def test_decompression_bombs_are_refused_before_they_are_decoded(
    monkeypatch: pytest.MonkeyPatch, syntax: UID | None
) -> None:
    pixels = everything(np.uint16, 12)
    made = compressed(pixels, 12, syntax) if syntax else content(dataset(pixels, 12))
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", pixels.size - 1)
    with pytest.raises(UnreadableImage, match=r"^too many pixels$"):
        decode_dicom(made)


@pytest.mark.parametrize("syntax", ENCODERS)
def test_a_stream_larger_than_its_header_is_refused_before_it_is_decoded(syntax: str) -> None:
    pixels = np.zeros((16, 16), np.uint8 if syntax == JPEGBaseline8Bit else np.uint16)
    image = dcmread(io.BytesIO(compressed(pixels, 8 * pixels.itemsize - 4, syntax)))
    image.Rows = 15
    buffer = io.BytesIO()
    image.save_as(buffer, enforce_file_format=True)
    with pytest.raises(UnreadableImage, match=r"^damaged$"):
        decode_dicom(buffer.getvalue())


def test_only_dicom_files_are_taken_for_such() -> None:
    assert is_dicom(content(dataset(everything(np.uint8, 8), 8)))
    assert not is_dicom(b"\xff\xd8\xff\xe0" + bytes(200))
    assert not is_dicom(b"DICM")


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
    "several frames",
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
            assert decode_dicom(bytes(damaged)).dtype == np.uint8
        except UnreadableImage as refusal:
            reasons.add(str(refusal))
    assert reasons <= REASONS
    assert caplog.text == ""
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("name", INTACT)
@pytest.mark.parametrize("missing", [8, 60])  # the end mark of compressed pixels has 8 bytes
def test_a_file_cut_short_is_refused(name: str, missing: int) -> None:
    with pytest.raises(UnreadableImage, match=r"^truncated$"):
        decode_dicom(INTACT[name][:-missing])


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
        decode_dicom(buffer.getvalue())


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
    alone = [decode_dicom(file) for file in files]
    with ThreadPoolExecutor(4) as executor:
        pictures = [executor.submit(decode_grey, buffer.getvalue()) for _ in range(40)]
        for together in executor.map(decode_dicom, files * 10):
            expected = alone.pop(0)
            alone.append(expected)
            np.testing.assert_array_equal(together, expected)
        assert all(picture.result().shape == (16, 16) for picture in pictures)
    assert warnings.filters == before


def test_headers(tmp_path: Path) -> None:
    image = dataset(everything(np.uint8, 8), 8, PatientName="Doe^John ", PatientID=" 7")
    (tmp_path / "a").write_bytes(content(image))
    (tmp_path / "b").write_bytes(b"no DICOM")
    (tmp_path / "c").write_bytes(content(image)[:400])  # cut off before the patient
    (tmp_path / "d").write_bytes(content(image)[:140] + b"??")
    paths = [tmp_path / name for name in ("a", "b", "c", "d", "absent")]
    first, *others = read_headers(paths, ["PatientName", "PatientID", "StudyInstanceUID"])
    assert first == {"PatientName": "Doe^John", "PatientID": "7", "StudyInstanceUID": ""}
    assert [str(other) for other in others] == [
        "not a DICOM file",
        "no pixels",
        "damaged header",
        "not readable: No such file or directory",
    ]


def test_pydicom_is_imported_only_by_those_who_meet_a_dicom_file() -> None:
    code = "import sys, stages.imaging.dicom; print({'pydicom', 'imagecodecs'} & set(sys.modules))"
    root = Path(__file__).parents[2]
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == "set()"
