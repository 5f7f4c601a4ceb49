"""Counts of radiographs, of groups, of sizes, of duplicates, and of the parts of the split."""

from collections import Counter
from collections.abc import Iterable
from typing import Any, get_args

import pandas as pd

from fracture.artifacts.audit import Count
from fracture.artifacts.duplicates import Kind, Pair
from fracture.artifacts.splits import PARTS


def count(table: pd.DataFrame) -> Count:
    """Return how many rows, and how many of them `fractured`."""
    return {"radiographs": len(table), "fractured": int(table["fractured"].sum())}


def count_by(table: pd.DataFrame, column: str) -> dict[str, Count]:
    """Return the counts of each value of a column, sorted; an empty text is called unknown."""
    values = table[column].replace("", "unknown")
    return {str(value): count(rows) for value, rows in table.groupby(values)}


def count_by_flag(table: pd.DataFrame) -> dict[str, Count]:
    """Return the counts of each flag, sorted; a radiograph may bear several or none."""
    return count_by(table.explode("flags").dropna(subset="flags"), "flags")


def different(table: pd.DataFrame, *columns: str) -> int | None:
    """Return how many different values the last column has within those before it.

    Empty texts are not counted: None where there is nothing else.
    """
    known = table[table[columns[-1]] != ""]
    return len(known.drop_duplicates(list(columns))) or None


def sizes(table: pd.DataFrame) -> dict[str, Any]:
    """Return the range of sizes in pixels, and the most frequent one."""
    pairs = Counter(zip(table["width"], table["height"], strict=True))
    (width, height), radiographs = min(pairs.items(), key=lambda item: (-item[1], item[0]))
    return {
        "different": len(pairs),
        "most_frequent": f"{width} x {height}",
        "radiographs": radiographs,
    } | {
        side: {
            "minimum": int(table[side].min()),
            "median": float(table[side].median()),
            "maximum": int(table[side].max()),
        }
        for side in ("width", "height")
    }


def duplicates(found: pd.DataFrame, pairs: Iterable[Pair]) -> dict[str, Any]:
    """Return the counts of pairs by kind and of the clusters that they make.

    Args:
        found: As `fracture.auditing.table.found_table` returns it.
        pairs: From which it was made.
    """
    kinds = Counter(pair.kind for pair in pairs)
    size = found.groupby("exposure").size()
    labels = found[found["label"] != ""].groupby("exposure")["label"].nunique()
    return {
        "pairs": {kind: kinds[kind] for kind in get_args(Kind)},
        "clusters": int((size > 1).sum()),
        "radiographs": int(size[size > 1].sum()),
        "clusters_with_opposite_labels": int((labels > 1).sum()),
    }


def parts(table: pd.DataFrame) -> dict[str, dict[str, Any]]:
    """Return what each part of the split holds."""
    return {
        part: {"groups": rows["group"].nunique()}
        | count(rows)
        | {
            "rate": round(float(rows["fractured"].mean()), 6),
            "by_body_part": count_by(rows, "body_part"),
        }
        for part in PARTS
        for rows in [table[table["part"] == part]]
    }
