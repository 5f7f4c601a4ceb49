"""Baselines without a network: how much copies, data of the file or the table tell of the label."""

import re
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import Any

import numpy as np
import pandas as pd
from sklearn.metrics import accuracy_score
from sklearn.tree import DecisionTreeClassifier

from fracture.artifacts.audit import Baseline
from fracture.artifacts.row import Estimate
from fracture.judging import multiclass, scores
from fracture.judging.bootstrap import Bootstrap
from fracture.judging.judge import judge_by
from fracture.judging.sample import Sample
from fracture.judging.tally import tally
from fracture.params.evaluate import Audit
from fracture.targets import FRACTURED


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
"""Data of the file, by name."""

PRIORS = ("body_part", "view", "age", "sex")
"""What the table may tell. It is never suspicious: a reader knows it before the radiograph and may
use it, whereas nobody diagnoses by data of the file; a system must still add to it."""

KNOWN = 0.5
"""The share of radiographs of which more must be known for a column of `PRIORS` to be a rule."""


def hash_lookup(table: pd.DataFrame, column: str, bootstrap: Bootstrap) -> Baseline:
    """Return what a look-up in the training part reaches on the test part.

    A test radiograph scores the mean label of the training radiographs that show its exposure
    (identical bytes or pixels, near-duplicates, copies by name), and the training part's share of
    fractured radiographs where there is none. It is called fractured from one half. Where a split
    keeps every exposure on one side nothing can be looked up: the AUROC is 0.5. Exposures with
    opposite labels were left out before; a data set's own split holds them too, and more leaks.

    Args:
        table: `exposure`, `fractured` (0 or 1) and `group` of each radiograph, and its part in
            `column`.
        column: Of the parts `train` and `test`.
        bootstrap: Of the interval.

    Returns:
        `n`, `positives`, `auroc` with `auroc_low` and `auroc_high`, and `accuracy` of the test
        part, how many of it were `looked_up` and their `share`; counts 0 and scores None where a
        part is empty.
    """
    train, test = (table[table[column] == part] for part in ("train", "test"))
    if train.empty or test.empty:
        counts: Baseline = {"n": 0, "positives": 0, "looked_up": 0}
        aurocs: Baseline = {"auroc": None, "auroc_low": None, "auroc_high": None}
        return counts | {"share": None} | aurocs | {"accuracy": None}
    remembered = test["exposure"].map(train.groupby("exposure")[FRACTURED].mean())
    guesses = remembered.fillna(train[FRACTURED].mean())
    called = (guesses >= 0.5).astype(int)  # noqa: PLR2004
    return {
        "n": len(test),
        "positives": int(test[FRACTURED].sum()),
        "looked_up": int(remembered.notna().sum()),
        "share": round(float(remembered.notna().mean()), 6),
        **with_interval(test, guesses, bootstrap),
        "accuracy": round(float(accuracy_score(test[FRACTURED], called)), 6),
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
        name: _by_tree(table, values(table), section, bootstrap) for name, values in COLUMNS.items()
    }


def priors(table: pd.DataFrame, section: Audit, bootstrap: Bootstrap) -> dict[str, Baseline]:
    """Return what each of `PRIORS` tells of the label, by name, by the tree of `shortcuts`.

    Ages stand in their order; the values of the other columns in that of their share of fractured
    radiographs in the training part, in which a tree finds the best division into two classes
    (Breiman et al., Classification and Regression Trees, 1984). A value that it lacks, and what is
    unknown, stands where its mean is.

    Args:
        table: `part`, `fractured` (0 or 1), `group`, `body_part`, `view`, `age` (years) and `sex`
            of each radiograph.
        section: `audit` of params.yaml.
        bootstrap: Of the intervals.

    Returns:
        As `shortcuts` does, never `suspicious`; all but the counts None where the column is known
        of half of the radiographs or fewer, or does not vary.
    """
    never = section.model_copy(update={"suspicious": 1.0})  # no AUROC is above it
    return {name: _by_tree(table, _of_table(table, name), never, bootstrap) for name in PRIORS}


def best(baselines: dict[str, Baseline]) -> dict[str, Any]:
    """Return the `column` of the highest validation AUROC and its row; None where none varies."""
    defined = {name: row for name, row in baselines.items() if row["validation_auroc"] is not None}
    name = max(defined, key=lambda name: defined[name]["validation_auroc"] or 0, default=None)
    return {"column": name} | baselines[name or next(iter(baselines))]


def _of_table(table: pd.DataFrame, name: str) -> pd.Series:
    """Return a column of `PRIORS` as numbers in the order in which a tree divides them.

    They are all the same where the column is known of too few radiographs, or has one value alone.
    """
    values = table[name].where(~table[name].isin(["", "unknown"]))
    if values.notna().mean() <= KNOWN or len(values.value_counts()) == 1:
        return pd.Series(0.0, table.index)
    if name == "age":
        return pd.to_numeric(values)
    training = table["part"] == "train"
    labels = table.loc[training, FRACTURED]
    shares = values.map(labels.groupby(values[training]).mean())
    return shares.fillna(labels.mean())


def _by_tree(
    table: pd.DataFrame, values: pd.Series, section: Audit, bootstrap: Bootstrap
) -> Baseline:
    """Return what a tree makes of one column of numbers, those missing below all others."""
    ranks = values.rank(method="dense").fillna(0).to_frame()
    labels = table[FRACTURED]
    train, validation, test = (table["part"] == part for part in ("train", "validation", "test"))
    row: Baseline = {"n": int(test.sum()), "positives": int(labels[test].sum())}
    if ranks[train].nunique().item() == 1:
        return row | dict.fromkeys(
            ["validation_auroc", "auroc", "auroc_low", "auroc_high", "suspicious"]
        )
    tree = DecisionTreeClassifier(max_leaf_nodes=section.leaves, random_state=0)
    tree.fit(ranks[train], labels[train])
    guesses = pd.Series(tree.predict_proba(ranks)[:, 1], table.index)
    reached = with_interval(table[test], guesses[test], bootstrap)
    return row | {
        "validation_auroc": auroc(table[validation], guesses[validation]),
        **reached,
        "suspicious": reached["auroc"] is not None and reached["auroc"] > section.suspicious,
    }


def auroc(rows: pd.DataFrame, guesses: "pd.Series[float]") -> float | None:
    """Return the AUROC to six decimals, 0 to 1; None where a class is lacking.

    Args:
        rows: `fractured`, 0 or 1, and `group` of each radiograph.
        guesses: Of the same radiographs; a higher one speaks for a fracture.
    """
    sample = _sample(rows, guesses)
    return round(float(scores.auroc(tally(sample))[0]), 6) if sample.has_both_classes else None


def with_interval(
    rows: pd.DataFrame, guesses: "pd.Series[float]", bootstrap: Bootstrap
) -> Baseline:
    """Return `auroc` with its ends `auroc_low` and `auroc_high`; None where undefined.

    Args:
        rows: As for `auroc`.
        guesses: Likewise.
        bootstrap: Over groups.
    """
    sample, reached = _sample(rows, guesses), Estimate(value=None)
    if sample.has_both_classes:
        reached = judge_by(multiclass.auroc, sample, bootstrap)
    return {"auroc": reached.value, "auroc_low": reached.low, "auroc_high": reached.high}


def _sample(rows: pd.DataFrame, guesses: "pd.Series[float]") -> Sample:
    return Sample(
        rows[FRACTURED].to_numpy(np.int64),
        np.asarray(guesses, np.float64),
        rows["group"].to_numpy(object),
    )
