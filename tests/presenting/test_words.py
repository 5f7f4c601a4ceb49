"""Words for what stands in params.yaml."""

from typing import Any

import pytest

from fracture.params.radiographs import Variant
from fracture.presenting.words import steps

EDGES = {"blur": 1.0, "low": 40, "high": 110}
BLENDED = EDGES | {"step": "canny", "blend": 0.5}
CHANNEL = EDGES | {"step": "canny_channel"}


@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        ([], "nothing further"),
        ([BLENDED], "Canny edges blended in, 50 %"),
        ([BLENDED | {"blend": 1}], "Canny edges in place of the radiograph"),
        ([CHANNEL], "Canny edges as the third channel, the radiograph in the other two"),
        ([BLENDED, BLENDED], "Canny edges blended in, 50 %, then Canny edges blended in, 50 %"),
    ],
)
def test_what_a_variant_does(chosen: list[dict[str, Any]], words: str) -> None:
    assert steps(Variant.parse({"steps": chosen}, "variants.x")) == words
