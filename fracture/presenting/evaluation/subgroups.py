"""For whom a model works: a forest plot of the AUROC by subgroup."""

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from fracture.artifacts.scores import Part, Scores
from fracture.presenting.figures import BLUE, GREY, VERMILION

COLUMNS = {"n": (0.13, "right"), "fractured": (0.4, "right"), "AUROC": (0.48, "left")}
"""What stands beside the plot, where, and on which side of that it is aligned."""

Line = tuple[str, Part | None, str]
"""A line of the forest: its name, its scores (None for a heading) and its colour."""


def forest(scores: Scores) -> Figure:
    """Draw all radiographs, all studies and each subgroup, top to bottom; the worst stands out."""
    rows = lines(scores)
    figure, (axes, beside) = plt.subplots(
        1, 2, figsize=(11, 1.6 + 0.3 * len(rows)), width_ratios=(1.4, 1), sharey=True
    )
    axes.axvline(scores.auroc.value or 0, color=GREY, linestyle="--", linewidth=1)
    _write(beside, list(COLUMNS), -1)
    for row, (_, part, colour) in enumerate(rows):
        if part is not None:
            _draw(axes, row, part, colour)
            _write(beside, [str(part.n), str(part.positives), told(part)], row)
    axes.set_yticks(range(len(rows)), [name for name, _, _ in rows])
    for label, (_, part, colour) in zip(axes.get_yticklabels(), rows, strict=True):
        label.set(color=colour, weight="bold" if part is None or colour != BLUE else "normal")
    axes.tick_params(axis="y", length=0)
    axes.grid(visible=False, axis="y")
    axes.set_ylim(len(rows) - 0.5, -1.5)
    axes.set_xlim(min(axes.get_xlim()[0], 0.48), 1.01)
    axes.set_xlabel("test AUROC; dashed: all radiographs, diamond: the worst subgroup")
    beside.axis("off")
    figure.suptitle(f"{scores.model} on {scores.basis}", size=11)
    return figure


def lines(scores: Scores) -> list[Line]:
    """Return what stands on each line, top to bottom."""
    rows: list[Line] = [("all radiographs", scores.images.test, BLUE)]
    if scores.studies is not None:
        rows.append(("all studies", scores.studies.test, BLUE))
    worst = scores.worst
    for attribute, parts in scores.subgroups.items():
        rows.append((attribute, None, "black"))
        rows += [
            (value, part, VERMILION if worst and worst[:2] == (attribute, value) else BLUE)
            for value, part in parts.items()
        ]
    return rows


def told(part: Part) -> str:
    """Return the AUROC as it stands beside the plot, or why there is none."""
    auroc = part.scores["auroc"]
    if auroc.value is None:
        return "undefined: one class"
    if auroc.low is None:
        return f"{auroc}, no interval: {'one group' if part.groups == 1 else 'too few'}"
    return str(auroc)


def _draw(axes: Axes, row: int, part: Part, colour: str) -> None:
    auroc = part.scores["auroc"]
    if auroc.value is None:
        axes.axhline(row, color=GREY, linestyle=":", linewidth=1)
    else:
        marker = "o" if colour == BLUE else "D"
        axes.plot(auroc.value, row, marker, color=colour, markersize=6.5)
    if auroc.low is not None and auroc.high is not None:
        axes.plot([auroc.low, auroc.high], [row, row], color=colour, linewidth=2.5)


def _write(beside: Axes, texts: list[str], row: int) -> None:
    for text, (place, side) in zip(texts, COLUMNS.values(), strict=True):
        beside.text(place, row, text, ha=side, va="center")
