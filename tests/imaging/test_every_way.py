"""Every encoding of one picture is the same upright picture on every way that reads it."""

import numpy as np
import pytest

from fracture.examining.admission import REASONS, admit
from fracture.imaging.decode import decode_again
from fracture.imaging.variant import View, enhance, see
from fracture.inference.predictor import Looked, look
from fracture.params.radiographs import Ingest
from tests.imaging import encodings, encodings_turned

TABLES = (
    encodings.jpegs, encodings.pngs, encodings.tiffs, encodings.others, encodings_turned.turned,
    encodings_turned.dicoms,
)  # fmt: skip
ENCODINGS = {name: encoding for table in TABLES for name, encoding in table()}


@pytest.fixture(scope="module")
def lenient() -> Ingest:
    limits = {"smallest_side": 1, "least_deviation": 0, "largest_chroma": 255, "nobody": []}
    return Ingest.model_validate(dict.fromkeys(REASONS, "keep") | limits)


def test_each_encoding_has_a_name_of_its_own() -> None:
    assert len(ENCODINGS) == sum(len([*table()]) for table in TABLES)


@pytest.mark.parametrize("name", ENCODINGS)
def test_ingest_packing_and_single_files_see_the_same(name: str, lenient: Ingest) -> None:
    made = ENCODINGS[name]
    ingested = admit(made.content, lenient, made.bits).decoded.grey
    assert ingested.shape == made.expected.shape
    assert np.abs(ingested - made.expected.astype(float)).max() <= made.tolerance
    np.testing.assert_array_equal(decode_again(made.content, bits=made.bits), ingested)
    view = View(max(ingested.shape), ())
    single = look(made.content, [view], lenient, made.bits)
    assert isinstance(single, Looked)
    np.testing.assert_array_equal(single.images[0], enhance(ingested, view))


@pytest.mark.parametrize("name", ENCODINGS)
def test_a_single_file_is_seen_as_it_is_packed_at_every_size(name: str, lenient: Ingest) -> None:
    """Small enough that a JPEG is decoded at a fraction, as large as it is, and both at once."""
    made = ENCODINGS[name]
    small, large = View(4, ()), View(max(made.expected.shape), ())
    for views in ([small], [large], [small, large]):
        single = look(made.content, views, lenient, made.bits)
        assert isinstance(single, Looked)
        for image, packed in zip(single.images, see(made.content, views, made.bits), strict=True):
            np.testing.assert_array_equal(image, packed)
