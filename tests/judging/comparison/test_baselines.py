import pytest

from fracture.artifacts.scores import Estimate
from fracture.console import PipelineError
from fracture.judging.comparison.baselines import baselines
from tests.judging.comparison.examples import audit, measured

SCORES = measured("one", 1.5).scores


def test_the_look_up_and_the_best_shortcut() -> None:
    lookup, best = baselines(audit(), SCORES)
    assert (lookup.name, lookup.validation_auroc) == ("hash look-up", None)
    assert lookup.auroc == Estimate(value=0.5, low=0.5, high=0.5)
    assert (best.name, best.validation_auroc) == ("shortcut: file size", 0.7)
    assert best.auroc == Estimate(value=0.6, low=0.5, high=0.7)


def test_where_no_column_varies_there_is_no_shortcut() -> None:
    assert [each.name for each in baselines(audit(column=None), SCORES)] == ["hash look-up"]


def test_what_is_undefined_stays_so() -> None:
    undefined = dict.fromkeys(["auroc", "auroc_low", "auroc_high"])
    for each in baselines(audit(**undefined), SCORES):
        assert each.auroc == Estimate(value=None)


@pytest.mark.parametrize(
    ("other", "found"),
    [
        (audit().model_copy(update={"dataset": "fracatlas"}), "audit is of fracatlas"),
        (audit(n=81), "81 radiographs"),
        (audit(positives=3), "3 fractured"),
    ],
)
def test_the_audit_of_another_test_part_is_refused(other: object, found: str) -> None:
    with pytest.raises(PipelineError, match=rf"{found}.*80 radiographs, 32 fractured.*dvc repro"):
        baselines(other, SCORES)  # type: ignore[arg-type]
