"""The table of attributes by which test radiographs are looked at apart."""

from collections.abc import Callable

import pandas as pd

MEGAPIXELS = {
    "0 to 0.5 megapixels": 0.5,
    "0.5 to 2 megapixels": 2.0,
    "2 megapixels or more": float("inf"),
}


def _hardware(table: pd.DataFrame) -> pd.Series:
    has = table["flags"].str.split(";").map(lambda flags: "hardware" in flags)
    return has.map({True: "hardware", False: "no hardware"})


def _size(table: pd.DataFrame) -> pd.Series:
    pixels = table["width"] * table["height"] / 1e6
    return pd.cut(pixels, [0, *MEGAPIXELS.values()], right=False, labels=list(MEGAPIXELS)).astype(
        str
    )


ATTRIBUTES: dict[str, Callable[[pd.DataFrame], pd.Series]] = {
    "body part": lambda table: table["body_part"],
    "view": lambda table: table["view"].replace("", "unknown"),
    "hardware": _hardware,
    "image size": _size,
}
"""Names of what test radiographs may differ in, and the value of each row of predictions."""
