"""Systems of two steps, as a figure."""

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from fracture.artifacts.two_step import Answering, Role, TwoStep
from fracture.presenting.evaluation_panels import draw_matrix
from fracture.presenting.figures import BLUE, GREEN, GREY, note
from fracture.presenting.forest import draw_estimate, name_rows, write_beside
from fracture.presenting.words import readable


def draw(two_steps: list[TwoStep]) -> Figure:
    """Draw a row for each: confusion of the router, and the AUROC of each way to answer."""
    if not two_steps:
        return note("No system of two steps: the run has no route.")
    heights = [max(4.6, 1.6 + 0.5 * len(step.systems)) for step in two_steps]
    figure, panels = plt.subplots(
        len(two_steps), 2, figsize=(13.5, sum(heights)), squeeze=False,
        gridspec_kw={"height_ratios": heights, "width_ratios": [1, 1.15]},
    )  # fmt: skip
    for step, (left, right) in zip(two_steps, panels, strict=True):
        _draw_router(left, step)
        _draw_systems(right, step)
    figure.suptitle(two_steps[0].basis, size=10.5)
    return figure


def _draw_router(axes: Axes, step: TwoStep) -> None:
    if not step.routers:
        axes.axis("off")
        axes.text(0.5, 0.5, "The truth routes.", ha="center", transform=axes.transAxes)
        return
    first = step.routers[0]
    draw_matrix(axes, first.confusion, [readable(name) for name in first.classes])
    axes.set_title(
        f"First step, {first.system}: {readable(step.column)} right in\n"
        f"{first.accuracy} of {first.n} test radiographs",
        size=10.5,
    )


def _draw_systems(axes: Axes, step: TwoStep) -> None:
    for row, each in enumerate(step.systems):
        colour = _colour(each.role)
        pair = step.against_best(each.system)
        filled = pair is None or pair.verdict != "not distinguishable"
        draw_estimate(axes, row, each.scores["auroc"], colour, filled=filled)
        write_beside(axes, row, str(each.scores["auroc"]))
    name_rows(axes, [_name(each) for each in step.systems], 0.5)
    low, high = axes.get_xlim()
    axes.set_xlim(min(low, 0.48), max(high, 1.0))
    axes.set_xlabel("AUROC end to end (dotted: chance)")
    axes.set_title(
        f"Second step: {step.target.name}\nwhite inside: not distinguishable from {step.best}",
        size=10.5,
    )
    handles = [
        Line2D([], [], color=colour, marker="o", label=label)
        for colour, label in (
            (BLUE, "two steps"),
            (GREY, "told the truth"),
            (GREEN, "one step"),
        )
    ]
    axes.legend(handles=handles, loc="upper center", bbox_to_anchor=(0.5, -0.14), ncols=3)


def _name(system: Answering) -> str:
    """Return a system's name, and below it its role unless the name says it."""
    if system.role in readable(system.system):
        return system.system
    return f"{system.system}\n{system.role}"


def _colour(role: Role) -> str:
    if role == "perfect routing":
        return GREY
    return BLUE if role.endswith("routing") else GREEN
