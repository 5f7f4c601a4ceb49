"""The picture of a model's trainings: loss and AUROC by epoch."""

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from fracture.presenting.figures import BLUE, GREY, ORANGE, head


def draw_curves(history: pd.DataFrame, title: str) -> Figure:
    """Draw loss and AUROC on training and validation radiographs, fine-tuning set off by a line.

    Each network has its lines; those of the first seed are drawn bold and with markers, those of
    further ones thin.

    Args:
        history: The columns of fracture/artifacts/history.py.
        title: Stands above, such as the model's name.
    """
    figure, axes = plt.subplots(1, 2, figsize=(9, 3.8))
    first = history["seed"].iloc[0]
    networks = history.groupby(["seed", "trained_on"], sort=False)
    for ax, score, label in zip(axes, ("loss", "auc"), ("loss", "AUROC"), strict=True):
        for place, ((seed, _), training) in enumerate(networks):
            _draw(ax, training, score, thin=seed != first, named=place == 0)
        ax.set(xlabel="epoch", ylabel=label)
        ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    handles, labels = axes[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=3)
    head(figure, f"{title}: loss and AUROC by epoch{_key(history)}")
    return figure


def _draw(ax: Axes, training: pd.DataFrame, score: str, thin: bool, named: bool) -> None:
    frozen = int((training["phase"] == "frozen").sum())
    width, size = (0.7, 0) if thin else (1.5, 3)
    for column, name, colour, style in (
        (score, "training", GREY, "--"),
        (f"validation_{score}", "validation", BLUE, "-"),
    ):
        ax.plot(
            training["epoch"], training[column], style, color=colour, linewidth=width,
            marker="o", markersize=size, label=name if named else None,
        )  # fmt: skip
    if 0 < frozen < len(training):
        label = "fine-tuning begins" if named else None
        ax.axvline(frozen + 0.5, color=ORANGE, linestyle=":", linewidth=width, label=label)


def _key(history: pd.DataFrame) -> str:
    """Return which lines belong to which network; an empty text for one network."""
    first, *others = map(str, history["seed"].unique())
    kinds = history["trained_on"].unique()
    told = [f"a network for each of {', '.join(kinds)}"] if len(kinds) > 1 else []
    told += [f"bold: seed {first}, thin: {', '.join(others)}"] if others else []
    return f" ({'; '.join(told)})" if told else ""
