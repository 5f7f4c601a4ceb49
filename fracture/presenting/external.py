"""External validation as a figure and as Markdown: internal beside external, and their sources."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from textwrap import fill

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from fracture.artifacts.external import External
from fracture.artifacts.scores import Scores
from fracture.params.datasets import DATASETS
from fracture.presenting.figures import GREY, SMALL, Look, head, note
from fracture.presenting.forest import draw_estimate, name_rows, stacked, write_beside
from fracture.presenting.words import left_out_by_reason, markdown_table, warnings

TITLE = "# External validation\n\n"
NONE = f"""\
{TITLE}No other data set is named. Name one in `params.yaml`, then run `dvc repro external`:
```yaml
external:
  other_hospital: {{dataset: class_folders, root: data/raw/other_hospital}}
```
`dataset` is who reads it, a key of `datasets`; a key that is not given is that of `datasets`.
"""
SERVED = (
    " Internal AUROCs are means over training seeds; external scores and the drop are of the "
    "network served, that of the first seed."
)
INTERNAL, EXTERNAL = "o", "D"
LEGEND, MARGIN, ROW = 0.4, 1.1, 0.42
"""Heights, inches: of the legend, around the rows of a data set, of each row."""
APART = 0.14
"""Distance of the two estimates from the middle of their row, in rows."""


def synthetic(externals: Sequence[External], scores: Mapping[str, Scores]) -> bool:
    """Return whether any radiographs are drawn: those trained on, or those of another data set.

    Args:
        externals: What was scored on other data sets.
        scores: Internal scores, by system.
    """
    return any(one.synthetic for one in externals) or any(one.synthetic for one in scores.values())


def several(scores: Mapping[str, Scores]) -> bool:
    """Return whether there are several training seeds, by the internal scores of each system."""
    return any(len(one.seeds) > 1 for one in scores.values())


def counts(external: External, scores: Mapping[str, Scores]) -> str:
    """Say how many radiographs there are, how many were left out and why, how many scored.

    Args:
        external: The other data set.
        scores: Internal scores, by system.
    """
    reasons = left_out_by_reason(external.left_out)
    without = f"{sum(external.left_out.values())} left out{f' ({reasons})' if reasons else ''}"
    found = f"{external.found} radiographs, {without}"
    # Of systems that predict something else, the data set may know nothing.
    said: dict[str, str] = {}
    for name, part in external.parts.items():
        one = scores[name]
        held = f"{part.positives} {one.classes[1]}, " if one.binary else ""
        text = f"n = {part.n}, {held}{part.groups} groups"
        if part.positives in (0, part.n):
            text += "; one class only, so that the AUROC and the drop are undefined"
        # Of several targets each is told of, once.
        said.setdefault(one.target, text)
    if not said:
        return f"{found}: none is left to score"
    if len(said) == 1:
        return f"{found}: {next(iter(said.values()))}"
    return f"{found}. " + "; ".join(f"{target}: {text}" for target, text in said.items())


def drops(
    externals: Sequence[External], scores: Mapping[str, Scores], drawn: Mapping[str, Look]
) -> Figure:
    """Draw one panel for each data set: the AUROC of each system internally and externally.

    Args:
        externals: The other data sets; without any the figure says so.
        scores: The scores of each system on its own data set, in the order of the rows.
        drawn: How each system of the run is drawn, by its name.
    """
    if not externals:
        return note("No other data set is named under external in params.yaml.")
    heights = [MARGIN + ROW * max(1, len(external.parts)) for external in externals]
    figure, panels = stacked(heights, LEGEND)
    estimates = [one.auroc for one in scores.values()]
    estimates += [part.scores["auroc"] for one in externals for part in one.parts.values()]
    ends = [end for one in estimates for end in (one.value, one.low) if end is not None]
    for axes, external in zip(panels, externals, strict=True):
        _draw_panel(axes, external, scores, drawn)
        axes.set_xlim(min(0.5, *ends) - 0.03, 1.01)  # the same for all, so that they compare
    n = max(one.images.test.n for one in scores.values())
    figure.legend(
        [
            Line2D([], [], color="black", marker=INTERNAL),
            Line2D([], [], color="black", marker=EXTERNAL, markerfacecolor="white"),
        ],
        [f"internal: test part of {externals[0].trained_on} (n = {n})", "external: named above"],
        loc="outside lower center",
        ncols=2,
    )
    lines = ["AUROC at home and on other data sets, which no system has seen"]
    if several(scores):
        lines.append("internal: mean over training seeds; external and drop: the first seed")
    head(figure, *lines)
    return figure


def _draw_panel(
    axes: Axes, external: External, scores: Mapping[str, Scores], drawn: Mapping[str, Look]
) -> None:
    names = [name for name in scores if name in external.parts]
    if not names:
        axes.axis("off")
        text = fill(f"{external.name}: {counts(external, scores)}.", 95)
        axes.text(0.5, 0.5, text, ha="center", va="center", transform=axes.transAxes, size=SMALL)
        return
    for row, name in enumerate(names):
        internal, other = scores[name].auroc, external.parts[name].scores["auroc"]
        above, below = row - APART, row + APART
        values = [np.nan if one.value is None else one.value for one in (internal, other)]
        axes.plot(values, [above, below], ":", color=GREY, lw=1, zorder=1)
        look = drawn[name]
        draw_estimate(axes, above, internal, replace(look, marker=INTERNAL))
        draw_estimate(axes, below, other, replace(look, marker=EXTERNAL), filled=False)
        write_beside(axes, row, f"drop {external.drop[name]}")
    name_rows(axes, names, 0.5, "--")
    percent = f"{100 * external.confidence:g} %"
    axes.set_xlabel(f"AUROC with {percent} interval; dashed: as good as guessing")
    axes.set_title(fill(f"{external.name}: {counts(external, scores)}", 95), size=10)


def markdown(externals: Sequence[External], scores: Mapping[str, Scores]) -> str:
    """Return the report; without a data set, how to name one.

    Args:
        externals: The other data sets, in order.
        scores: The scores of each system on its own data set, in the order of the rows.
    """
    if not externals:
        return NONE
    first = externals[0]
    warned = " ".join(warnings(synthetic(externals, scores)))
    served = SERVED * several(scores)
    sections = "\n\n".join(_section(external, scores) for external in externals)
    return f"""\
{TITLE}Systems trained on {first.trained_on}, scored on data sets that they never saw. Nothing was \
chosen there: temperature and thresholds are those of validation.{served} **{warned}**

{sections}

Intervals: {100 * first.confidence:g} %, {first.draws} bootstrap draws of groups; for the drop, \
the internal test AUROC minus the external one, each data set is drawn by itself. Order: by \
target, then internal validation AUROC.
"""


def _section(external: External, scores: Mapping[str, Scores]) -> str:
    meaning = DATASETS[external.dataset].meaning
    text = (
        f"## {external.name}\nRead as {external.dataset}; fractured means: {meaning}. "
        f"{counts(external, scores)}."
    )
    if external.passed_over:
        passed = ", ".join(f"{name} ({why})" for name, why in external.passed_over.items())
        text += f" Not scored: {passed}."
    if not external.parts:
        return text
    rows = []
    for name, internal in scores.items():
        if name in external.parts:
            part = external.parts[name]
            point = part.points.get(internal.headline)
            there = point.scores if point else part.scores
            cells = (
                internal.target, internal.auroc, part.scores["auroc"], external.drop[name],
                internal.headline,
                *(there.get(score, "-") for score in ("sensitivity", "specificity", "accuracy")),
            )  # fmt: skip
            rows.append([name, *map(str, cells)])
    headers = [
        "system", "target", "internal AUROC", "external AUROC", "drop", "point",
        "sensitivity there", "specificity there", "accuracy there",
    ]  # fmt: skip
    return f"{text}\n\n{markdown_table(rows, headers, left=[0, 1, 5])}"
