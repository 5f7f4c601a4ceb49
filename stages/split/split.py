"""Grouped, stratified splitting: no group on two sides, the same mix of radiographs on each."""

import math
from collections import Counter, defaultdict
from collections.abc import Sequence

from sklearn.model_selection import StratifiedGroupKFold

from stages.artifacts.manifest import Radiograph
from stages.artifacts.splits import PARTS, Part
from stages.console import PipelineError

LABELS = {True: "fractured", False: "not fractured"}
FINEST = 20  # folds of 0.05, the step of the shares in params.yaml


def split_by_group(
    radiographs: Sequence[Radiograph], validation: float, test: float, seed: int
) -> dict[str, Part]:
    """Assign each radiograph's id to a part; a group is never divided.

    Folds stratified by label and body part are drawn by group; whole folds make up validation and
    test. The result depends on what the radiographs are and on the seed, not on their order.

    Args:
        radiographs: Each with its `group`.
        validation: Share of the radiographs, 0 to 0.5, a multiple of 0.05.
        test: Likewise; the rest is for training.
        seed: 0 or more.

    Raises:
        PipelineError: There are too few groups or radiographs of a class, or a part lacks a class.
    """
    ordered = sorted(radiographs, key=lambda radiograph: radiograph.id)
    folds = fold_count(validation, test)
    _require_enough(ordered, folds)
    shares: dict[Part, int] = {
        "test": round(test * folds),
        "validation": round(validation * folds),
    }
    names: list[Part] = [part for part, share in shares.items() for _ in range(share)]
    names += ["train"] * (folds - len(names))
    splitter = StratifiedGroupKFold(folds, shuffle=True, random_state=seed)
    groups = [radiograph.group for radiograph in ordered]
    drawn = splitter.split(ordered, strata(ordered, folds), groups)
    parts: dict[str, Part] = {
        ordered[position].id: name
        for name, (_, positions) in zip(names, drawn, strict=True)
        for position in positions
    }
    check(ordered, parts)
    return parts


def fold_count(validation: float, test: float) -> int:
    """Return the smallest number of equal folds of which both shares are whole numbers."""
    return FINEST // math.gcd(FINEST, round(validation * FINEST), round(test * FINEST))


def strata(radiographs: Sequence[Radiograph], folds: int) -> list[str]:
    """Return the stratum of each radiograph: its label and body part.

    A body part with fewer radiographs of a label than there are folds cannot be spread over them;
    it goes with that label's most frequent body part.
    """
    counts = Counter((radiograph.fractured, radiograph.body_part) for radiograph in radiographs)
    largest = {
        label: max(
            (part for of, part in counts if of == label), key=lambda p: (counts[label, p], p)
        )
        for label in {label for label, _ in counts}
    }
    return [
        f"{label} {part if counts[label, part] >= folds else largest[label]}"
        for label, part in (
            (radiograph.fractured, radiograph.body_part) for radiograph in radiographs
        )
    ]


def check(radiographs: Sequence[Radiograph], parts: dict[str, Part]) -> None:
    """Look at a finished split, however it was made.

    Raises:
        PipelineError: A part lacks a class.
        RuntimeError: A group stands in more than one part: a mistake of this program.
    """
    parts_of = defaultdict(set)
    classes: dict[Part, set[bool]] = {part: set() for part in PARTS}
    for radiograph in radiographs:
        parts_of[radiograph.group].add(parts[radiograph.id])
        classes[parts[radiograph.id]].add(radiograph.fractured)
    if crossing := sorted(group for group, found in parts_of.items() if len(found) > 1):
        raise RuntimeError(f"{len(crossing)} groups cross the split, such as {crossing[0]}")
    for part, found in classes.items():
        if lacking := [LABELS[label] for label in LABELS if label not in found]:
            raise PipelineError(
                f"{part} would hold no radiograph that is {' or '.join(lacking)}, expected both: "
                "use a larger share for it (split, in params.yaml), another seed or more data"
            )


def _require_enough(radiographs: Sequence[Radiograph], folds: int) -> None:
    fractured = sum(radiograph.fractured for radiograph in radiographs)
    counts = {
        "groups": len({radiograph.group for radiograph in radiographs}),
        "fractured radiographs": fractured,
        "radiographs without a fracture": len(radiographs) - fractured,
    }
    for what, count in counts.items():
        if count < folds:
            raise PipelineError(
                f"{count} {what}, fewer than the {folds} folds that the shares of validation and "
                "test need: use coarser shares, such as 0.25 (split, in params.yaml), or more data"
            )
