"""The comparison as Markdown: the table for people, and all that must be said beside it."""

from collections import Counter
from collections.abc import Mapping

from tabulate import tabulate

from fracture.artifacts.comparison import Comparison
from fracture.artifacts.compositions import OPTIMISM, Composition
from fracture.artifacts.scores import Estimate, Scores, number
from fracture.judging.comparison.comparing import against_first
from fracture.judging.comparison.measuring import Measured
from fracture.presenting.comparison.table import COLUMNS, shown


def markdown(
    comparison: Comparison, ranked: list[Measured], ensembles: Mapping[str, Composition]
) -> str:
    """Return the page: what it rests on, all models, what it means, and what some of them show.

    Args:
        comparison: Of all models and ensembles.
        ranked: The same, best on validation first.
        ensembles: By name.
    """
    parts = [
        "# Comparison",
        before(ranked[0].scores),
        models_table(comparison, ranked),
        after(comparison, ranked[0].scores),
    ]
    if ensembles:
        parts += ["## Ensembles", ensembles_list(ensembles)]
    if comparison.ablations:
        parts += ["## Ablations", ablations_table(comparison)]
    if several_seeds(comparison):
        parts += ["## Training seeds", seeds_table(comparison)]
    return "\n\n".join(parts) + "\n"


def before(scores: Scores) -> str:
    """Say what the numbers rest on and what they are not for."""
    synthetic = (
        " **Synthetic radiographs: shows that the pipeline works, says nothing about patients.**"
    )
    return f"Data set: {scores.basis}. Not for clinical use." + (
        synthetic if scores.synthetic else ""
    )


def models_table(comparison: Comparison, ranked: list[Measured]) -> str:
    """Return a row for each baseline and each model, the one chosen in bold."""
    first, pairs = comparison.ranking[0], against_first(comparison)
    rows = [
        [
            f"*{each.name}*",
            number(each.validation_auroc),
            str(each.auroc),
            "-",
            "-",
            *("-" for _ in COLUMNS),
        ]
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
                *(number(value) for value in shown(each.scores).values()),
            ]
        )
    percent = f"{100 * comparison.confidence:g} %"
    headers = [
        "model",
        "validation AUROC",
        f"test AUROC ({percent})",
        f"{first} minus it ({percent})",
        f"{first} is",
        *COLUMNS,
    ]
    return _drawn(rows, headers, texts=1)


def after(comparison: Comparison, scores: Scores) -> str:
    """Say how the model was chosen, what the intervals and verdicts are and where the rest is."""
    first = comparison.ranking[0]
    seeds = " and of training seeds" if several_seeds(comparison) else ""
    text = f"""\
Models are ordered by validation AUROC: **{first}**, the first, is the one chosen. All further \
numbers are of the test part, which chose nothing.
Intervals: percentiles of {comparison.draws} bootstrap draws of groups{seeds}. Sensitivity, \
specificity, F1 and accuracy: at the operating point `{scores.headline}`, which each model got on \
validation; log loss and calibration error after temperature scaling."""
    if seeds:
        text += "\nAUROCs are means over training seeds; the other scores are of the first seed."
    if comparison.baselines:
        text += "\nRows in italics use no network: what memory and the files' data alone reach."
    verdicts = Counter(pair.verdict for pair in against_first(comparison).values())
    if verdicts:
        text += f"""
Verdicts: the difference of test AUROC by a paired bootstrap, Holm's correction over all \
{len(comparison.pairs)} pairs, level {1 - comparison.confidence:.2g}. Of {verdicts.total()} other \
models, {first} is better than {verdicts["better"]}, worse than {verdicts["worse"]} and not \
distinguishable from {verdicts["not distinguishable"]}. All pairs: [verdicts.png](verdicts.png); \
with DeLong's and McNemar's tests: metrics/pairs.json."""
    return text


def ensembles_list(ensembles: Mapping[str, Composition]) -> str:
    """Return a line for each ensemble: its members, and how they were chosen."""
    lines = [f"- **{name}**: {ensemble}" for name, ensemble in ensembles.items()]
    return "\n".join(lines) + f"\n\n{OPTIMISM}"


def ablations_table(comparison: Comparison) -> str:
    """Return a row for each backbone on another variant, and for all together."""
    rows = [
        [
            each.backbone,
            each.variant,
            signed(each.difference),
            _p(each.test.p_holm),
            each.verdict,
        ]
        for each in comparison.ablations
    ]
    headers = ["backbone", "variant", "test AUROC minus plain", "p, corrected", "variant is"]
    return (
        _drawn(rows, headers, texts=2)
        + "\n\nThe same backbone, split and training seed, with and without the variant; Holm's "
        f"correction over these {len(rows)} rows."
    )


def seeds_table(comparison: Comparison) -> str:
    """Return the spread of each model's test AUROC over training seeds."""
    rows = [
        [
            each.model,
            str(each.seeds),
            *(number(value) for value in (each.mean, each.deviation, each.least, each.most)),
        ]
        for each in comparison.spreads
    ]
    headers = ["model", "seeds", "mean test AUROC", "deviation", "least", "most"]
    return _drawn(rows, headers, texts=1)


def several_seeds(comparison: Comparison) -> bool:
    """Whether any model was trained more than once."""
    return any(each.seeds > 1 for each in comparison.spreads)


def signed(difference: Estimate) -> str:
    """Return a difference and its interval, each with its sign."""
    value, low, high = (
        "-" if each is None else f"{each:+.3f}"
        for each in (difference.value, difference.low, difference.high)
    )
    return value if difference.low is None else f"{value} ({low} to {high})"


def _p(value: float | None) -> str:
    return "-" if value is None else "< 0.001" if value < 0.001 else f"{value:.3f}"  # noqa: PLR2004


def _drawn(rows: list[list[str]], headers: list[str], texts: int) -> str:
    """Draw a table whose first columns, as many as `texts`, are set to the left."""
    align = ["left"] * texts + ["right"] * (len(headers) - texts)
    return tabulate(rows, headers=headers, tablefmt="pipe", disable_numparse=True, colalign=align)
