from dataclasses import replace
from typing import Any

import pytest

from stages.compare.ranking import basis, overlapping, rank
from stages.console import PipelineError
from tests.compare.examples import scores

# Better on validation, worse on test: only the first may count.
SOLID = scores("solid", 0.85, (0.80, 0.75, 0.85))
LUCKY = scores("lucky", 0.80, (0.90, 0.86, 0.94))
WEAK = scores("weak", 0.60, (0.74, 0.70, 0.76))


def test_validation_orders_and_test_does_not() -> None:
    assert rank([WEAK, LUCKY, SOLID]) == [SOLID, LUCKY, WEAK]


def test_of_equal_models_the_earlier_stands_first() -> None:
    twin = replace(SOLID, model="twin")
    assert rank([SOLID, twin]) == [SOLID, twin]
    assert rank([twin, SOLID]) == [twin, SOLID]


def test_overlap_is_with_the_first() -> None:
    assert overlapping([SOLID, LUCKY, WEAK]) == 1
    assert overlapping([SOLID]) == 0
    assert overlapping([SOLID, scores("touching", 0.5, (0.7, 0.65, 0.75))]) == 1


def test_an_undefined_interval_overlaps_with_none() -> None:
    ends: dict[str, Any] = {"auroc_low": None, "auroc_high": None}
    undefined = scores("undefined", 0.7, (0.8, 0, 1), **ends)
    assert overlapping([SOLID, undefined, WEAK]) == 1
    assert overlapping([undefined, SOLID, WEAK]) == 0


@pytest.mark.parametrize(
    ("other", "found"),
    [
        (replace(LUCKY, dataset="fracatlas"), "lucky on fracatlas"),
        (scores("lucky", 0.8, (0.9, 0.86, 0.94), n=99), "lucky on .* 99 radiographs"),
        (scores("lucky", 0.8, (0.9, 0.86, 0.94), positives=39), "lucky on .* 39 fractured"),
        (replace(LUCKY, confidence=0.9), "lucky on .* 90 % intervals"),
    ],
)
def test_different_tests_are_not_compared(other: Any, found: str) -> None:
    with pytest.raises(PipelineError, match=rf"solid was scored on synthetic.*{found}.*dvc repro"):
        rank([SOLID, other])


def test_basis() -> None:
    assert basis(SOLID) == (
        "synthetic, test part: 100 radiographs, 40 fractured, 60 groups; 95 % intervals"
    )
