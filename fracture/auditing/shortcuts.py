"""The baselines of file data: how well the label can be guessed without looking at a pixel."""

import re
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import Any

import numpy as np
import pandas as pd
from sklearn.tree import DecisionTreeClassifier

from fracture.artifacts.audit import Baseline
from fracture.auditing.auroc import Bootstrap, auroc, with_interval
from fracture.params.evaluate import Audit


def image_number(path: str) -> float:
    """Return the last integer in a file's name; NaN where it holds none."""
    numbers = re.findall(r"\d+", PurePosixPath(path).stem)
    return float(numbers[-1]) if numbers else np.nan


COLUMNS: dict[str, Callable[[pd.DataFrame], pd.Series]] = {
    "image_number": lambda table: table["path"].map(image_number),
    "file_size": lambda table: table["file_size"],
    "width": lambda table: table["width"],
    "height": lambda table: table["height"],
    "area": lambda table: table["width"] * table["height"],
    "aspect_ratio": lambda table: table["width"] / table["height"],
    "jpeg_quality": lambda table: table["jpeg_quality"],
}


def shortcuts(table: pd.DataFrame, section: Audit, bootstrap: Bootstrap) -> dict[str, Baseline]:
    """Return what each of `COLUMNS` tells of the label, by name.

    A small decision tree learns from the training part the share of fractured radiographs in each
    of up to `leaves` ranges of one column; that share is the score. The value itself as a score
    would miss what is not monotone, such as one width of a scanner that saw fractures alone; a
    tree finds it, and choosing an orientation falls away. It sees ranks: only order matters to it,
    and its single precision would blur long numbers.

    Args:
        table: `part`, `fractured` (0 or 1), `group`, `path`, `file_size`, `width`, `height` and
            `jpeg_quality` of each radiograph.
        section: `audit` of params.yaml.
        bootstrap: Of the intervals.

    Returns:
        `n`, `positives`, `auroc` with `auroc_low` and `auroc_high` of the test part, the
        `validation_auroc`, and whether the column is `suspicious`; all but the counts None where it
        does not vary in the training part.
    """
    return {
        name: _shortcut(table, values(table), section, bootstrap)
        for name, values in COLUMNS.items()
    }


def best_shortcut(baselines: dict[str, Baseline]) -> dict[str, Any]:
    """Return the `column` of the highest validation AUROC and its row; None where none varies."""
    defined = {name: row for name, row in baselines.items() if row["validation_auroc"] is not None}
    name = max(defined, key=lambda name: defined[name]["validation_auroc"] or 0, default=None)
    return {"column": name} | baselines[name or next(iter(baselines))]


def _shortcut(
    table: pd.DataFrame, values: pd.Series, section: Audit, bootstrap: Bootstrap
) -> Baseline:
    ranks = values.rank(method="dense").fillna(0).to_frame()
    labels = table["fractured"]
    train, validation, test = (table["part"] == part for part in ("train", "validation", "test"))
    row: Baseline = {"n": int(test.sum()), "positives": int(labels[test].sum())}
    if ranks[train].nunique().item() == 1:
        return row | dict.fromkeys(
            ["validation_auroc", "auroc", "auroc_low", "auroc_high", "suspicious"]
        )
    tree = DecisionTreeClassifier(max_leaf_nodes=section.leaves, random_state=0)
    tree.fit(ranks[train], labels[train])
    scores = pd.Series(tree.predict_proba(ranks)[:, 1], table.index)
    reached = with_interval(table[test], scores[test], bootstrap)
    return row | {
        "validation_auroc": auroc(table[validation], scores[validation]),
        **reached,
        "suspicious": reached["auroc"] is not None and reached["auroc"] > section.suspicious,
    }
