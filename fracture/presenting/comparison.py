"""The comparisons as a table for machines, as a page in Markdown, and as printed lines."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from fracture.artifacts.built import Built
from fracture.artifacts.comparison import PATH as PAIRS
from fracture.artifacts.comparison import Comparison
from fracture.artifacts.row import Estimate, number
from fracture.artifacts.scores import Scores
from fracture.artifacts.systems import OPTIMISM, System
from fracture.artifacts.two_step import TwoStep
from fracture.presenting import cost, two_step, words
from fracture.presenting.described import HEADERS, backbone_and_variant, described, not_trained
from fracture.presenting.words import count, markdown_table, p_value, score_name, signed, warnings

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


def values(scores: Scores, names: tuple[str, ...]) -> dict[str, float | None]:
    """Return test scores by name; decisions are those of the headline's operating point.

    Args:
        scores: Of a system.
        names: A score that its target does not have is None.
    """
    test = scores.images.test.scores | scores.decisions
    return {name: test.get(name, UNDEFINED).value for name in names}


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
                    **values(each, COLUMNS),
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


def markdown(
    comparisons: list[Comparison],
    scores: Mapping[str, Scores],
    made: Mapping[str, System],
    models: dict[str, Any],
    two_steps: Sequence[TwoStep] = (),
    built: Sequence[Built] = (),
) -> str:
    """Return the page: what each system is, then a section for each target, the headline's in full.

    Args:
        comparisons: One for each target, that of the headline first.
        scores: Of all systems, by name.
        made: What the systems are, by name.
        models: The section of params.yaml.
        two_steps: Systems of two steps, which get a section of their own.
        built: Backbones that were built and not trained, likewise.
    """
    first, *others = comparisons
    parts = [
        "# Comparison",
        f"**{' '.join(warnings(first.synthetic))}**",
        "Systems are compared with those that predict the same target of the same radiographs.",
        "## What each system is",
        markdown_table(described(made, models), HEADERS, left=range(len(HEADERS))),
    ]
    if any(system.kind == "mean" for system in made.values()):
        parts += [OPTIMISM]
    parts += [f"## {first.title}", *_in_full(first, scores, made)]
    for comparison in others:
        parts += [f"## {comparison.title}", *_in_short(comparison, scores, made)]
    parts += two_step.paragraphs(two_steps)
    if built:
        table = not_trained(built)
        cells = markdown_table(table.rows, table.columns, left=[0])
        parts += ["## Built, not trained", f"{table.caption}.", cells]
    return "\n\n".join(parts) + "\n"


def _in_full(
    comparison: Comparison, scores: Mapping[str, Scores], made: Mapping[str, System]
) -> list[str]:
    several = any(each.seeds > 1 for each in comparison.spreads)
    parts = [
        *_in_short(comparison, scores, made),
        _explanation(comparison, scores[comparison.ranking[0]], several),
    ]
    if comparison.ablations:
        parts += ["### Ablations", _ablations_table(comparison)]
    if several:
        parts += ["### Training seeds", _seeds_table(comparison)]
    return parts + cost.section([scores[name] for name in comparison.ranking])


def _in_short(
    comparison: Comparison, scores: Mapping[str, Scores], made: Mapping[str, System]
) -> list[str]:
    parts = [
        f"Data set: {scores[comparison.ranking[0]].basis}.",
        _systems_table(comparison, scores),
    ]
    lines = [
        f"Not ranked: **{name}** ({made[name]}), test AUROC {scores[name].auroc}."
        for name in comparison.unranked
    ]
    return [*parts, *lines]


def _systems_table(comparison: Comparison, scores: Mapping[str, Scores]) -> str:
    """Return a row for each baseline and each system, the one chosen in bold."""
    first, names = comparison.ranking[0], columns(comparison)
    pairs = comparison.against(first)
    # A system alone is held against none.
    verdicts: tuple[str, ...] = (f"{first} minus it", f"{first} is") if pairs else ()
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
                *map(number, values(each, names).values()),
            ]
        )
    percent = f"{100 * comparison.confidence:g} %"
    headers = [
        "system", "validation AUROC", f"test AUROC ({percent})", *verdicts, *map(score_name, names),
    ]  # fmt: skip
    return markdown_table(rows, headers, left=[0])


def _explanation(comparison: Comparison, scores: Scores, several: bool) -> str:
    """Say how the system was chosen, what intervals and verdicts are, and where the rest is.

    Args:
        comparison: The comparison of the headline's target.
        scores: The scores of the system chosen.
        several: Whether there are several training seeds.
    """
    first, verdicts = comparison.ranking[0], comparison.verdicts(comparison.ranking[0])
    decided = (
        "Sensitivity, specificity, F1 and accuracy: at the operating point "
        f"`{scores.headline}`, which each system got on validation"
        if comparison.binary
        else "AUROC: the mean over the classes, each against all others; accuracy, macro F1 and "
        "kappa: of the most probable class"
    )
    text = f"""\
Systems are ordered by validation AUROC: **{first}**, the first, is the one chosen. All further \
numbers are of the test part, which chose nothing.
Intervals: percentiles of {comparison.draws} bootstrap draws of groups. {decided}; log loss and \
calibration error after temperature scaling."""
    if several:
        text += (
            "\nAll scores are means over training seeds; intervals of differences rest on draws of "
            "groups and of training seeds."
        )
    else:
        text += (
            "\nEach network was trained once: another seed gives another score, which these "
            "intervals do not hold."
        )
    if comparison.baselines:
        text += "\nRows in italics use no network: memory, the files' data or the table alone."
    if comparison.pairs:
        tests = "DeLong's and McNemar's tests" if comparison.binary else "McNemar's tests"
        text += f"""
Verdicts: the difference of test AUROC by a paired bootstrap, Holm's correction over \
{count(len(comparison.pairs), "pair")}, level {1 - comparison.confidence:.2g}. \
{words.UNCORRECTED} Of {count(verdicts.total(), "other system")}, {first} is better than \
{verdicts["better"]}, worse \
than {verdicts["worse"]} and not distinguishable from {verdicts["not distinguishable"]}. All \
pairs: [verdicts.png](verdicts.png); with {tests}: {PAIRS}."""
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
        + "\n\nThe same backbone, split and training seed, with and without the variant; "
        + words.corrected_alone(len(rows))
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


def report(comparisons: list[Comparison], scores: Mapping[str, Scores]) -> str:
    """Return, for each target, which system was chosen, its test AUROC and how others differ.

    Args:
        comparisons: One for each target.
        scores: Of all systems, by name.
    """
    lines = []
    for comparison in comparisons:
        first = comparison.ranking[0]
        chosen = (
            f"{comparison.title}: {first} is first of {len(comparison.ranking)} on validation; its "
            f"test AUROC: {scores[first].auroc}"
        )
        baselines = (f"{each.name}: {each.auroc}" for each in comparison.baselines)
        lines.append("; ".join([chosen, *baselines]))
        if verdicts := comparison.verdicts(first):
            lines.append(
                f"better than {verdicts['better']} of the others, worse than {verdicts['worse']}, "
                f"not distinguishable from {verdicts['not distinguishable']}"
            )
    return "\n".join(lines)
