"""Each file read once: decoded, hashed, measured, and what is wrong with it noted."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Generic, TypeVar

import numpy as np
import numpy.typing as npt

from fracture.artifacts.left_out import LeftOut
from fracture.datasets.findings import Finding
from fracture.examining.faults import COLOUR, TINY, TRUNCATED, UNIFORM, leave_out
from fracture.imaging.colour import chroma
from fracture.imaging.decode import decode_grey, read_bytes
from fracture.imaging.jpeg_quality import jpeg_quality
from fracture.imaging.threads import in_threads
from fracture.imaging.unreadable import UnreadableImage
from fracture.params.ingest import Ingest

Grey = npt.NDArray[np.uint8]
Description = TypeVar("Description")


@dataclass(frozen=True)
class Examined(Generic[Description]):
    """What was found in one file.

    Attributes:
        finding: The radiograph with its size and hashes, or why there is none.
        faults: Keys of `fracture.examining.faults.REASONS`.
        description: Of its pixels; None where there are none.
    """

    finding: Finding
    faults: tuple[str, ...] = ()
    description: Description | None = None


def examine(
    findings: Sequence[Finding],
    root: Path,
    settings: Ingest,
    describe: Callable[[Grey], Description],
) -> list[Examined[Description]]:
    """Return what is in the file of each finding, in order.

    Args:
        findings: As a reader of `stages.datasets` returns them.
        root: The folder to which their paths are relative.
        settings: Where faults begin.
        describe: Makes of the upright radiograph, uint8 (height, width), what is to be kept of it.
    """
    work = partial(_examine, root=root, settings=settings, describe=describe)
    return list(in_threads(work, findings, "reading"))


def _examine(
    finding: Finding, root: Path, settings: Ingest, describe: Callable[[Grey], Description]
) -> Examined[Description]:
    if isinstance(finding, LeftOut):
        return Examined(finding)
    try:
        content = read_bytes(root / finding.path)
        pixels, truncated = _decode(content)
    except UnreadableImage as reason:
        return Examined(leave_out(finding, str(reason)))
    height, width = pixels.shape
    radiograph = replace(
        finding,
        width=width,
        height=height,
        file_size=len(content),
        jpeg_quality=jpeg_quality(content),
        sha256=sha256(content).hexdigest(),
        pixels_sha256=sha256(b"%d x %d " % (height, width) + pixels.tobytes()).hexdigest(),
    )
    faults = {
        TRUNCATED: truncated,
        TINY: min(height, width) < settings.smallest_side,
        UNIFORM: pixels.std(dtype=np.float32) < settings.least_deviation,
        COLOUR: chroma(content) > settings.largest_chroma,
    }
    return Examined(
        radiograph, tuple(fault for fault, found in faults.items() if found), describe(pixels)
    )


def _decode(content: bytes) -> tuple[Grey, bool]:
    """Return the radiograph and whether its end is missing.

    Even one that will be left out may be another's copy, and that one's label be in doubt.
    """
    try:
        return decode_grey(content), False
    except UnreadableImage as reason:
        if str(reason) != "truncated":
            raise
        return decode_grey(content, truncated=True), True
