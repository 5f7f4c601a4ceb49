from typing import Any

import pytest

from fracture.console import PipelineError
from fracture.params.evaluate import AtSensitivity, AtSpecificity, Evaluate, Rule, in_words

SECTION: dict[str, Any] = {
    "points": {
        "balanced": "youden",
        "sensitive": {"sensitivity": 0.9},
        "specific": {"specificity": 0.95},
        "half": 0.5,
    },
    "unsure": {"missed": 0.05, "false_alarms": 0.1},
    "draws": 2000,
    "confidence": 0.95,
    "age_bands": [6, 18],
    "least_subgroup": 10,
    "mark_share": 0.5,
    "small_fracture": 30,
}


def test_each_kind_of_rule() -> None:
    section = Evaluate.parse(SECTION, "evaluate")
    assert section.headline == "balanced"
    assert section.points == {
        "balanced": "youden",
        "sensitive": AtSensitivity(sensitivity=0.9),
        "specific": AtSpecificity(specificity=0.95),
        "half": 0.5,
    }


@pytest.mark.parametrize(
    "rule", ["yuden", 1.5, -0.1, None, True, [], {}, {"sensitivity": 90}, {"recall": 0.9},
             {"sensitivity": 0.9, "specificity": 0.9}],
)  # fmt: skip
def test_any_other_rule_is_refused_in_one_line(rule: object) -> None:
    with pytest.raises(PipelineError, match=r"evaluate\.points\.odd is .*: expected youden") as no:
        Evaluate.parse(SECTION | {"points": {"odd": rule}}, "evaluate")
    assert "\n" not in str(no.value)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"points": {}}, r"evaluate\.points is \{\}: .*at least 1"),
        ({"unsure": {"missed": 5, "false_alarms": 0.1}}, r"evaluate\.unsure\.missed is 5"),
        ({"unsure": {"missed": 0.1}}, r"evaluate\.unsure\.false_alarms is missing"),
        ({"draws": 99}, r"evaluate\.draws is 99"),
        ({"confidence": 1}, r"evaluate\.confidence is 1"),
        ({"age_bands": [18, 6]}, r"evaluate\.age_bands is \[18, 6\]: expected .*ascending"),
        ({"age_bands": [0]}, r"evaluate\.age_bands\.0 is 0"),
        ({"least_subgroup": 0}, r"evaluate\.least_subgroup is 0"),
        ({"mark_share": 0}, r"evaluate\.mark_share is 0"),
        ({"mark_share": 1}, r"evaluate\.mark_share is 1"),
        ({"small_fracture": 0}, r"evaluate\.small_fracture is 0"),
        ({"threshold": "youden"}, r"unknown key evaluate\.threshold"),
    ],
)
def test_other_mistakes(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(PipelineError, match=message):
        Evaluate.parse(SECTION | changes, "evaluate")


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("youden", "Youden's index on validation"),
        (AtSensitivity(sensitivity=0.9), "sensitivity 0.9 or more on validation"),
        (AtSpecificity(specificity=0.95), "specificity 0.95 or more on validation"),
        (0.5, "fixed"),
    ],
)
def test_a_rule_in_words(rule: Rule, words: str) -> None:
    assert in_words(rule) == words
