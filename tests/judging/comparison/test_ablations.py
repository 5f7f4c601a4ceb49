import numpy as np
import pytest

from fracture.judging.comparison.ablations import ablations, couples
from tests.judging.comparison.examples import measured

MODELS = {
    "a": {"backbone": "a", "variant": "plain"},
    "b": {"backbone": "b", "variant": "plain"},
    "c": {"backbone": "c", "variant": "plain"},
    "a_canny": {"backbone": "a", "variant": "canny"},
    "b_canny": {"backbone": "b", "variant": "canny"},
    "d_canny": {"backbone": "d", "variant": "canny"},
}
QUALITY = {"a": 2.5, "b": 2.0, "c": 1.0, "a_canny": 0.2, "b_canny": 0.3, "d_canny": 1.0}
MEASURED = [measured(name, quality, i) for i, (name, quality) in enumerate(QUALITY.items())]


def test_couples_share_a_backbone() -> None:
    assert couples(MODELS) == [("a", "a_canny"), ("b", "b_canny")]
    assert couples({"d_canny": MODELS["d_canny"]}) == []


def test_of_several_plain_models_the_one_of_the_same_settings_is_taken() -> None:
    slow = {"backbone": "a", "learning_rate": 1e-5}
    models = MODELS | {"a_slow": slow | {"variant": "plain"}, "a_two": slow | {"variant": "canny"}}
    assert ("a_slow", "a_two") in couples(models)
    assert ("a", "a_canny") in couples(models)
    alone = {"x": slow | {"variant": "plain"}, "a_canny": MODELS["a_canny"]}
    assert couples(alone) == [("x", "a_canny")]


def test_each_backbone_then_all_pooled() -> None:
    rows = ablations(MODELS, MEASURED[::-1])
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


def test_pooling_narrows_the_interval() -> None:
    widths = [
        (row.difference.high or 0) - (row.difference.low or 0)
        for row in ablations(MODELS, MEASURED)
    ]
    assert widths[2] < max(widths[:2])


def test_one_backbone_alone_is_not_pooled() -> None:
    models = {name: MODELS[name] for name in ("a", "a_canny")}
    (row,) = ablations(models, [MEASURED[0], MEASURED[3]])
    assert row.backbone == "a"
    assert row.test.p == row.test.p_holm


def test_without_a_variant_there_is_nothing() -> None:
    assert ablations({"a": MODELS["a"]}, MEASURED[:1]) == []
