import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from fracture.artifacts.scores import Level
from fracture.inference.external import validate
from fracture.judging.bootstrap import Bootstrap
from fracture.judging.judge import Calibrated, judge
from fracture.judging.sample import Sample
from tests.judging import examples

DRAWS, CONFIDENCE, SEED = 100, 0.9, 3
EVALUATE = examples.EVALUATE.model_copy(update={"points": {"balanced": 0.5}})


def sample(
    labels: list[int], probabilities: list[float], groups: list[str] | None = None
) -> Sample:
    return Sample(
        np.array(labels, np.int64),
        np.array(probabilities, np.float64),
        np.array(groups or [str(number) for number in range(len(labels))], object),
    )


HOME = sample([0, 0, 0, 1, 1, 1], [0.1, 0.2, 0.3, 0.7, 0.8, 0.9])
AWAY = sample(
    [0, 1, 0, 1, 0, 1, 0, 1], [0.1, 0.2, 0.3, 0.4, 0.9, 0.6, 0.7, 0.8], ["a", "a", *"bcdefg"]
)


def chosen() -> Level:
    part = judge([Calibrated(HOME, 1.5, {"balanced": 0.5})], Bootstrap(DRAWS, CONFIDENCE, SEED))
    return Level(temperature=1.5, thresholds={"balanced": 0.5}, validation=part, test=part)


def drawn(sample: Sample, seed: int) -> list[float]:
    """Return scikit-learn's AUROC of each draw, written out."""
    names, codes = np.unique(sample.groups, return_inverse=True)
    generator = np.random.default_rng(seed)
    values = []
    for counts in generator.multinomial(len(names), np.full(len(names), 1 / len(names)), DRAWS):
        rows = np.repeat(np.arange(len(codes)), counts[codes])
        both = len(set(sample.labels[rows])) == 2
        score = roc_auc_score(sample.labels[rows], sample.probabilities[rows]) if both else np.nan
        values.append(score)
    return values


def test_the_drop_and_its_interval_resample_both() -> None:
    """By hand: of 16 pairs of AWAY, 8 are in order."""
    _, drop = validate(HOME, AWAY, chosen(), EVALUATE, SEED)
    assert drop.value == 1 - 8 / 16
    lost = np.array(drawn(HOME, SEED)) - np.array(drawn(AWAY, SEED + 1))
    ends = np.nanquantile(lost, [0.05, 0.95])
    assert [drop.low, drop.high] == pytest.approx(ends.tolist(), abs=1e-6)


def test_the_part_is_what_judging_makes_of_the_external_sample() -> None:
    part, _ = validate(HOME, AWAY, chosen(), EVALUATE, SEED)
    assert part == judge(
        [Calibrated(AWAY, 1.5, {"balanced": 0.5})], Bootstrap(DRAWS, CONFIDENCE, SEED + 1)
    )


@settings(max_examples=10)
@given(labels=st.lists(st.sampled_from([0, 1]), min_size=8, max_size=8))
def test_external_labels_change_no_call(labels: list[int]) -> None:
    part, _ = validate(HOME, sample(labels, list(AWAY.probabilities)), chosen(), EVALUATE, SEED)
    cells = part.points["balanced"].confusion
    assert (cells.tp + cells.fp, cells.tn + cells.fn) == (4, 4)
    assert (cells.tp + cells.fn, part.n) == (sum(labels), 8)


def test_one_class_has_neither_auroc_nor_drop() -> None:
    part, drop = validate(HOME, sample([1, 1], [0.2, 0.7]), chosen(), EVALUATE, SEED)
    assert part.scores["auroc"].value is drop.value is drop.low is drop.high is None
    assert part.points["balanced"].scores["sensitivity"].value == 0.5


def test_one_group_has_a_drop_without_an_interval() -> None:
    together = sample([0, 1], [0.2, 0.7], ["a", "a"])
    _, drop = validate(HOME, together, chosen(), EVALUATE, SEED)
    assert (drop.value, drop.low, drop.high) == (0, None, None)
