"""The comparisons as a page in Markdown, and as printed lines."""

from collections.abc import Mapping, Sequence
from typing import Any

from fracture.artifacts.built import Built
from fracture.artifacts.comparison import PATH as PAIRS
from fracture.artifacts.comparison import Comparison
from fracture.artifacts.scores import Scores
from fracture.artifacts.systems import OPTIMISM, System
from fracture.artifacts.two_step import TwoStep
from fracture.presenting import cost, two_step, words
from fracture.presenting.comparison_tables import ablations_table, seeds_table, systems_table
from fracture.presenting.described import HEADERS, described, not_trained
from fracture.presenting.words import count, markdown_table, warnings


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
    parts = [
        *_in_short(comparison, scores, made),
        _explanation(comparison, scores[comparison.ranking[0]]),
    ]
    parts += ["Curves of all over one another: [curves.png](curves.png)."]
    if comparison.ablations:
        parts += ["### Ablations", ablations_table(comparison)]
    if comparison.seeds > 1:
        parts += ["### Training seeds", seeds_table(comparison)]
    return parts + cost.section([scores[name] for name in comparison.ranking])


def _in_short(
    comparison: Comparison, scores: Mapping[str, Scores], made: Mapping[str, System]
) -> list[str]:
    parts = [
        f"Data set: {scores[comparison.ranking[0]].basis}.",
        systems_table(comparison, scores),
    ]
    lines = [
        f"Not ranked: **{name}** ({made[name]}), test AUROC {scores[name].auroc}."
        for name in comparison.unranked
    ]
    return [*parts, *lines]


def _explanation(comparison: Comparison, scores: Scores) -> str:
    """Say how the system was chosen, what intervals and verdicts are, and where the rest is.

    Args:
        comparison: The comparison of the headline's target.
        scores: The scores of the system chosen.
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
    if comparison.seeds > 1:
        text += (
            "\nAll scores are means over training seeds; intervals of differences rest on draws of "
            "groups and of training seeds."
        )
    else:
        text += (
            "\nEach network was trained once: another seed gives another score, which neither "
            "intervals nor verdicts hold."
        )
    if comparison.baselines:
        text += "\nRows in italics use no network: memory, the files' data or the table alone."
    if comparison.pairs:
        tests = "DeLong's and McNemar's tests" if comparison.binary else "McNemar's tests"
        text += f"""
Verdicts, on {words.trainings(comparison.seeds)}: the difference of test AUROC by a paired \
bootstrap, Holm's correction over \
{count(len(comparison.pairs), "pair")}, level {1 - comparison.confidence:.2g}. \
{words.UNCORRECTED} Of {count(verdicts.total(), "other system")}, {first} is better than \
{verdicts["better"]}, worse \
than {verdicts["worse"]} and not distinguishable from {verdicts["not distinguishable"]}. All \
pairs: [verdicts.png](verdicts.png); with {tests}: {PAIRS}."""
    return text


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
                f"of {words.trainings(comparison.seeds)}: "
                f"better than {verdicts['better']} of the others, worse than {verdicts['worse']}, "
                f"not distinguishable from {verdicts['not distinguishable']}"
            )
    return "\n".join(lines)
