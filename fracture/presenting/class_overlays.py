"""The picture of explained predictions of several classes: where each class is seen."""

from collections.abc import Iterator
from itertools import product
from textwrap import fill

import matplotlib.pyplot as plt
import numpy as np
import numpy.typing as npt
from matplotlib.figure import Figure

from fracture.artifacts.arrays import PackedImages
from fracture.inference.gradcam import Explained, heatmap
from fracture.presenting.figures import SMALL, WIDTH, head, letters_in
from fracture.presenting.overlays import colour_of, evenness, name_line, show
from fracture.targets import Target

MOST = 6
"""Classes that are shown, those of most radiographs; a picture of more is unreadable."""

SIDE, NAMES = 1.7, 1.5
"""Inches: of a radiograph at most, and what the names of the lines take."""


def draw_class_overlays(
    packed: PackedImages,
    rows: npt.NDArray[np.intp],
    explained: Explained,
    target: Target,
    title: str,
) -> Figure:
    """Draw the surest right and the surest wrong radiograph of each class under the heat of each.

    Args:
        packed: Radiographs of all parts.
        rows: Positions of the n radiographs that may be shown.
        explained: Probabilities (n, outputs) and heat (n, classes, rows, columns) of the target; of
            two classes the heat is that of the second alone.
        target: Names the classes.
        title: Stands above, such as the model's name.
    """
    labels = target.labels(packed.table.iloc[rows])
    given = explained.probabilities
    if target.binary:
        given = np.concatenate([1 - given, given], axis=1)
    counts = np.bincount(labels[labels >= 0], minlength=len(target.classes))
    classes = sorted(np.argsort(-counts, kind="stable")[:MOST].tolist())
    heated = classes[1:] if target.binary else classes
    examples = list(_examples(labels, given, classes))
    columns = 1 + len(heated)
    side = min(SIDE, (WIDTH - NAMES) / columns)
    size = side * columns + NAMES, (side + 0.2) * len(examples) + 0.5
    figure, axes = plt.subplots(len(examples), columns, figsize=size, squeeze=False)
    for ax in axes.flat:
        ax.set_axis_off()
    for line, (label, right, place) in zip(axes, examples, strict=True):
        caption = f"{target.classes[label]},\n{'recognised' if right else 'mistaken'}"
        name_line(line[0], caption if place is not None else f"{caption}\n(none)", right)
        if place is None:
            continue
        image = packed.images[rows[place], :, :, 0]
        show(line[0], image)
        for ax, unit in zip(line[1:], heated, strict=True):
            said = f"{target.classes[unit]}: {given[place, unit]:.2f}"
            colour = colour_of(right) if unit == given[place].argmax() else "black"
            hot = explained.heat[place, 0 if target.binary else unit]
            show(ax, image, heatmap(hot, *image.shape))
            above = (fill(text, letters_in(side)) for text in (said, evenness(hot)) if text)
            ax.set_title("\n".join(above), fontsize=SMALL, color=colour)
    head(
        figure,
        f"{title}: test radiographs, and where each class of {target.name} is seen (Grad-CAM)",
        "probability above each; of each class the surest radiograph",
    )
    return figure


def _examples(
    labels: npt.NDArray[np.int64], given: npt.NDArray[np.floating], classes: list[int]
) -> Iterator[tuple[int, bool, int | None]]:
    """Yield each class twice, recognised and mistaken, and the place of the surest radiograph.

    Args:
        labels: Actual classes, (n,).
        given: Their probabilities, (n, classes).
        classes: Those that are shown.
    """
    found, surest = given.argmax(axis=1), given.max(axis=1)
    for label, right in product(classes, (True, False)):
        places = np.flatnonzero((labels == label) & ((found == label) == right))
        yield label, right, int(places[np.argmax(surest[places])]) if len(places) else None
