"""The audit of a data set and its split: the figure, and what the command prints."""

import textwrap
from collections.abc import Collection, Mapping
from typing import Any

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from fracture.artifacts.audit import Audit, Baseline, auroc
from fracture.presenting.figures import BLUE, GREY, ORANGE, SKY, SMALL, VERMILION, WIDTH, head
from fracture.presenting.words import readable
from fracture.targets import CLASSES, FRACTURED, KEYS

LAYOUT = "class body_part; view flag; part left_out; baselines baselines"
AROUND, BAR = 1.1, 0.36
"""Heights, inches: of a panel without bars, of a bar whose name has two lines."""
BARS = 0.55
"""Share of a panel's width that bars take; the rest is for what stands beside them."""
MOST = 12  # bars in a panel; the rest is summed up


def overview(audit: Audit, suspicious: float) -> Figure:
    """Draw what the data set holds, and what can be guessed without a network.

    Args:
        audit: The audit of a data set and its split.
        suspicious: The test AUROC above which a shortcut is flagged, 0 to 1.
    """
    bars: dict[str, Collection[str]] = {
        "class": audit.by_class, "body_part": audit.by_body_part, "view": audit.by_view,
        "flag": audit.by_flag, "part": audit.parts, "left_out": audit.left_out,
        "baselines": [*audit.hash_lookup, *audit.shortcuts, *audit.priors],
    }  # fmt: skip
    layout = [row.split() for row in LAYOUT.split(";")]
    longest = [max(3, *(min(len(bars[name]), MOST) for name in row)) for row in layout[:-1]]
    heights = [AROUND + BAR * count for count in (*longest, len(bars["baselines"]))]
    figure, axes = plt.subplot_mosaic(
        layout,  # type: ignore[arg-type]
        figsize=(WIDTH, sum(heights)), height_ratios=heights,
    )  # fmt: skip
    draw_classes(axes["class"], audit)
    draw_counts(axes["body_part"], _largest(audit.by_body_part), "Body part")
    draw_counts(axes["view"], _largest(audit.by_view), "View")
    draw_counts(axes["flag"], _largest(audit.by_flag), "Flag")
    unused = f" ({audit.unused} unused)" if audit.unused else ""
    draw_counts(axes["part"], audit.parts, f"Part of the split{unused}")
    draw_left_out(axes["left_out"], audit)
    draw_baselines(axes["baselines"], audit, suspicious)
    head(
        figure,
        f"{audit.dataset}: {audit.found} radiographs found, {audit.kept} kept, in {audit.groups} "
        "groups that a split must keep whole",
        f"fractured means: {audit.label}",
    )
    figure.legend(
        handles=[
            Patch(color=VERMILION, label=CLASSES[1]),
            Patch(color=BLUE, label=CLASSES[0]),
        ],
        loc="outside lower center",
        ncols=2,
    )
    return figure


def report(audit: Audit) -> str:
    """Return what is kept, what occurs twice, and what can be guessed without a network."""
    reasons = ", ".join(f"{count} {reason}" for reason, count in audit.left_out.items())
    twice, looked_up, best = audit.duplicates, audit.hash_lookup["our_split"], audit.best_shortcut
    text = (
        f"{audit.dataset}: {audit.found} found, {audit.kept} kept, "
        f"{audit.found - audit.kept} left out{f' ({reasons})' if reasons else ''}\n"
        f"{audit.by_class['fractured']} of {audit.kept} fractured ({audit.label}), in "
        f"{audit.groups} groups; {twice['clusters']} exposures occur more than once, "
        f"{twice['clusters_with_opposite_labels']} with opposite labels\n"
        f"test AUROC without a network: {auroc(looked_up)} by hash look-up, "
        + (f"{auroc(best)} by {best['column']}" if best["column"] else "no shortcut varies")
    )
    if known := audit.best_prior["column"]:
        text += f"; from the table alone: {auroc(audit.best_prior)} by {known}"
    if audit.other_files:
        others = ", ".join(f"{count} {reason}" for reason, count in audit.other_files.items())
        text += f"\n{sum(audit.other_files.values())} other files ({others})"
    text += "".join(f"\nnote: {note}" for note in audit.notes)
    flagged = [column for column, row in audit.shortcuts.items() if row["suspicious"]]
    if flagged:
        text += (
            f"\nsuspicious: {', '.join(flagged)} tells much of the label without a look at a "
            "radiograph; a network that scores no better may do no more"
        )
    return text


def draw_classes(axes: Axes, audit: Audit) -> None:
    """Draw how many radiographs of each class were kept."""
    for row, (name, colour) in enumerate({KEYS[1]: VERMILION, KEYS[0]: BLUE}.items()):
        count = audit.by_class[name]
        axes.barh(row, count, color=colour)
        _note(axes, row, count, f"{count}, {count / audit.kept:.0%}")
    _finish(axes, [*CLASSES[::-1]], "Class")


def draw_counts(axes: Axes, counts: Mapping[str, Mapping[str, Any]], title: str) -> None:
    """Draw a bar for each name with how many radiographs there are and how many are fractured.

    Args:
        axes: The panel.
        counts: `radiographs` and `fractured` by name, from top to bottom.
        title: Of the panel.
    """
    for row, count in enumerate(counts.values()):
        radiographs, fractured = count["radiographs"], count[FRACTURED]
        axes.barh(row, fractured, color=VERMILION)
        axes.barh(row, radiographs - fractured, left=fractured, color=BLUE)
        _note(axes, row, radiographs, f"{radiographs}, {fractured / radiographs:.0%} fractured")
    _finish(axes, list(counts), title)


def draw_left_out(axes: Axes, audit: Audit) -> None:
    """Draw how many radiographs were left out for each reason, the most frequent above."""
    reasons = dict(sorted(audit.left_out.items(), key=lambda item: (-item[1], item[0])))
    for row, count in enumerate(reasons.values()):
        axes.barh(row, count, color=GREY)
        _note(axes, row, count, f"{count}")
    _finish(axes, list(reasons), f"Left out: {audit.found - audit.kept} of {audit.found}")


def draw_baselines(axes: Axes, audit: Audit, suspicious: float) -> None:
    """Draw the test AUROC that each baseline without a network reaches.

    Args:
        axes: The panel.
        audit: The audit of a data set and its split.
        suspicious: The test AUROC above which a bar has another colour, 0 to 1.
    """
    n, positives = (audit.hash_lookup["our_split"][key] for key in ("n", "positives"))
    rows: dict[str, tuple[Baseline, str]] = {
        f"hash look-up, {readable(split)}": (
            row,
            f", {row['looked_up']} of {row['n']} stand in the training part as well",
        )
        for split, row in audit.hash_lookup.items()
    }
    for column, row in audit.shortcuts.items():
        best = column == audit.best_shortcut["column"]
        rows[readable(column)] = (row, ", the best on validation" if best else "")
    known = {}
    for column, row in audit.priors.items():
        if row["auroc"] is not None:
            best = column == audit.best_prior["column"]
            remark = ", from the table" + (", the best of it on validation" if best else "")
            known[readable(column)] = (row, remark)
    rows |= known
    for position, (name, (row, remark)) in enumerate(rows.items()):
        reached = row["auroc"]
        if reached is None:
            _write_at_one(axes, position, "the same for all" if row["n"] else "no such split")
        else:
            flagged = reached > suspicious and name not in known
            axes.barh(position, reached, color=ORANGE if flagged else SKY)
            _write_at_one(axes, position, f"{reached:.3f}{remark}")
    axes.axvline(0.5, color=GREY, linestyle=":", label="chance")
    axes.axvline(suspicious, color=VERMILION, linestyle="--", label=f"suspicious: {suspicious:g}")
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.18), ncols=2)
    _finish(
        axes, list(rows), f"Test AUROC without a network (n = {n}, {positives} fractured)", "AUROC"
    )
    axes.set(xlim=(0, 1 / BARS), xticks=[0, 0.25, 0.5, 0.75, 1])


def _write_at_one(axes: Axes, row: int, text: str) -> None:
    """Write beside the place of an AUROC of 1."""
    axes.text(1.02, row, textwrap.fill(text, 42), va="center", size=SMALL)


def _largest(counts: Mapping[str, Mapping[str, int]]) -> dict[str, Mapping[str, int]]:
    """Return counts, the most frequent first, what is too rare for the panel added up."""
    rows = sorted(counts.items(), key=lambda item: (-item[1]["radiographs"], item[0]))
    if len(rows) <= MOST:
        return dict(rows)
    rest = [count for _, count in rows[MOST - 1 :]]
    others = {key: sum(count[key] for count in rest) for key in ("radiographs", FRACTURED)}
    return {**dict(rows[: MOST - 1]), f"{len(rest)} others": others}


def _note(axes: Axes, row: int, end: float, text: str) -> None:
    """Write beside the end of a bar."""
    axes.annotate(
        text, (end, row), xytext=(4, 0), textcoords="offset points", va="center", size=SMALL,
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 1},
    )  # fmt: skip


def _finish(axes: Axes, names: list[str], title: str, unit: str = "radiographs") -> None:
    """Name the bars and leave room for the notes beside them."""
    axes.set_title(title, size=11)
    axes.grid(visible=False, axis="y")
    axes.set_xlabel(unit, size=SMALL)
    axes.set_yticks(range(len(names)), [textwrap.fill(name, 20) for name in names], size=SMALL)
    axes.set_ylim(max(len(names), 3) - 0.4, -0.6)
    axes.set_xlim(0, axes.get_xlim()[1] / BARS)
    axes.locator_params(axis="x", nbins=4)
    if not names:
        axes.set_axis_off()
        axes.text(0.5, 0.5, "none", transform=axes.transAxes, ha="center", size=12)
