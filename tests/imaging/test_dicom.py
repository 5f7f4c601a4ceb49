"""DICOM: golden pixels over everything that stands between a stored value and a grey level."""

import math
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydicom.uid import (
    ExplicitVRBigEndian,
    ImplicitVRLittleEndian,
)

from fracture.imaging.decode import decode, decode_grey, is_dicom
from fracture.imaging.dicom import read_headers
from tests.dicom_files import content, dataset, table
from tests.imaging.dicom_pixels import STORED, everything, shipped


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


@pytest.mark.parametrize(("dtype", "bits"), STORED)
@pytest.mark.parametrize("photometric", ["MONOCHROME1", "MONOCHROME2"])
@pytest.mark.parametrize("rescale", [(1, 0), (2.5, -300), (-0.5, 7)])
def test_without_a_window_the_bits_stored_are_the_range(
    dtype: type[np.integer[Any]], bits: int, photometric: str, rescale: tuple[float, float]
) -> None:
    """The same value is the same grey in every radiograph, whatever else it holds."""
    pixels = everything(dtype, bits)[3:7]
    elements = {"RescaleSlope": rescale[0], "RescaleIntercept": rescale[1]}
    image = dataset(pixels, bits, PhotometricInterpretation=photometric, **elements)
    decoded = decode_grey(content(image), bits=16)
    # Of 16 bits none is negative here where signed ones would be half of the range.
    low = -(1 << (bits - 1)) if np.issubdtype(dtype, np.signedinteger) else 0
    white = (pixels.astype(float) - low) / ((1 << bits) - 1)
    expected = np.rint(255 * (white if rescale[0] > 0 else 1 - white))
    assert decoded.dtype == np.uint8
    np.testing.assert_array_equal(
        decoded, expected if photometric == "MONOCHROME2" else 255 - expected
    )


@pytest.mark.parametrize(
    ("dtype", "bits", "expected"),
    [
        (np.uint16, 0, [0, 25, 249]),  # 4000 needs 12 bits
        (np.uint16, 14, [0, 6, 62]),
        (np.uint16, 10, [0, 25, 249]),  # too few for it
        (np.int16, 12, [0, 25, 249]),  # no value is negative
    ],
)
def test_where_all_16_bits_are_stored_the_data_set_says_how_many_are_used(
    dtype: type[np.integer[Any]], bits: int, expected: list[int]
) -> None:
    image = dataset(np.array([[0, 400, 4000]], dtype), 16)
    decoded = decode(content(image), bits=bits)
    np.testing.assert_array_equal(decoded.grey, [expected])
    assert (decoded.needs, decoded.stated) == (12, 0)


def test_signed_values_lie_around_the_middle() -> None:
    image = dataset(np.array([[-2048, 0, 2047]], np.int16), 16)
    decoded = decode(content(image))
    np.testing.assert_array_equal(decoded.grey, [[0, 128, 255]])
    assert decoded.needs == 12


def test_the_first_of_several_frames_is_taken_and_the_others_are_counted() -> None:
    pixels = np.arange(32, dtype=np.uint8).reshape(2, 4, 4)
    image = dataset(pixels[0], 8, NumberOfFrames=2)
    image.PixelData = pixels.tobytes()
    decoded = decode(content(image))
    np.testing.assert_array_equal(decoded.grey, pixels[0])
    assert decoded.frames == 2
    assert decode(shipped("SC_rgb_rle_2frame")).frames == 2


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
    decoded = decode_grey(
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
    decoded = decode_grey(content(dataset(pixels, 12, WindowCenter=center, WindowWidth=width)))
    expected[1] = 6 if expected[1] == 0 and width != 1 else expected[1]  # 100 / 4095 of 255
    np.testing.assert_array_equal(decoded, [expected])


def test_a_rescale_turned_round_turns_the_radiograph_round() -> None:
    pixels = np.array([[0, 1000, 4095]], np.uint16)
    turned = dataset(
        pixels, 12, RescaleSlope=-1, RescaleIntercept=4095, WindowCenter=2048, WindowWidth=4096
    )
    np.testing.assert_array_equal(decode_grey(content(turned)), [[255, 193, 0]])


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
    np.testing.assert_array_equal(decode_grey(made), [[0, 0, 255], [51, 51, 51]])


def test_a_table_of_8_bit_entries_for_more_than_256_values() -> None:
    entries = [value // 16 for value in range(4096)]
    pixels = np.array([[0, 16, 1600, 4000, 4095]], np.uint16)
    image = dataset(pixels, 12, VOILUTSequence=table(entries, 0, 8))
    np.testing.assert_array_equal(decode_grey(content(image)), [[0, 1, 100, 250, 255]])


@pytest.mark.parametrize("first", [-3, 0, 5])
def test_modality_lut_then_the_range_of_its_bits(first: int) -> None:
    pixels = np.array([[-300, first], [first + 1, 300]], np.int16)
    image = dataset(pixels, 16, ModalityLUTSequence=table([1000, 1200, 2000], first, 12))
    np.testing.assert_array_equal(decode_grey(content(image)), [[62, 62], [75, 125]])


def test_modality_lut_then_window() -> None:
    image = dataset(
        np.array([[0, 1, 2]], np.uint8),
        8,
        ModalityLUTSequence=table([0, 1000, 65535], 0, 16),
        WindowCenter=1000,
        WindowWidth=500,
        VOILUTFunction="LINEAR_EXACT",
    )
    np.testing.assert_array_equal(decode_grey(content(image)), [[0, 128, 255]])


@pytest.mark.parametrize("limit", [None, 4000])
@pytest.mark.parametrize("photometric", ["MONOCHROME1", "MONOCHROME2"])
def test_padding_is_black_whatever_the_photometric_interpretation(
    limit: int | None, photometric: str
) -> None:
    elements = {"PixelPaddingValue": 4095} | ({"PixelPaddingRangeLimit": limit} if limit else {})
    pixels = np.array([[100, 200, 300, 4095]], np.uint16)
    image = dataset(pixels, 12, PhotometricInterpretation=photometric, **elements)
    for keyword in elements:
        image[keyword].VR = "US"
    expected = [6, 12, 19] if photometric == "MONOCHROME2" else [249, 243, 236]
    np.testing.assert_array_equal(decode_grey(content(image)), [[*expected, 0]])


def test_padding_does_not_count_for_the_bits_in_use() -> None:
    image = dataset(np.array([[-32768, 0, 1000]], np.int16), 16, PixelPaddingValue=-32768)
    image["PixelPaddingValue"].VR = "SS"
    np.testing.assert_array_equal(decode_grey(content(image)), [[0, 0, 249]])  # of 10 bits


@pytest.mark.parametrize("padding", [{}, {"PixelPaddingValue": 7}])
def test_one_value_is_black(padding: dict[str, int]) -> None:
    image = dataset(np.full((3, 2), 7, np.uint16), 12, **padding)
    if padding:
        image["PixelPaddingValue"].VR = "US"
    assert not decode_grey(content(image)).any()


def test_colour_is_weighed_after_itu_r_601() -> None:
    colours = np.eye(3, dtype=np.uint8)[None] * 255
    expected = [[76, 150, 29]]  # 0.299, 0.587, 0.114 of 255
    np.testing.assert_array_equal(decode_grey(content(dataset(colours, 8))), expected)
    deep = colours.astype(np.uint16) * 257
    np.testing.assert_array_equal(decode_grey(content(dataset(deep, 16))), expected)
    planes = dataset(colours, 8, PlanarConfiguration=1)
    planes.PixelData = np.moveaxis(colours, 2, 0).tobytes() + b"\0"
    np.testing.assert_array_equal(decode_grey(content(planes)), expected)
    luma = np.array([[[60, 128, 128], [200, 128, 128]]], np.uint8)
    ybr = dataset(luma, 8, PhotometricInterpretation="YBR_FULL")
    np.testing.assert_array_equal(decode_grey(content(ybr)), [[60, 200]])


def test_palette_colour() -> None:
    image = dataset(np.array([[0, 1, 2]], np.uint8), 8, PhotometricInterpretation="PALETTE COLOR")
    for colour, entries in {"Red": "ff0000", "Green": "00ff00", "Blue": "0000ff"}.items():
        image.add_new(f"{colour}PaletteColorLookupTableDescriptor", "US", [4, 0, 8])
        image.add_new(f"{colour}PaletteColorLookupTableData", "OW", bytes.fromhex(f"{entries}00"))
    np.testing.assert_array_equal(decode_grey(content(image)), [[76, 150, 29]])


def test_only_dicom_files_are_taken_for_such() -> None:
    assert is_dicom(content(dataset(everything(np.uint8, 8), 8)))
    assert not is_dicom(b"\xff\xd8\xff\xe0" + bytes(200))
    assert not is_dicom(b"DICM")


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
    code = (
        "import sys, fracture.imaging.variant, fracture.datasets; "
        "print({'pydicom', 'imagecodecs'} & set(sys.modules))"
    )
    root = Path(__file__).parents[2]
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == "set()"
