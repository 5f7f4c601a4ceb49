"""The baseline of memory: a test radiograph is looked up among those of the training part."""

import pandas as pd
from sklearn.metrics import accuracy_score

from fracture.artifacts.audit import Baseline
from fracture.auditing.auroc import Bootstrap, with_interval


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
    remembered = test["exposure"].map(train.groupby("exposure")["fractured"].mean())
    scores = remembered.fillna(train["fractured"].mean())
    called = (scores >= 0.5).astype(int)  # noqa: PLR2004
    return {
        "n": len(test),
        "positives": int(test["fractured"].sum()),
        "looked_up": int(remembered.notna().sum()),
        "share": round(float(remembered.notna().mean()), 6),
        **with_interval(test, scores, bootstrap),
        "accuracy": round(float(accuracy_score(test["fractured"], called)), 6),
    }
