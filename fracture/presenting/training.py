"""The picture of a model's trainings: loss and AUROC by epoch."""

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from fracture.presenting.figures import BLUE, GREY, ORANGE, head


def draw_curves(history: pd.DataFrame, title: str) -> Figure:
    """Draw loss and AUROC on training and validation radiographs, fine-tuning set off by a line.

    The first seed is drawn bold and with markers, further ones thin.

    Args:
        history: The columns of fracture/artifacts/history.py.
        title: Stands above, such as the model's name.
    """
    figure, axes = plt.subplots(1, 2, figsize=(9, 3.8))
    seeds = list(dict.fromkeys(history["seed"]))
    for ax, score, label in zip(axes, ("loss", "auc"), ("loss", "AUROC"), strict=True):
        for position, seed in enumerate(seeds):
            _draw(ax, history[history["seed"] == seed], score, thin=position > 0)
        ax.set(xlabel="epoch", ylabel=label)
        ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    handles, labels = axes[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=3)
    head(figure, f"{title}: loss and AUROC by epoch{_key(seeds)}")
    return figure


def _draw(ax: Axes, training: pd.DataFrame, score: str, thin: bool) -> None:
    frozen = int((training["phase"] == "frozen").sum())
    width, size = (0.7, 0) if thin else (1.5, 3)
    for column, name, colour, style in (
        (score, "training", GREY, "--"),
        (f"validation_{score}", "validation", BLUE, "-"),
    ):
        ax.plot(
            training["epoch"], training[column], style, color=colour, linewidth=width,
            marker="o", markersize=size, label=None if thin else name,
        )  # fmt: skip
    if 0 < frozen < len(training):
        label = None if thin else "fine-tuning begins"
        ax.axvline(frozen + 0.5, color=ORANGE, linestyle=":", linewidth=width, label=label)


def _key(seeds: list[int]) -> str:
    """Return which lines belong to which seed; an empty text for one seed."""
    first, *others = map(str, seeds)
    return f" (bold: seed {first}, thin: {', '.join(others)})" if others else ""
