"""The comparison as a table for machines, as a page in Markdown, and as printed lines."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from fracture.artifacts.comparison import PATH as PAIRS
from fracture.artifacts.comparison import Comparison
from fracture.artifacts.row import Estimate, number
from fracture.artifacts.scores import Scores
from fracture.artifacts.systems import OPTIMISM, System
from fracture.judging.comparison.systems import Measured
from fracture.presenting.words import markdown_table, p_value, score_name, signed, warnings

COLUMNS = (
    "average_precision", "sensitivity", "specificity", "f1", "accuracy", "log_loss",
    "calibration_error",
)  # fmt: skip
"""Test scores beside the AUROC."""

UNDEFINED = Estimate(value=None)


def _others(scores: Scores) -> dict[str, float | None]:
    """Return the scores of `COLUMNS` by name; decisions at the headline's operating point."""
    test = scores.images.test.scores | scores.point.scores
    return {name: test[name].value for name in COLUMNS}


def table(
    models: dict[str, Any],
    comparison: Comparison,
    ranked: list[Measured],
    means: Mapping[str, System],
) -> pd.DataFrame:
    """Return one row for each baseline, then for each system in order of the ranking.

    `difference` is the first system's test AUROC minus that of the row, `verdict` that of the first
    against it.

    Args:
        models: The section of params.yaml.
        comparison: The comparison of all systems.
        ranked: The same systems, in the order of the ranking.
        means: Those systems that are composed of others, by name.
    """
    pairs = comparison.against(comparison.ranking[0])
    rows: list[dict[str, Any]] = [
        {
            "model": baseline.name,
            "validation_auroc": baseline.validation_auroc,
            **_ends("test_auroc", "auroc", baseline.auroc),
        }
        for baseline in comparison.baselines
    ]
    for each in ranked:
        name, pair = each.model, pairs.get(each.model)
        rows.append(
            {
                "model": name,
                "backbone": models[name]["backbone"] if name in models else "",
                "variant": models[name]["variant"] if name in models else "",
                "members": " ".join(means[name].members) if name in means else "",
                "seeds": str(len(each.scores.seeds)),
                **_ends("validation_auroc", "validation", each.validation),
                **_ends("test_auroc", "auroc", each.test),
                **_others(each.scores),
                **_ends("difference", "difference", pair.difference if pair else UNDEFINED),
                "p_holm": pair and pair.bootstrap.p_holm,
                "verdict": pair and pair.verdict,
            }
        )
    return pd.DataFrame(rows, columns=list(rows[-1]))


def _ends(name: str, prefix: str, estimate: Estimate) -> dict[str, float | None]:
    return {name: estimate.value, f"{prefix}_low": estimate.low, f"{prefix}_high": estimate.high}


def markdown(comparison: Comparison, ranked: list[Measured], means: Mapping[str, System]) -> str:
    """Return the page: data set, table of systems, explanation, ensembles, ablations, seeds.

    Args:
        comparison: The comparison of all systems.
        ranked: The same systems, in the order of the ranking.
        means: Those systems that are composed of others, by name.
    """
    scores = ranked[0].scores
    several = any(each.seeds > 1 for each in comparison.spreads)
    parts = [
        "# Comparison",
        f"Data set: {scores.basis}. **{' '.join(warnings(scores.synthetic))}**",
        _systems_table(comparison, ranked),
        _explanation(comparison, scores, several),
    ]
    if means:
        lines = [f"- **{name}**: {mean}" for name, mean in means.items()]
        parts += ["## Ensembles", "\n".join(lines), OPTIMISM]
    if comparison.ablations:
        parts += ["## Ablations", _ablations_table(comparison)]
    if several:
        parts += ["## Training seeds", _seeds_table(comparison)]
    return "\n\n".join(parts) + "\n"


def _systems_table(comparison: Comparison, ranked: list[Measured]) -> str:
    """Return a row for each baseline and each system, the one chosen in bold."""
    first = comparison.ranking[0]
    pairs = comparison.against(first)
    dashes = ["-"] * (2 + len(COLUMNS))
    rows = [
        [f"*{each.name}*", number(each.validation_auroc), str(each.auroc), *dashes]
        for each in comparison.baselines
    ]
    for each in ranked:
        pair = pairs.get(each.model)
        rows.append(
            [
                f"**{first}**" if each.model == first else each.model,
                number(each.validation.value),
                str(each.test),
                signed(pair.difference) if pair else "-",
                pair.verdict if pair else "-",
                *map(number, _others(each.scores).values()),
            ]
        )
    percent = f"{100 * comparison.confidence:g} %"
    headers = [
        "model", "validation AUROC", f"test AUROC ({percent})", f"{first} minus it ({percent})",
        f"{first} is", *map(score_name, COLUMNS),
    ]  # fmt: skip
    return markdown_table(rows, headers, left=[0])


def _explanation(comparison: Comparison, scores: Scores, several: bool) -> str:
    """Say how the system was chosen, what intervals and verdicts are, and where the rest is.

    Args:
        comparison: The comparison of all systems.
        scores: The scores of the system chosen.
        several: Whether there are several training seeds.
    """
    first, verdicts = comparison.ranking[0], comparison.verdicts(comparison.ranking[0])
    text = f"""\
Models are ordered by validation AUROC: **{first}**, the first, is the one chosen. All further \
numbers are of the test part, which chose nothing.
Intervals: percentiles of {comparison.draws} bootstrap draws of groups. Sensitivity, \
specificity, F1 and accuracy: at the operating point `{scores.headline}`, which each model got on \
validation; log loss and calibration error after temperature scaling."""
    if several:
        text += (
            "\nAll scores are means over training seeds; intervals of differences rest on draws of "
            "groups and of training seeds."
        )
    if comparison.baselines:
        text += "\nRows in italics use no network: what memory and the files' data alone reach."
    if comparison.pairs:
        text += f"""
Verdicts: the difference of test AUROC by a paired bootstrap, Holm's correction over all \
{len(comparison.pairs)} pairs, level {1 - comparison.confidence:.2g}. Of {verdicts.total()} other \
models, {first} is better than {verdicts["better"]}, worse than {verdicts["worse"]} and not \
distinguishable from {verdicts["not distinguishable"]}. All pairs: [verdicts.png](verdicts.png); \
with DeLong's and McNemar's tests: {PAIRS}."""
    return text


def _ablations_table(comparison: Comparison) -> str:
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
        + "\n\nThe same backbone, split and training seed, with and without the variant; Holm's "
        f"correction over these {len(rows)} rows."
    )


def _seeds_table(comparison: Comparison) -> str:
    """Return the spread of each model's test AUROC over training seeds."""
    rows = [
        [each.model, str(each.seeds)]
        + [number(value) for value in (each.mean, each.deviation, each.least, each.most)]
        for each in comparison.spreads
    ]
    headers = ["model", "seeds", "mean test AUROC", "deviation", "least", "most"]
    return markdown_table(rows, headers, left=[0])


def report(comparison: Comparison, ranked: list[Measured]) -> str:
    """Return which system was chosen, its test AUROC and how many systems differ from it.

    Args:
        comparison: The comparison of all systems.
        ranked: The same systems, in the order of the ranking.
    """
    first = ranked[0]
    text = (
        f"{first.model} is first of {len(ranked)} on validation; its test AUROC: {first.test}; "
        + "; ".join(f"{each.name}: {each.auroc}" for each in comparison.baselines)
    )
    if comparison.pairs:
        verdicts = comparison.verdicts(first.model)
        text += (
            f"\nbetter than {verdicts['better']} of the others, worse than {verdicts['worse']}, "
            f"not distinguishable from {verdicts['not distinguishable']}"
        )
    return text
