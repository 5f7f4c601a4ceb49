"""Splits drawn here: no group on two sides, the same mix of radiographs on each."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence

from sklearn.model_selection import StratifiedGroupKFold

from fracture.artifacts.manifest import Radiograph
from fracture.artifacts.splits import PARTS, Part
from fracture.console import PipelineError
from fracture.targets import require_both_classes

FINEST = 20  # folds of 0.05, the step of the shares in params.yaml
MEND_DRAWN = "use a larger share for it (split, in params.yaml), another seed or more data"
MEND_SHIPPED = "take the data set out of split.shipped in params.yaml to draw a split here"


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
    parts = _draw(
        radiographs,
        {"test": round(test * folds), "validation": round(validation * folds)},
        folds,
        seed,
    )
    require_classes(radiographs, parts, MEND_DRAWN)
    return parts


def keep_shipped(
    radiographs: Sequence[Radiograph], validation: float, test: float, seed: int
) -> dict[str, Part]:
    """Return each radiograph's part as the data set ships it; draw validation where it has none.

    Validation is drawn from the shipped training part alone, by group, stratified by label and body
    part. Groups that cross the shipped parts stay as shipped; the draw divides none further.

    Args:
        radiographs: Each with its `shipped` part and its `group`.
        validation: Share of a split that is drawn here, 0 to 0.5, a multiple of 0.05.
        test: Likewise: validation / (1 - test) of the training part goes to validation, so that
            validation and training are in proportion as they are in a split that is drawn here.
        seed: 0 or more.

    Raises:
        PipelineError: A radiograph has no shipped part; training or test is missing or, as is
            validation, too small to hold both classes.
    """
    parts: dict[str, Part] = {
        radiograph.id: part
        for radiograph in radiographs
        for part in PARTS
        if radiograph.shipped == part
    }
    if unplaced := sorted({radiograph.id for radiograph in radiographs} - parts.keys()):
        raise PipelineError(
            f"{len(unplaced)} of {len(radiographs)} radiographs have no part in a split that the "
            f"data set ships, such as {unplaced[0]}: {MEND_SHIPPED}"
        )
    if missing := [part for part in ("train", "test") if part not in parts.values()]:
        raise PipelineError(
            f"the split that the data set ships has no {' and no '.join(missing)} part: "
            f"{MEND_SHIPPED}"
        )
    if "validation" not in parts.values():
        training = [radiograph for radiograph in radiographs if parts[radiograph.id] == "train"]
        share, folds = validation_folds(validation, test)
        parts |= _draw(training, {"validation": share}, folds, seed)
    require_classes(radiographs, parts, MEND_SHIPPED)
    return parts


def require_classes(
    radiographs: Sequence[Radiograph], parts: Mapping[str, Part], remedy: str
) -> None:
    """Require that each part of a split holds both classes.

    Args:
        radiographs: All that are split.
        parts: Of each, by id.
        remedy: What to do about it; ends the message.

    Raises:
        PipelineError: Training, validation or test lacks a class.
    """
    for part in PARTS:
        labels = [each.fractured for each in radiographs if parts[each.id] == part]
        require_both_classes(labels, part, remedy)


def fold_count(validation: float, test: float) -> int:
    """Return the smallest number of equal folds of which both parts take a whole number.

    Args:
        validation: Share of the radiographs, 0 to 1.
        test: Likewise.
    """
    return FINEST // math.gcd(FINEST, round(validation * FINEST), round(test * FINEST))


def validation_folds(validation: float, test: float) -> tuple[int, int]:
    """Return how many folds validation takes, and of how many, where the test part is given.

    Args:
        validation: Share of all radiographs, 0 to 1.
        test: Likewise.

    Returns:
        Numerator and denominator of validation / (1 - test), in lowest terms.
    """
    share, rest = round(validation * FINEST), FINEST - round(test * FINEST)
    divisor = math.gcd(share, rest)
    return share // divisor, rest // divisor


def strata(radiographs: Sequence[Radiograph], folds: int) -> list[str]:
    """Return the stratum of each radiograph: its label and body part.

    A body part with fewer radiographs of a label than there are folds cannot be spread over them;
    it goes with that label's most frequent body part.

    Args:
        radiographs: With label and body part.
        folds: How many are drawn.
    """
    pairs = [(radiograph.fractured, radiograph.body_part) for radiograph in radiographs]
    counts = Counter(pairs)
    ascending = sorted(counts, key=lambda pair: (counts[pair], pair[1]))
    most_frequent = dict(ascending)  # of each label the last
    return [
        f"{label} {part if counts[label, part] >= folds else most_frequent[label]}"
        for label, part in pairs
    ]


def _draw(
    radiographs: Sequence[Radiograph], shares: dict[Part, int], folds: int, seed: int
) -> dict[str, Part]:
    """Draw stratified folds by group and give each part of `shares` as many of them.

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
    return {
        ordered[position].id: name
        for name, (_, positions) in zip(names, drawn, strict=True)
        for position in positions
    }


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
