"""The comparisons as tables: one for machines, and those of the page."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from fracture.artifacts.comparison import Comparison
from fracture.artifacts.row import Estimate, number
from fracture.artifacts.scores import Scores
from fracture.artifacts.systems import System
from fracture.presenting import cost, words
from fracture.presenting.described import backbone_and_variant
from fracture.presenting.words import markdown_table, p_value, score_name, signed

WITH_INTERVAL = ("average_precision", "sensitivity", "specificity")
"""Of the test scores beside the AUROC those that the page shows with their intervals."""
TWO_CLASSES = (
    "average_precision", "sensitivity", "specificity", "f1", "accuracy", "log_loss",
    "calibration_error",
)  # fmt: skip
"""Test scores beside the AUROC, of a target with two classes."""
SEVERAL_CLASSES = (
    "accuracy", "balanced_accuracy", "macro_f1", "kappa", "log_loss", "calibration_error",
)  # fmt: skip
"""Likewise, with more."""
COLUMNS = tuple(dict.fromkeys((*TWO_CLASSES, *SEVERAL_CLASSES)))
"""Those of the table for machines."""

UNDEFINED = Estimate(value=None)


def columns(comparison: Comparison) -> tuple[str, ...]:
    """Return the test scores that stand beside the AUROC."""
    return TWO_CLASSES if comparison.binary else SEVERAL_CLASSES


def estimates(scores: Scores, names: tuple[str, ...]) -> dict[str, Estimate]:
    """Return test scores by name; decisions are those of the headline's operating point.

    Args:
        scores: Of a system.
        names: A score that its target does not have is undefined.
    """
    test = scores.images.test.scores | scores.decisions
    return {name: test.get(name, UNDEFINED) for name in names}


def table(
    comparisons: list[Comparison],
    scores: Mapping[str, Scores],
    made: Mapping[str, System],
    models: dict[str, Any],
) -> pd.DataFrame:
    """Return, for each target, a row for each baseline, then for each system by its rank.

    `difference` is the first system's test AUROC minus that of the row, `verdict` that of the first
    against it. What is not ranked stands last.

    Args:
        comparisons: One for each target.
        scores: Of all systems, by name.
        made: What the systems are, by name.
        models: The section of params.yaml.
    """
    rows: list[dict[str, Any]] = []
    for comparison in comparisons:
        rows += [
            {
                "target": comparison.title,
                "model": baseline.name,
                "validation_auroc": baseline.validation_auroc,
                **_ends("test_auroc", "auroc", baseline.auroc),
            }
            for baseline in comparison.baselines
        ]
        pairs = comparison.against(comparison.ranking[0])
        for name in (*comparison.ranking, *comparison.unranked):
            each, pair = scores[name], pairs.get(name)
            backbone, variant = backbone_and_variant(made[name], models)
            rows.append(
                {
                    "target": comparison.title,
                    "model": name,
                    "kind": made[name].kind,
                    "backbone": backbone,
                    "variant": variant,
                    "members": " ".join(made[name].members),
                    "seeds": str(len(each.seeds)),
                    **cost.columns(each.footprint),
                    **_ends("validation_auroc", "validation", each.validation_auroc),
                    **_ends("test_auroc", "auroc", each.auroc),
                    **{name: one.value for name, one in estimates(each, COLUMNS).items()},
                    **_ends("difference", "difference", pair.difference if pair else UNDEFINED),
                    "p_holm": pair and pair.bootstrap.p_holm,
                    "verdict": "not ranked"
                    if name in comparison.unranked
                    else pair and pair.verdict,
                }
            )
    return pd.DataFrame(rows, columns=list(rows[-1]))


def _ends(name: str, prefix: str, estimate: Estimate) -> dict[str, float | None]:
    return {name: estimate.value, f"{prefix}_low": estimate.low, f"{prefix}_high": estimate.high}


def systems_table(comparison: Comparison, scores: Mapping[str, Scores]) -> str:
    """Return a row for each baseline and each system, the one chosen in bold."""
    first, names = comparison.ranking[0], columns(comparison)
    pairs = comparison.against(first)
    # A system alone is held against none.
    said = f"{first} is, of {words.trainings(comparison.seeds)}"
    verdicts: tuple[str, ...] = (f"{first} minus it", said) if pairs else ()
    rows = [
        [f"*{each.name}*", number(each.validation_auroc), str(each.auroc)]
        + ["-"] * (len(verdicts) + len(names))
        for each in comparison.baselines
    ]
    for name in comparison.ranking:
        each, pair = scores[name], pairs.get(name)
        verdict = [signed(pair.difference), pair.verdict] if pair else ["-"] * len(verdicts)
        rows.append(
            [
                f"**{first}**" if name == first else name,
                number(each.validation_auroc.value),
                str(each.auroc),
                *verdict,
                *(
                    str(one) if score in WITH_INTERVAL else number(one.value)
                    for score, one in estimates(each, names).items()
                ),
            ]
        )
    percent = f"{100 * comparison.confidence:g} %"
    headers = [
        "system", "validation AUROC", f"test AUROC ({percent})", *verdicts, *map(score_name, names),
    ]  # fmt: skip
    return markdown_table(rows, headers, left=[0])


def ablations_table(comparison: Comparison) -> str:
    """Return a row for each backbone on another variant, and for all together."""
    rows = [
        [
            each.backbone,
            each.variant,
            signed(each.difference),
            p_value(each.test.p_holm),
            each.verdict,
        ]
        for each in comparison.ablations
    ]
    headers = ["backbone", "variant", "test AUROC minus plain", "p, corrected", "variant is"]
    return (
        markdown_table(rows, headers, left=[0, 1])
        + "\n\nThe same backbone, split and training seed, with and without the variant; "
        f"verdicts on {words.trainings(comparison.seeds)}; " + words.corrected_alone(len(rows))
    )


def seeds_table(comparison: Comparison) -> str:
    """Return the spread of each model's test AUROC over training seeds."""
    rows = [
        [each.model, str(each.seeds)]
        + [number(value) for value in (each.mean, each.deviation, each.least, each.most)]
        for each in comparison.spreads
    ]
    headers = ["model", "seeds", "mean test AUROC", "deviation", "least", "most"]
    return markdown_table(rows, headers, left=[0])
