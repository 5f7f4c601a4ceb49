"""Scores of the test radiographs of each body part, age, sex and the like."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import pandas as pd

from fracture.artifacts.scores import Part
from fracture.judging.bootstrap import Bootstrap
from fracture.judging.judge import Calibrated, judge
from fracture.judging.sample import sample
from fracture.targets import Target

UNKNOWN = "unknown"
MEGAPIXELS = {
    "0 to 0.5 megapixels": 0.5,
    "0.5 to 2 megapixels": 2.0,
    "2 megapixels or more": float("inf"),
}


def subgroups(
    tables: Sequence[pd.DataFrame],
    chosen: Sequence[Calibrated],
    target: Target,
    age_bands: Sequence[int],
    bootstrap: Bootstrap,
) -> dict[str, dict[str, Part]]:
    """Score the test part by attribute, at the headline's operating point alone.

    Args:
        tables: Predictions of the network of each training seed, the columns of
            fracture/artifacts/predictions.py.
        chosen: Their validation parts, and what these chose.
        target: What is predicted: it is no attribute, for each value would hold one class alone.
        age_bands: See `age_band`.
        bootstrap: Over groups.

    Returns:
        For each attribute in which test radiographs differ the scores by its value.
    """
    tests = [table[table["part"] == "test"] for table in tables]
    kept = [replace(each, thresholds=dict([*each.thresholds.items()][:1])) for each in chosen]
    parts: dict[str, dict[str, Part]] = {}
    for attribute, values in attributes(age_bands).items():
        named = [values(test) for test in tests]
        names = named[0].cat.remove_unused_categories().cat.categories
        if len(names) > 1 and attribute.replace(" ", "_") != target.column:
            parts[attribute] = {
                str(value): judge(
                    [
                        replace(each, sample=sample(test[of_test == value]))
                        for test, of_test, each in zip(tests, named, kept, strict=True)
                    ],
                    bootstrap,
                )
                for value in names
            }
    return parts


def attributes(age_bands: Sequence[int]) -> Mapping[str, Callable[[pd.DataFrame], pd.Series]]:
    """Return names of what radiographs may differ in, with the value of each row of a table.

    Values are categorical, their categories in the order in which people read them.

    Args:
        age_bands: See `age_band`.
    """
    return {
        "body part": lambda table: table["body_part"].astype("category"),
        "view": lambda table: table["view"].replace("", UNKNOWN).astype("category"),
        "age": lambda table: age_band(table["age"], age_bands),
        "sex": lambda table: table["sex"].replace("", UNKNOWN).astype("category"),
        "hardware": _hardware,
        "image size": _size,
    }


def age_band(ages: pd.Series, starts: Sequence[int]) -> pd.Series:
    """Return the band of each age, such as `6 to 11 years`, categorical; `unknown` where unknown.

    Args:
        ages: In years, numbers as text; empty where unknown.
        starts: The ages at which a band begins, ascending, years; a first one begins at 0.
    """
    edges = [0, *starts]
    names = [f"{low} to {high - 1} years" for low, high in zip(edges, starts, strict=False)]
    names.append(f"{edges[-1]} years or more")
    bands = pd.cut(pd.to_numeric(ages), [*edges, float("inf")], right=False, labels=names)
    return bands.cat.add_categories(UNKNOWN).fillna(UNKNOWN)


def _hardware(table: pd.DataFrame) -> pd.Series:
    has = table["flags"].str.split(";").map(lambda flags: "hardware" in flags)
    return has.map({True: "hardware", False: "no hardware"}).astype("category")


def _size(table: pd.DataFrame) -> pd.Series:
    pixels = table["width"] * table["height"] / 1e6
    return pd.cut(pixels, [0, *MEGAPIXELS.values()], right=False, labels=list(MEGAPIXELS))
