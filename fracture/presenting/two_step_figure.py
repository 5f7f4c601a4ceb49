"""Systems of two steps, as a figure."""

from collections.abc import Mapping

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from fracture.artifacts.two_step import Answering, TwoStep
from fracture.presenting.evaluation_panels import draw_matrix
from fracture.presenting.figures import HEAD, Look, head, note
from fracture.presenting.forest import draw_estimate, name_rows, stacked, write_beside
from fracture.presenting.two_step import trainings_of
from fracture.presenting.words import readable


def draw(two_steps: list[TwoStep], drawn: Mapping[str, Look]) -> Figure:
    """Draw for each the confusion of the router above the AUROC of each way to answer.

    Args:
        two_steps: In full; without any the figure says so.
        drawn: How each system of the run is drawn, by its name.
    """
    if not two_steps:
        return note("No system of two steps: the run has no route.")
    heights = [height for step in two_steps for height in (4.8, 1.6 + 0.5 * len(step.systems))]
    figure, panels = stacked(heights, 0.4)
    for step, first, second in zip(two_steps, panels[::2], panels[1::2], strict=True):
        _draw_router(first, step)
        _draw_systems(second, step, drawn)
    head(figure, "Two steps, first who answers, then the answer, against one", two_steps[0].basis)
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
        size=HEAD,
    )


def _draw_systems(axes: Axes, step: TwoStep, drawn: Mapping[str, Look]) -> None:
    for row, each in enumerate(step.systems):
        look = drawn[each.system.partition(" (")[0]]
        pair = step.against_best(each.system)
        filled = pair is None or pair.verdict != "not distinguishable"
        draw_estimate(axes, row, each.scores["auroc"], look, filled)
        write_beside(axes, row, str(each.scores["auroc"]))
    name_rows(axes, [_name(each) for each in step.systems], 0.5)
    low, high = axes.get_xlim()
    axes.set_xlim(min(low, 0.48), max(high, 1.0))
    axes.set_xlabel("AUROC end to end (dotted: chance)")
    axes.set_title(
        f"Second step: {step.target.name}\nwhite inside: not distinguishable from {step.best}\n"
        f"of {trainings_of(step)}",
        size=HEAD,
    )


def _name(system: Answering) -> str:
    """Return a system's name, and below it its role unless the name says it."""
    if system.role in readable(system.system):
        return system.system
    return f"{system.system}\n{system.role}"
