from dataclasses import replace

import numpy as np
import pytest

from fracture.judging.comparison.measuring import measure
from fracture.judging.comparison.pairs import pairs
from tests.judging.comparison.examples import SEED, made, measured, predictions

GOOD, FAIR, POOR = measured("good", 3.0), measured("fair", 2.8, 2), measured("poor", 0.2, 3)


def test_each_pair_stands_there_once_in_the_order_given() -> None:
    found = pairs([GOOD, FAIR, POOR])
    assert [(pair.first, pair.second) for pair in found] == [
        ("good", "fair"), ("good", "poor"), ("fair", "poor"),
    ]  # fmt: skip
    assert [pair.verdict for pair in found] == ["not distinguishable", "better", "better"]
    for pair in found:
        assert pair.difference.value is not None
        assert pair.difference.low is not None
        assert pair.difference.high is not None
        assert pair.difference.low <= pair.difference.value <= pair.difference.high
        for test in (pair.bootstrap, pair.delong, pair.mcnemar):
            assert test.p is not None
            assert test.p_holm is not None
            assert test.p <= test.p_holm <= 1
    assert found[1].difference.value == pytest.approx(
        (GOOD.test.value or 0) - (POOR.test.value or 0), abs=2e-6
    )


def test_turned_round_better_is_worse() -> None:
    (straight,), (turned,) = pairs([GOOD, POOR]), pairs([POOR, GOOD])
    assert (straight.verdict, turned.verdict) == ("better", "worse")
    assert straight.bootstrap == turned.bootstrap
    assert straight.delong == turned.delong
    assert (straight.only_first_right, straight.only_second_right) == (
        turned.only_second_right,
        turned.only_first_right,
    )
    assert straight.difference.low == -(turned.difference.high or 0)


def test_without_groups_the_bootstrap_agrees_with_delong() -> None:
    tables = [predictions(1.5, 1), predictions(1.0, 2)]
    single = [
        measure(made(name, table.assign(group=table["id"])), SEED)
        for name, table in zip("ab", tables, strict=True)
    ]
    (pair,) = pairs(single)
    assert pair.bootstrap.p == pytest.approx(pair.delong.p, abs=0.08)


def test_one_model_alone_has_no_pair() -> None:
    assert pairs([GOOD]) == []


def test_identical_models_are_not_distinguishable() -> None:
    (pair,) = pairs([GOOD, measured("twin", 3.0)])
    assert pair.difference.model_dump() == {"value": 0, "low": 0, "high": 0}
    assert pair.verdict == "not distinguishable"
    assert [test.p for test in (pair.bootstrap, pair.delong, pair.mcnemar)] == [1, 1, 1]
    assert (pair.only_first_right, pair.only_second_right) == (0, 0)


def test_a_model_that_knows_nothing_is_tied_throughout() -> None:
    blind = measure(made("blind", predictions(1, 1).assign(probability=0.5)), SEED)
    assert blind.test.model_dump() == {"value": 0.5, "low": 0.5, "high": 0.5}
    (pair,) = pairs([GOOD, blind])
    assert pair.verdict == "better"
    (pair,) = pairs([blind, replace(blind, scores=blind.scores)])
    assert pair.verdict == "not distinguishable"


def test_a_group_of_everything_has_no_bootstrap() -> None:
    whole = [
        measure(made(name, table.assign(group="all")), SEED)
        for name, table in {"a": predictions(3, 1), "b": predictions(0.2, 3)}.items()
    ]
    (pair,) = pairs(whole)
    assert (pair.bootstrap.p, pair.difference.low, pair.verdict) == (
        None,
        None,
        "not distinguishable",
    )
    assert pair.delong.p is not None


def test_with_training_seeds_a_pair_is_of_the_means() -> None:
    several = [measured("a", 1.5, 1, 3), measured("b", 1.4, 2, 3)]
    (pair,) = pairs(several)
    means = [np.mean([each.auroc.value for each in one.scores.seeds.values()]) for one in several]
    assert pair.difference.value == pytest.approx(means[0] - means[1], abs=2e-6)
    assert pair.verdict == "not distinguishable"
