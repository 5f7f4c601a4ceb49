"""Models as systems: which of their predictions are scored."""

from collections.abc import Mapping

import pandas as pd

from fracture.targets import LABEL


def scored_rows(table: pd.DataFrame, where: Mapping[str, str]) -> pd.DataFrame:
    """Return the predictions on which a model is scored.

    Args:
        table: The columns of fracture/artifacts/predictions.py.
        where: A column and its value: the model knows these radiographs alone; else empty.
    """
    inside = table[LABEL] >= 0
    for column, value in where.items():
        inside &= table[column] == value
    return table[inside]
