"""The picture of explained predictions of several classes: where each class is seen."""

from textwrap import fill

import matplotlib.pyplot as plt
import numpy as np
import numpy.typing as npt
from matplotlib.figure import Figure

from fracture.artifacts.arrays import PackedImages
from fracture.inference.gradcam import Explained, heatmap
from fracture.presenting.figures import BLUE, VERMILION, head
from fracture.presenting.overlays import HEAT, evenness
from fracture.targets import Target

MOST = 6
"""Classes that are shown, those of most radiographs; a picture of more is unreadable."""

LETTERS = 24
"""Of a line above a radiograph."""


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
    found, surest = given.argmax(axis=1), given.max(axis=1)
    counts = np.bincount(labels[labels >= 0], minlength=len(target.classes))
    classes = sorted(np.argsort(-counts, kind="stable")[:MOST].tolist())
    heated = classes[1:] if target.binary else classes
    places = [
        (label, right, _first((labels == label) & ((found == label) == right), surest))
        for label in classes
        for right in (True, False)
    ]
    columns = 1 + len(heated)
    figure, axes = plt.subplots(
        len(places), columns, figsize=(1.7 * columns + 1.5, 1.7 * len(places)), squeeze=False
    )
    for ax in axes.flat:
        ax.set_axis_off()
    for line, (label, right, place) in zip(axes, places, strict=True):
        colour = BLUE if right else VERMILION
        caption = f"{target.classes[label]},\n{'recognised' if right else 'mistaken'}"
        line[0].text(
            -0.06, 0.5, caption if place is not None else f"{caption}\n(none)",
            transform=line[0].transAxes, va="center", ha="right", fontsize=8, color=colour,
        )  # fmt: skip
        if place is None:
            continue
        image = packed.images[rows[place], :, :, 0]
        line[0].imshow(image, cmap="gray", vmin=0, vmax=255)
        for ax, unit in zip(line[1:], heated, strict=True):
            hot = explained.heat[place, 0 if target.binary else unit]
            ax.imshow(image, cmap="gray", vmin=0, vmax=255)
            ax.imshow(heatmap(hot, *image.shape), cmap=HEAT, vmin=0, vmax=1)
            ax.set_title(
                "\n".join(filter(None, [
                    fill(f"{target.classes[unit]}: {given[place, unit]:.2f}", LETTERS),
                    evenness(hot),
                ])), fontsize=8,
                color=colour if unit == found[place] else "black",
            )  # fmt: skip
    head(
        figure,
        f"{title}: test radiographs, and where each class of {target.name} is seen (Grad-CAM)",
        "probability above each; of each class the surest radiograph",
    )
    return figure


def _first(chosen: npt.NDArray[np.bool_], surest: npt.NDArray[np.floating]) -> int | None:
    places = np.flatnonzero(chosen)
    return int(places[np.argmax(surest[places])]) if len(places) else None
