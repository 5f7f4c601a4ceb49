"""The picture of the free-response ROC: fractures found against false marks."""

import matplotlib.pyplot as plt
from matplotlib.figure import Figure

from fracture.artifacts.localisation import FALSE_MARKS
from fracture.judging.localisation import RATES, Localised
from fracture.presenting.figures import BLUE, GREY, ORANGE, VERMILION, Look, head
from fracture.presenting.forest import draw_upright
from fracture.presenting.words import called

LOOKS = {
    "network": Look(BLUE, "o", "-"),
    "gradcam": Look(ORANGE, "s", "-"),
    "random_weights": Look(VERMILION, "D", "--"),
    "centred_blob": Look(GREY, "^", ":"),
}
"""How each kind of heat is drawn."""


def draw_free_response(localised: Localised, title: str) -> Figure:
    """Draw the curve of each kind of heat: the network's with its band, all with markers.

    Markers stand at the rates of `FALSE_MARKS` with their intervals, in the tables too; a marker
    beyond the end of its curve is what all marks together find.

    Args:
        localised: Of a model that was measured.
        title: Stands above, such as the model's name.
    """
    summary, curves = localised.summary, localised.curves
    figure, axes = plt.subplots(figsize=(8.5, 6))
    kinds = ["network", *(name for name, _ in summary.pointing.others)]
    for place, kind in enumerate(kinds):
        look = LOOKS[kind]
        curve = curves[curves["heat"] == kind]
        axes.plot(curve["false_marks"], curve["sensitivity"], look.line, color=look.colour)
        if kind == "network" and curve["low"].notna().any():
            ends = curve["false_marks"], curve["low"], curve["high"]
            axes.fill_between(*ends, color=look.colour, alpha=0.18, lw=0)
        # Beside each other, so that no interval hides another.
        shift = 1.04 ** (place - (len(kinds) - 1) / 2)
        for rate in FALSE_MARKS:
            measure = summary.sensitivity[f"{rate:g}"]
            found = measure.network if kind == "network" else dict(measure.others)[kind]
            draw_upright(axes, rate * shift, found, look)
        name = called(summary.kind if kind == "network" else kind)
        axes.plot([], [], look.line, color=look.colour, marker=look.marker, label=name)
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter("{x:g}")
    axes.set(
        xlim=(RATES[0], RATES[-1]), ylim=(-0.01, 1.01),
        xlabel="false marks a radiograph, over all radiographs",
        ylabel="share of fractures in whose box the peak of a mark lies",
    )  # fmt: skip
    figure.legend(loc="outside lower center", fontsize=9, ncols=4)
    head(
        figure,
        f"{title}: free-response ROC of {summary.fractures} fractures in {summary.n} test "
        f"radiographs, with {summary.normal} without a fracture",
        f"band and bars: {100 * summary.confidence:g} % intervals; beyond the end of a curve a "
        "marker shows what all its marks find",
    )
    return figure
