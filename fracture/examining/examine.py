"""Each file of a data set read once: decoded, hashed, measured, and its faults noted."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from hashlib import sha256
from pathlib import Path

from fracture.artifacts.left_out import LeftOut
from fracture.datasets.findings import Finding, leave_out
from fracture.examining.admission import admit
from fracture.examining.thumbnails import Description, describe
from fracture.imaging.decode import read_bytes
from fracture.imaging.jpeg_quality import jpeg_quality
from fracture.imaging.threads import in_threads
from fracture.imaging.unreadable import UnreadableImage
from fracture.params.radiographs import Ingest


@dataclass(frozen=True)
class Examined:
    """What was found in one file.

    Attributes:
        finding: The radiograph with its size and hashes, or why there is none.
        faults: Keys of `fracture.examining.admission.REASONS`.
        description: Of its pixels; None where there are none, or none was asked for.
    """

    finding: Finding
    faults: tuple[str, ...] = ()
    description: Description | None = None


def examine(
    findings: Sequence[Finding], root: Path, rules: Ingest, *, described: bool
) -> list[Examined]:
    """Return what is in the file of each finding, in order.

    Args:
        findings: As a reader of `fracture.datasets` returns them.
        root: The folder to which their paths are relative.
        rules: `ingest` of params.yaml.
        described: Whether to describe the pixels, so that near-duplicates can be found.
    """
    work = partial(_examine, root=root, rules=rules, described=described)
    return list(in_threads(work, findings, "reading"))


def _examine(finding: Finding, root: Path, rules: Ingest, described: bool) -> Examined:
    if isinstance(finding, LeftOut):
        return Examined(finding)
    try:
        content = read_bytes(root / finding.path)
        pixels, faults = admit(content, rules)
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
    return Examined(radiograph, faults, describe(pixels) if described else None)
