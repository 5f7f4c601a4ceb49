"""Where the pictures of a system stand."""

from pathlib import Path

from fracture.artifacts import predictions

FOLDER = Path("plots/systems")
"""Holds a folder for each system."""

FREE_RESPONSE = "free_response"
"""Picture that `evaluate` draws where the fracture map of a composed system is measured."""

OF_A_MODEL = ("heat", "froc", "training")
"""Pictures that `predict` draws of a model, whatever system it stands in; `froc` where heatmaps are
measured."""


def folder(system: str) -> Path:
    """Return the folder of a system's figures and the data behind them."""
    return FOLDER / system


def path(system: str, name: str) -> Path:
    """Return the path of a picture of a system.

    Args:
        system: Its name.
        name: Of the file without its ending: one of `OF_A_MODEL`, or such as `evaluation`.
    """
    within = predictions.plots(system) if name in OF_A_MODEL else folder(system)
    return within / f"{name}.png"
