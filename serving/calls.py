"""What a model says of single files: a probability, and fractured or not at each point."""

import os
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
from tabulate import tabulate

from fracture.artifacts.scores import CLASSES, Level, number
from fracture.judging.temperature import calibrate

WARNING = "not for clinical use"


def tabulate_calls(probabilities: Mapping[Path, float], model: str, chosen: Level) -> pd.DataFrame:
    """Return one row for each file: `file`, `model`, `probability`, calls, `note`.

    `probability` is that of a fracture after temperature scaling; `call_<operating point>` is one
    of `CLASSES`, decided on the probability before it, as validation chose the thresholds.

    Args:
        probabilities: As the network gives them.
        model: Its name.
        chosen: Its temperature and thresholds.
    """
    raw = np.array(list(probabilities.values()), np.float64)
    calls = {
        f"call_{point}": np.where(raw >= threshold, CLASSES[1], CLASSES[0])
        for point, threshold in chosen.thresholds.items()
    }
    return pd.DataFrame(
        {
            "file": [_printable(path) for path in probabilities],
            "model": model,
            "probability": calibrate(raw, chosen.temperature).round(6),
            **calls,
            "note": WARNING,
        }
    )


def printed(table: pd.DataFrame) -> str:
    """Return the columns in which the rows of `tabulate_calls` differ, as people read them."""
    shown = table.drop(columns=["model", "note"]).assign(
        probability=table["probability"].map(number)
    )
    headers = [str(column).removeprefix("call_") for column in shown]
    return tabulate(
        shown.to_numpy().tolist(), headers=headers, tablefmt="plain", disable_numparse=True
    )


def _printable(path: Path) -> str:
    """Return a path with escapes for the bytes that are not UTF-8."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")
