from dataclasses import replace

import pytest

from fracture.artifacts.left_out import LeftOut
from fracture.artifacts.manifest import Radiograph
from fracture.console import PipelineError
from fracture.examining.outcome import require_both_classes, summary
from tests.examining.ingested import radiograph

KEPT = [replace(radiograph("a", fractured=True), group="a"), replace(radiograph("b"), group="a")]


def test_the_summary_counts_everything() -> None:
    left = [LeftOut("c", "truncated"), LeftOut("d", "missing"), LeftOut("e", "truncated")]
    assert summary(KEPT, left) == (
        "5 found, 3 left out (1 missing, 2 truncated), 2 kept, 1 of them fractured, "
        "in 1 groups that a split must keep whole"
    )
    assert summary(KEPT, []).startswith("2 found, 0 left out, 2 kept")


@pytest.mark.parametrize(
    ("kept", "missing"), [(KEPT[:1], "not fractured"), (KEPT[1:], "fractured")]
)
def test_a_class_without_radiographs_is_refused(kept: list[Radiograph], missing: str) -> None:
    require_both_classes("mine", KEPT)
    with pytest.raises(PipelineError, match=f"^mine: of 1 radiographs none is {missing}; "):
        require_both_classes("mine", kept)


def test_an_empty_data_set_lacks_both() -> None:
    with pytest.raises(PipelineError, match="none is fractured or not fractured"):
        require_both_classes("mine", [])
