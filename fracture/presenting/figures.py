"""One style for every figure: colour-blind safe, and the same bytes from the same data."""

from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
from cycler import cycler
from matplotlib.figure import Figure

from fracture.artifacts.atomic import replacing

# Okabe and Ito (2008), distinguishable with the common colour vision deficiencies.
BLUE, ORANGE, GREEN, VERMILION, PURPLE, SKY, GREY = (
    "#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#56B4E9", "#555555",
)  # fmt: skip

mpl.use("Agg")
plt.rcParams.update(
    {
        "axes.grid": True,
        "axes.prop_cycle": cycler(color=[BLUE, ORANGE, GREEN, VERMILION, PURPLE, SKY, GREY]),
        "axes.spines.right": False,
        "axes.spines.top": False,
        "figure.dpi": 110,
        "figure.constrained_layout.use": True,
        "font.size": 10,
        "grid.alpha": 0.3,
        "legend.frameon": False,
    }
)


def save(figure: Figure, path: Path, synthetic: bool) -> None:
    """Save a figure as PNG without date or version, stamped if its data are synthetic; close it."""
    if synthetic:
        figure.text(
            0.995, 0.005, "synthetic radiographs", ha="right", va="bottom", color=VERMILION, size=8
        )
    with replacing(path) as beside:
        figure.savefig(beside, metadata={"Software": None})
    plt.close(figure)
