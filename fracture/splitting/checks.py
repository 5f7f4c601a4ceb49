"""What must hold for a finished split."""

from collections import defaultdict
from collections.abc import Sequence

from fracture.artifacts.manifest import Radiograph
from fracture.artifacts.splits import PARTS, Part
from fracture.console import PipelineError

LABELS = {True: "fractured", False: "not fractured"}


def require_both_classes(
    radiographs: Sequence[Radiograph], parts: dict[str, Part], remedy: str
) -> None:
    """Refuse a split of which a part cannot be learned from or judged on.

    Raises:
        PipelineError: A part lacks a class; the message ends with `remedy`.
    """
    for part in PARTS:
        found = {radiograph.fractured for radiograph in radiographs if parts[radiograph.id] == part}
        if lacking := [LABELS[label] for label in LABELS if label not in found]:
            raise PipelineError(
                f"{part} would hold no radiograph that is {' or '.join(lacking)}, expected both: "
                f"{remedy}"
            )


def require_whole_groups(radiographs: Sequence[Radiograph], parts: dict[str, Part]) -> None:
    """Look at a split that was drawn here: one that was published may divide groups.

    Raises:
        RuntimeError: A group stands in more than one part: a mistake of this program.
    """
    parts_of = defaultdict(set)
    for radiograph in radiographs:
        parts_of[radiograph.group].add(parts[radiograph.id])
    if crossing := sorted(group for group, found in parts_of.items() if len(found) > 1):
        raise RuntimeError(f"{len(crossing)} groups cross the split, such as {crossing[0]}")
