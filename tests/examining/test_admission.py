import io
from typing import Any

import numpy as np
import pytest
from PIL import Image

from fracture.examining import admit
from fracture.examining.admission import REASONS, chroma
from fracture.imaging.decode import decode_grey
from fracture.imaging.unreadable import UnreadableImage
from fracture.params.radiographs import Ingest


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


def test_of_each_pixel_the_strongest_and_the_weakest_channel_count() -> None:
    pixels = np.array([[[200, 50, 0], [0, 10, 90], [7, 255, 30]]], np.uint8)
    assert chroma(encoded(pixels, "PNG")) == (200 + 90 + 248) / 3


@pytest.mark.parametrize("content", [b"", b"no image", encoded(GREY, "JPEG")[:40]])
def test_what_cannot_be_read_has_no_colour(content: bytes) -> None:
    assert chroma(content) == 0


def rules(parameters: dict[str, Any], action: str = "exclude") -> Ingest:
    return Ingest.parse(parameters["ingest"] | dict.fromkeys(REASONS, action), "ingest")


NOISE = np.random.default_rng(0).integers(0, 256, (100, 90), np.uint8)
FAULTY = {
    "tiny": encoded(NOISE[:63], "PNG"),
    "uniform": encoded(NOISE // 64 + 100, "PNG"),
    "colour": encoded(np.stack([NOISE // 2 + 100, NOISE // 2, NOISE // 2], axis=-1), "PNG"),
    "truncated": encoded(NOISE, "JPEG")[:-900],
}


def test_a_good_file_is_decoded_and_has_no_fault(parameters: dict[str, Any]) -> None:
    admitted = admit(encoded(NOISE, "PNG"), rules(parameters))
    pixels, faults = admitted.decoded.grey, admitted.faults
    assert pixels.dtype == np.uint8
    assert np.array_equal(pixels, NOISE)
    assert faults == ()


@pytest.mark.parametrize("fault", FAULTY)
def test_each_fault_is_named_unless_it_is_to_be_kept(
    parameters: dict[str, Any], fault: str
) -> None:
    admitted = admit(FAULTY[fault], rules(parameters))
    assert admitted.faults == (fault,)
    assert np.array_equal(admitted.decoded.grey, decode_grey(FAULTY[fault], truncated=True))
    assert admit(FAULTY[fault], rules(parameters, "fail")).faults == (fault,)
    assert admit(FAULTY[fault], rules(parameters, "keep")).faults == ()


def test_several_faults_come_in_one_order(parameters: dict[str, Any]) -> None:
    flat = np.stack([np.full((9, 9), grey, np.uint8) for grey in (0, 50, 99)], axis=-1)
    assert admit(encoded(flat, "PNG"), rules(parameters)).faults == ("tiny", "uniform", "colour")


def test_what_cannot_be_decoded_is_unreadable(parameters: dict[str, Any]) -> None:
    with pytest.raises(UnreadableImage, match=r"^not an image$"):
        admit(b"no image", rules(parameters))
