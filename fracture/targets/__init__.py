"""The target `fractured`: the names of its classes, the columns of its label and probability."""

from collections.abc import Iterable

from fracture.console import PipelineError

LABEL = "fractured"
"""The column of a table, and the attribute of a radiograph, that hold the label, 0 or 1."""

PROBABILITY = "probability"
"""The column of a table that holds the predicted probability of the label 1."""

CLASSES = ("not fractured", "fractured")
"""What the labels 0 and 1 are called where people read them."""

KEYS = ("not_fractured", "fractured")
"""What the labels 0 and 1 are called in files, such as data/left_out.csv."""


def require_both_classes(labels: Iterable[int], where: str, remedy: str) -> None:
    """Require that there are radiographs of both classes.

    Args:
        labels: 0 or 1, of each radiograph.
        where: What holds them; begins the message.
        remedy: What to do about it; ends the message.

    Raises:
        PipelineError: A class has no radiograph.
    """
    found = set(labels)
    if missing := [name for label, name in enumerate(CLASSES) if label not in found]:
        raise PipelineError(
            f"{where} holds no radiograph that is {' or '.join(missing)}, expected both classes: "
            f"{remedy}"
        )
