from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from fracture.artifacts import comparison
from fracture.artifacts.row import Estimate
from fracture.console import PipelineError
from fracture.judging.comparison.comparing import ablations, baselines, compare, couples, pairs
from fracture.judging.comparison.systems import measure
from tests.judging.comparison.examples import SEED, audit, made, measured, predictions

MODELS = {
    name: {"backbone": name, "variant": "plain", "target": "fractured"}
    for name in ("good", "fair", "poor")
}
RANKED = [measured("good", 3.0), measured("fair", 2.8, 2), measured("poor", 0.2, 3)]


def test_it_is_read_back(tmp_path: Path) -> None:
    compared = compare(MODELS, RANKED, [])
    path = tmp_path / "pairs.json"
    comparison.write([compared], path)
    assert comparison.read(path) == [compared]
    assert (compared.title, compared.binary, compared.unranked) == ("fractured", True, [])
    assert (compared.ranking, compared.draws) == (["good", "fair", "poor"], 200)
    assert (compared.dataset, compared.synthetic) == ("synthetic", True)


def test_pairs_are_seen_from_either_system() -> None:
    compared = compare(MODELS, RANKED, [])
    assert list(compared.against("good")) == ["fair", "poor"]
    assert list(compared.against("poor")) == ["good", "fair"]
    pair, turned = compared.against("good")["poor"], compared.against("poor")["good"]
    assert pair is compared.pairs[1]
    assert (turned.first, turned.second, pair.verdict, turned.verdict) == (
        "poor", "good", "better", "worse",
    )  # fmt: skip
    ends = (turned.difference.value, turned.difference.high, turned.difference.low)
    assert ends == tuple(-end for end in pair.difference.model_dump().values())
    assert turned.only_first_right == pair.only_second_right
    assert turned.swapped() == pair
    assert compared.verdicts("poor") == {"worse": 2}


def test_spread_over_training_seeds() -> None:
    one = measured("good", 1.5, seeds=3)
    (found,) = compare({"good": MODELS["good"]}, [one], []).spreads
    values = [each.auroc.value or 0 for each in one.scores.seeds.values()]
    assert (found.model, found.seeds, found.mean) == ("good", 3, one.test.value)
    assert (found.least, found.most) == (min(values), max(values))


def test_one_training_seed_has_no_deviation() -> None:
    found = compare(MODELS, RANKED, []).spreads[0]
    assert (found.seeds, found.deviation) == (1, None)
    assert found.mean == found.least == found.most == RANKED[0].test.value


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


VARIANTS = {
    "a": {"backbone": "a", "variant": "plain", "target": "fractured"},
    "b": {"backbone": "b", "variant": "plain", "target": "fractured"},
    "c": {"backbone": "c", "variant": "plain", "target": "fractured"},
    "a_canny": {"backbone": "a", "variant": "canny", "target": "fractured"},
    "b_canny": {"backbone": "b", "variant": "canny", "target": "fractured"},
    "d_canny": {"backbone": "d", "variant": "canny", "target": "fractured"},
}
QUALITY = {"a": 2.5, "b": 2.0, "c": 1.0, "a_canny": 0.2, "b_canny": 0.3, "d_canny": 1.0}
MEASURED = [measured(name, quality, i) for i, (name, quality) in enumerate(QUALITY.items())]


def test_couples_share_a_backbone() -> None:
    assert couples(VARIANTS) == [("a", "a_canny"), ("b", "b_canny")]
    assert couples({"d_canny": VARIANTS["d_canny"]}) == []


def test_of_several_plain_models_the_one_of_the_same_settings_is_taken() -> None:
    slow = {"backbone": "a", "learning_rate": 1e-5}
    models = VARIANTS | {
        "a_slow": slow | {"variant": "plain"},
        "a_two": slow | {"variant": "canny"},
    }
    assert ("a_slow", "a_two") in couples(models)
    assert ("a", "a_canny") in couples(models)
    alone = {"x": slow | {"variant": "plain"}, "a_canny": VARIANTS["a_canny"]}
    assert couples(alone) == [("x", "a_canny")]


def test_each_backbone_then_all_pooled() -> None:
    rows = ablations(VARIANTS, MEASURED[::-1])
    assert [(row.backbone, row.variant, row.plain, row.other) for row in rows] == [
        ("a", "canny", "a", "a_canny"),
        ("b", "canny", "b", "b_canny"),
        ("all", "canny", None, None),
    ]
    values = [row.difference.value or 0 for row in rows]
    assert values[0] == pytest.approx(
        (MEASURED[3].test.value or 0) - (MEASURED[0].test.value or 0), abs=2e-6
    )
    assert values[2] == pytest.approx(np.mean(values[:2]), abs=2e-6)
    assert [row.verdict for row in rows] == ["worse"] * 3
    for row in rows:
        assert row.test.p is not None
        assert row.test.p_holm is not None
        assert row.test.p <= row.test.p_holm


def test_each_variant_is_pooled_over_its_own_backbones() -> None:
    """Two backbones on edges, one alone on channels; what was not measured is passed over."""
    entries = {
        "a_edges": {"backbone": "a", "variant": "edges"},
        "a_channels": {"backbone": "a", "variant": "channels"},
        "b_edges": {"backbone": "b", "variant": "edges"},
    }
    quality = {"a_edges": 0.5, "a_channels": 2.6, "b_edges": 0.1}
    more = [measured(name, each, i) for i, (name, each) in enumerate(quality.items(), 7)]
    elsewhere = {"c_canny": {"backbone": "c", "variant": "canny"}}
    rows = ablations(VARIANTS | entries | elsewhere, MEASURED + more)
    assert [(row.backbone, row.variant) for row in rows] == [
        ("a", "canny"), ("b", "canny"), ("all", "canny"),
        ("a", "edges"), ("b", "edges"), ("all", "edges"),
        ("a", "channels"),
    ]  # fmt: skip
    values = [row.difference.value or 0 for row in rows]
    assert values[2] == pytest.approx(np.mean(values[:2]), abs=2e-6)
    assert values[5] == pytest.approx(np.mean(values[3:5]), abs=2e-6)
    surest = min((row.test for row in rows), key=lambda test: test.p or 0)
    assert surest.p_holm == pytest.approx(7 * (surest.p or 0), rel=1e-3)  # Holm over all rows


def test_pooling_narrows_the_interval() -> None:
    widths = [
        (row.difference.high or 0) - (row.difference.low or 0)
        for row in ablations(VARIANTS, MEASURED)
    ]
    assert widths[2] < max(widths[:2])


def test_one_backbone_alone_is_not_pooled() -> None:
    models = {name: VARIANTS[name] for name in ("a", "a_canny")}
    (row,) = ablations(models, [MEASURED[0], MEASURED[3]])
    assert row.backbone == "a"
    assert row.test.p == row.test.p_holm


def test_without_a_variant_there_is_nothing() -> None:
    assert ablations({"a": VARIANTS["a"]}, MEASURED[:1]) == []


SCORES = measured("one", 1.5).scores


def test_the_look_up_and_the_best_shortcut() -> None:
    lookup, best = baselines(audit(), SCORES)
    assert (lookup.name, lookup.validation_auroc) == ("hash look-up", None)
    assert lookup.auroc == Estimate(value=0.5, low=0.5, high=0.5)
    assert (best.name, best.validation_auroc) == ("shortcut: file size", 0.7)
    assert best.auroc == Estimate(value=0.6, low=0.5, high=0.7)


def test_what_the_table_tells_stands_last() -> None:
    row = {"column": "body_part", "validation_auroc": 0.8} | dict.fromkeys(
        ["auroc", "auroc_low", "auroc_high"], 0.7
    )
    last = baselines(audit().model_copy(update={"best_prior": row}), SCORES)[-1]
    assert (last.name, last.validation_auroc) == ("from the table: body part", 0.8)
    assert last.auroc == Estimate(value=0.7, low=0.7, high=0.7)


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
