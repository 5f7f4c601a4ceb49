"""Grouped, stratified splitting: no group on two sides, the same mix of radiographs on each."""

import math
from collections import Counter
from collections.abc import Sequence

from sklearn.model_selection import StratifiedGroupKFold

from fracture.artifacts.manifest import Radiograph
from fracture.artifacts.splits import Part
from fracture.console import PipelineError
from fracture.splitting.checks import require_both_classes, require_whole_groups

FINEST = 20  # folds of 0.05, the step of the shares in params.yaml
MEND = "use a larger share for it (split, in params.yaml), another seed or more data"


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
    folds = fold_count(validation, test)
    shares: dict[Part, int] = {
        "test": round(test * folds),
        "validation": round(validation * folds),
    }
    parts = draw(radiographs, shares, folds, seed)
    require_both_classes(radiographs, parts, MEND)
    return parts


def draw(
    radiographs: Sequence[Radiograph], shares: dict[Part, int], folds: int, seed: int
) -> dict[str, Part]:
    """Draw `folds` stratified folds by group and give each part of `shares` as many of them.

    Args:
        radiographs: Each with its `group`, in any order.
        shares: Number of folds of each part, in the order in which folds are handed out; the folds
            that are left are for training.
        folds: 2 or more.
        seed: 0 or more.

    Raises:
        PipelineError: There are fewer groups or radiographs of a class than folds.
    """
    ordered = sorted(radiographs, key=lambda radiograph: radiograph.id)
    _require_enough(ordered, folds)
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
    require_whole_groups(ordered, parts)
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
