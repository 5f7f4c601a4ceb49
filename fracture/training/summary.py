"""What is told when a training has ended: its epochs, its best one, its time and memory."""

import resource
import sys

import pandas as pd

from fracture.training.pace import duration, speed


def summary(history: pd.DataFrame, seconds: float) -> list[str]:
    """Sum a training up in two lines.

    Args:
        history: What `fracture.training.training.train` returns.
        seconds: Of this process, which an interrupted training may have gone on in.
    """
    best = history.sort_values("validation_loss", kind="stable").iloc[0]
    at_best = f"in epoch {best['epoch']}, validation AUROC {best['validation_auc']:.3f} there"
    phases = [
        f"{name} {len(phase)} epochs in {duration(phase['seconds'].sum())} at "
        f"{speed(phase['images_per_second'].median())}"  # that of the first holds the compilation
        for name, phase in history.groupby("phase", sort=False)
    ]
    spent = f"this process took {duration(seconds)} and at most {peak_memory():,.0f} MB"
    return [
        f"{len(history)} epochs, least validation loss {best['validation_loss']:.3f} {at_best}",
        "; ".join([*phases, spent]),
    ]


def peak_memory() -> float:
    """Return the most main memory that this process ever held, in MB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1024**2 if sys.platform == "darwin" else peak / 1024
