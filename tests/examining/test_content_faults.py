"""What DICOM headers say of the kind of a picture, and files of several pages."""

import io
from typing import Any

import numpy as np
import pytest
import tifffile
from PIL import Image

from fracture.examining.admission import REASONS, admit
from fracture.params.radiographs import Ingest
from tests.dicom_files import content, dataset
from tests.imaging.pictures import encode
from tests.imaging.writers import tiff

PIXELS = np.random.default_rng(0).integers(0, 256, (70, 80), np.uint8)
IMAGE = Image.fromarray(PIXELS)
SECONDARY = "1.2.840.10008.5.1.4.1.1.7"

KINDS: list[tuple[dict[str, Any], tuple[str, ...]]] = [
    ({}, ()),
    ({"BurnedInAnnotation": "NO", "Modality": "DX", "ConversionType": ""}, ()),
    ({"BurnedInAnnotation": "YES"}, ("burned_in",)),
    ({"SOPClassUID": SECONDARY}, ("secondary_capture",)),
    ({"SOPClassUID": f"{SECONDARY}.4"}, ("secondary_capture",)),
    ({"SOPClassUID": SECONDARY, "ConversionType": "DF"}, ()),
    ({"ConversionType": "WSD"}, ("secondary_capture",)),
    ({"ImageType": ["DERIVED", "SECONDARY", "SCREEN SAVE"]}, ("secondary_capture",)),
    ({"ImageType": ["DERIVED", "PRIMARY", ""]}, ()),
    ({"Modality": "CT"}, ("modality",)),
    ({"Modality": "OT"}, ("modality",)),
    ({"Modality": ""}, ()),
    (
        {"Modality": "US", "SOPClassUID": SECONDARY, "BurnedInAnnotation": "YES"},
        ("modality", "secondary_capture", "burned_in"),
    ),
    *(({"Modality": each}, ()) for each in ("CR", "DX", "RG", "PX", "IO", "MG", "RF", "XA")),
]


def rules(parameters: dict[str, Any], action: str = "exclude") -> Ingest:
    return Ingest.parse(parameters["ingest"] | dict.fromkeys(REASONS, action), "ingest")


@pytest.mark.parametrize(("elements", "faults"), KINDS)
def test_what_a_header_says_of_its_picture(
    parameters: dict[str, Any], elements: dict[str, Any], faults: tuple[str, ...]
) -> None:
    made = content(dataset(PIXELS, 8, **elements))
    assert admit(made, rules(parameters)).faults == faults
    assert admit(made, rules(parameters, "keep")).faults == ()


def test_the_rules_of_the_project_leave_all_of_them_out(parameters: dict[str, Any]) -> None:
    assert {parameters["ingest"][fault] for fault in REASONS} == {"exclude"}


WEBP = encode(IMAGE, "WEBP", save_all=True, append_images=[Image.fromarray(PIXELS[::-1])])
SEVERAL = {
    "TIFF": tiff(PIXELS, 8, 1, pages=2),
    "WebP": WEBP,
    "PNG": encode(IMAGE, "PNG", save_all=True, append_images=[Image.fromarray(PIXELS[::-1])]),
    "DICOM": content(dataset(PIXELS, 8, NumberOfFrames=2, PixelData=PIXELS.tobytes() * 2)),
}


@pytest.mark.parametrize("name", SEVERAL)
def test_several_pages_or_frames_are_named_and_the_first_can_be_kept(
    parameters: dict[str, Any], name: str
) -> None:
    assert admit(SEVERAL[name], rules(parameters)).faults == ("frames",)
    kept = admit(SEVERAL[name], rules(parameters, "keep"))
    assert kept.faults == ()
    assert kept.decoded.frames == 2
    assert np.abs(kept.decoded.grey - PIXELS.astype(float)).mean() < 30


def test_what_a_camera_adds_to_a_jpeg_is_no_page(parameters: dict[str, Any]) -> None:
    """Its kind is "undefined", as that of a map of brightness."""
    two = encode(IMAGE, "MPO", save_all=True, append_images=[Image.fromarray(PIXELS[::-1])])
    assert admit(two, rules(parameters)).faults == ()


def test_a_smaller_copy_beside_the_radiograph_is_no_page(parameters: dict[str, Any]) -> None:
    made = io.BytesIO()
    with tifffile.TiffWriter(made) as file:
        file.write(PIXELS[::2, ::2], photometric="minisblack", subfiletype=1)
        file.write(PIXELS, photometric="minisblack")
    admitted = admit(made.getvalue(), rules(parameters))
    assert admitted.faults == ()
    np.testing.assert_array_equal(admitted.decoded.grey, PIXELS)
