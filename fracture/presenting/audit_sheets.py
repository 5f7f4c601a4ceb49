"""Contact sheets of what was left out and of what shows the same exposure."""

import textwrap
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from fracture.artifacts.duplicates import Kind, Pair
from fracture.artifacts.left_out import LeftOut
from fracture.imaging.decode import decode_grey, read_bytes
from fracture.imaging.letterbox import fit
from fracture.imaging.unreadable import UnreadableImage
from fracture.presenting.figures import BLUE, GREY, SMALL, VERMILION, head, note
from fracture.presenting.sheets import sheet
from fracture.targets import CLASSES, KEYS

SIDE = 256
"""Of a thumbnail, pixels."""
WHITE = np.full((SIDE, SIDE), 255, np.uint8)
UNREADABLE = np.full((SIDE, SIDE), 215, np.uint8)
"""A grey square in place of a file that cannot be decoded."""
KINDS: dict[Kind, str] = {
    "bytes": "identical bytes",
    "pixels": "identical pixels",
    "near": "near-duplicates",
}
LABELS = {
    KEYS[1]: (CLASSES[1], VERMILION),
    KEYS[0]: (CLASSES[0], BLUE),
    "": ("label unknown", GREY),
}
COUPLES, EXAMPLES = 12, 5  # at most, on a sheet; of a reason


class Tile(NamedTuple):
    """A place on a sheet: a `thumbnail`, its id and a key of `LABELS`; blank where no id is."""

    image: npt.NDArray[np.uint8] = WHITE
    name: str = ""
    label: str = ""


class Couple(NamedTuple):
    """The ids of two radiographs of one exposure, and what stands above them."""

    first: str
    second: str
    heading: str


def opposite_labels(found: pd.DataFrame, root: Path) -> Figure:
    """Draw exposures that are called fractured and not fractured, one of each side by side.

    Args:
        found: The table that `found_table` in fracture/auditing/audit.py returns.
        root: The folder to which its paths are relative.
    """
    files = found.groupby("exposure").size()
    smallest = found.pivot_table("id", "exposure", "label", aggfunc="min")
    both = smallest.reindex(columns=[KEYS[1], KEYS[0]]).dropna()
    couples = [
        Couple(fractured, not_fractured, f"one exposure, {files[exposure]} files")
        for exposure, fractured, not_fractured in both.itertuples()
    ]
    title = f"Exposures with opposite labels: {len(couples)}"
    return _draw_couples(couples, title, "no duplicates with opposite labels", found, root)


def duplicates(pairs: Sequence[Pair], found: pd.DataFrame, root: Path) -> Figure:
    """Draw the pairs of one exposure that resemble each other least.

    Args:
        pairs: All that were found.
        found: The table that `found_table` in fracture/auditing/audit.py returns.
        root: The folder to which its paths are relative.
    """
    ordered = sorted(pairs, key=lambda pair: (pair.correlation, pair))
    couples = [
        Couple(
            pair.first,
            pair.second,
            KINDS[pair.kind] + f", correlation {pair.correlation:.3f}" * (pair.kind == "near"),
        )
        for pair in ordered
    ]
    counts = Counter(pair.kind for pair in pairs)
    kinds = ", ".join(f"{counts[kind]} {name}" for kind, name in KINDS.items() if counts[kind])
    return _draw_couples(couples, f"Pairs of one exposure: {kinds}", "no duplicates", found, root)


def left_out(left_out: Sequence[LeftOut], root: Path) -> Figure:
    """Draw examples of each reason for which radiographs were left out, a row for each reason.

    What decodes only in part is shown in part; what does not decode at all is a grey square.

    Args:
        left_out: All that were.
        root: The folder to which their paths are relative.
    """
    if not left_out:
        return note("no radiograph was left out")
    tiles: list[Tile] = []
    counts = Counter(one.reason for one in sorted(left_out, key=lambda one: one.reason))
    for reason in counts:
        members = sorted((one for one in left_out if one.reason == reason), key=lambda one: one.id)
        examples = [
            Tile(thumbnail(root / one.path), one.id, one.label) for one in members[:EXAMPLES]
        ]
        tiles += [Tile(), *examples, *[Tile()] * (EXAMPLES - len(examples))]
    figure = _draw(tiles, 1 + EXAMPLES)
    for axes, (reason, count) in zip(figure.axes[:: 1 + EXAMPLES], counts.items(), strict=True):
        text = f"{textwrap.fill(reason, 22)}\n\n{count} left out"
        axes.text(0.5, 0.5, text, transform=axes.transAxes, ha="center", va="center", size=10)
    head(figure, f"Radiographs left out: {len(left_out)}, examples of each reason")
    return figure


def thumbnail(path: Path) -> npt.NDArray[np.uint8]:
    """Return the upright radiograph in a file at the top of a white square, uint8 (256, 256).

    Of a file that was cut short, what is left of it; where nothing decodes, a grey square.
    """
    try:
        image = fit(decode_grey(read_bytes(path), at_least=SIDE, truncated=True), SIDE)
    except UnreadableImage:
        return UNREADABLE
    height, width = image.shape
    left = (SIDE - width) // 2
    square = WHITE.copy()
    square[:height, left : left + width] = image
    return square


def _draw_couples(
    couples: list[Couple], title: str, nothing: str, found: pd.DataFrame, root: Path
) -> Figure:
    """Draw the first couples, two in a row; say `nothing` where there are none."""
    if not couples:
        return note(nothing)
    drawn = couples[:COUPLES]
    paths, labels = (dict(zip(found["id"], found[key], strict=True)) for key in ("path", "label"))
    names = [name for couple in drawn for name in (couple.first, couple.second)]
    tiles = [Tile(thumbnail(root / paths[name]), name, labels[name]) for name in names]
    figure = _draw(tiles, 4, lines_above=2)
    for axes, couple in zip(figure.axes[::2], drawn, strict=False):
        axes.annotate(
            couple.heading, (1, 1), xytext=(0, 30), ha="center", size=SMALL, weight="bold",
            xycoords="axes fraction", textcoords="offset points", in_layout=False,
        )  # fmt: skip
    if len(drawn) > 1:
        figure.add_artist(Line2D([0.5, 0.5], [0.02, 0.94], color=GREY, linewidth=0.8))
    part = f" (shown: {len(drawn)})" if len(drawn) < len(couples) else ""
    head(figure, title + part)
    return figure


def _draw(tiles: list[Tile], columns: int, lines_above: int = 0) -> Figure:
    """Draw tiles under id and label, in the colour of the label."""
    marks = [LABELS[tile.label] if tile.name else ("", GREY) for tile in tiles]
    captions = [
        "\n" * lines_above + f"{tile.name}\n{label}"
        for tile, (label, _) in zip(tiles, marks, strict=True)
    ]
    figure = sheet([tile.image for tile in tiles], captions, columns)
    for axes, (_, colour) in zip(figure.axes, marks, strict=False):
        axes.title.set_color(colour)
    return figure
