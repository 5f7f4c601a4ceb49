"""Words for what stands in params.yaml."""

from typing import Any

import pytest

from fracture.artifacts.row import Estimate
from fracture.params.radiographs import Variant
from fracture.presenting.words import mean_over, one_of, score_name, signed, steps, trainings

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
        (
            [{"step": "clahe", "clip": 2, "tiles": 8}],
            "contrast made equal in 8 x 8 tiles (CLAHE)",
        ),
        ([BLENDED, BLENDED], "Canny edges blended in, 50 %, then Canny edges blended in, 50 %"),
    ],
)
def test_what_a_variant_does(chosen: list[dict[str, Any]], words: str) -> None:
    assert steps(Variant.parse({"steps": chosen}, "variants.x")) == words


def test_the_score_of_a_class_is_named_after_it() -> None:
    assert score_name("auroc/left hip") == "AUROC of left hip"
    assert score_name("macro_f1") == "macro F1"


def test_a_difference_that_rounds_to_zero_has_no_sign() -> None:
    assert signed(Estimate(value=-0.0004, low=-0.0006, high=0.0004)) == "0.000 (-0.001 to 0.000)"
    assert signed(Estimate(value=0.1)) == "+0.100"


def test_several_trainings_are_told_one_is_not() -> None:
    assert (one_of([3]), mean_over(1)) == ("", "")
    assert one_of([3, 4]) == " (training seed 3, the first of 2)"
    assert mean_over(2) == " (mean over 2 training seeds)"
    assert trainings(1) == "these trainings, one seed each"
    assert trainings(2) == "trainings with 2 seeds each"
