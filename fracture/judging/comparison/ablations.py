"""What a variant of the radiographs changes: each backbone on it against itself on plain ones."""

from typing import Any

from fracture.artifacts.comparison import Ablation
from fracture.judging.comparison.measuring import Measured
from fracture.judging.comparison.significance import holm, verdict
from fracture.judging.comparison.statistic import Statistic, mean

PLAIN = "plain"
"""The variant that the others are held against."""
POOLED = "all"
"""Stands for the backbone where several are taken together."""


def ablations(models: dict[str, Any], measured: list[Measured]) -> list[Ablation]:
    """Return each backbone's difference, then those of several backbones pooled by variant.

    The p-values are corrected over all rows: they are the questions asked beforehand, hence a
    family of their own beside that of all pairs.

    Args:
        models: The section of params.yaml.
        measured: All of these models, perhaps ensembles too, in any order.
    """
    if not measured:
        return []
    aurocs = {each.model: each.auroc for each in measured}
    rows: list[tuple[str, str, str | None, str | None, Statistic]] = [
        (
            models[other]["backbone"],
            models[other]["variant"],
            plain,
            other,
            aurocs[other] - aurocs[plain],
        )
        for plain, other in couples(models)
    ]
    for variant in dict.fromkeys(variant for _, variant, *_ in rows):
        several = [difference for _, seen, *_, difference in rows if seen == variant]
        if len(several) > 1:
            rows.append((POOLED, variant, None, None, mean(several)))
    confidence = measured[0].scores.confidence
    tests = holm([difference.p for *_, difference in rows])
    return [
        Ablation(
            backbone=backbone,
            variant=variant,
            plain=plain,
            other=other,
            difference=difference.estimate(confidence),
            test=test,
            verdict=verdict(difference.value, test, confidence),
        )
        for (backbone, variant, plain, other, difference), test in zip(rows, tests, strict=True)
    ]


def couples(models: dict[str, Any]) -> list[tuple[str, str]]:
    """Return each model on another variant behind the plain model of its backbone.

    Of several plain ones, the first that shares all other settings; else the first.
    """
    found = []
    for other, entry in models.items():
        plain = [
            name
            for name, each in models.items()
            if each["backbone"] == entry["backbone"] and each["variant"] == PLAIN
        ]
        if entry["variant"] != PLAIN and plain:
            alike = [
                name for name in plain if models[name] | {"variant": ""} == entry | {"variant": ""}
            ]
            found.append(((alike or plain)[0], other))
    return found
