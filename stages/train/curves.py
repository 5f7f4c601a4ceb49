"""The picture of a training: loss and AUROC by epoch."""

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from stages.figures import BLUE, GREY, ORANGE


def draw_curves(history: pd.DataFrame, title: str) -> Figure:
    """Draw loss and AUROC on training and validation radiographs, fine-tuning set off by a line.

    Args:
        history: As in stages/artifacts/history.py.
        title: Stands above, such as the model's name.
    """
    figure, axes = plt.subplots(1, 2, figsize=(9, 3.4))
    frozen = int((history["phase"] == "frozen").sum())
    for ax, score, label in zip(axes, ("loss", "auc"), ("Loss", "AUROC"), strict=True):
        for column, name, colour, style in (
            (score, "training", GREY, "--"),
            (f"validation_{score}", "validation", BLUE, "-"),
        ):
            ax.plot(
                history["epoch"], history[column], style, color=colour, label=name,
                marker="o", markersize=3,
            )  # fmt: skip
        if 0 < frozen < len(history):
            ax.axvline(frozen + 0.5, color=ORANGE, linestyle=":", label="fine-tuning begins")
        ax.set(xlabel="Epoch", ylabel=label)
        ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes[0].legend()
    figure.suptitle(title)
    return figure
