"""The split that a data set ships: kept as it is, a missing validation part drawn from training."""

import math
from collections.abc import Sequence

from fracture.artifacts.manifest import Radiograph
from fracture.artifacts.splits import PARTS, Part
from fracture.console import PipelineError
from fracture.splitting.checks import require_both_classes
from fracture.splitting.draw import FINEST, draw

MEND = "take the data set out of split.shipped in params.yaml to draw a split here"


def keep_shipped(
    radiographs: Sequence[Radiograph], validation: float, test: float, seed: int
) -> dict[str, Part]:
    """Return each radiograph's part as it was shipped; draw validation where none was.

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
    if homeless := sorted({radiograph.id for radiograph in radiographs} - parts.keys()):
        raise PipelineError(
            f"{len(homeless)} of {len(radiographs)} radiographs have no part in a split that the "
            f"data set ships, such as {homeless[0]}: {MEND}"
        )
    found = set(parts.values())
    if missing := [part for part in ("train", "test") if part not in found]:
        raise PipelineError(
            f"the split that the data set ships has no {' and no '.join(missing)} part: {MEND}"
        )
    if "validation" not in found:
        training = [radiograph for radiograph in radiographs if parts[radiograph.id] == "train"]
        share, folds = validation_folds(validation, test)
        parts |= draw(training, {"validation": share}, folds, seed)
    require_both_classes(radiographs, parts, MEND)
    return parts


def validation_folds(validation: float, test: float) -> tuple[int, int]:
    """Return validation / (1 - test) as a number of folds, and of how many, in lowest terms."""
    share, of = round(validation * FINEST), FINEST - round(test * FINEST)
    divisor = math.gcd(share, of)
    return share // divisor, of // divisor
