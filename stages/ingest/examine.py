"""Each file read once: its bytes hashed, its pixels decoded and hashed."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from hashlib import sha256
from pathlib import Path

from stages.imaging.decode import UnreadableImage, decode_grey, read_bytes
from stages.imaging.threads import in_threads
from stages.ingest.findings import Finding, LeftOut


def examine(findings: Sequence[Finding], root: Path) -> list[Finding]:
    """Return the findings with size and hashes filled in, files that do not decode left out.

    Args:
        findings: As a reader of `stages.ingest.datasets` returns them.
        root: The folder to which their paths are relative.
    """
    return list(in_threads(partial(_examine, root=root), findings, "reading"))


def _examine(finding: Finding, root: Path) -> Finding:
    if isinstance(finding, LeftOut):
        return finding
    try:
        content = read_bytes(root / finding.path)
        pixels = decode_grey(content)
    except UnreadableImage as reason:
        return LeftOut(finding.id, str(reason))
    height, width = pixels.shape
    return replace(
        finding,
        width=width,
        height=height,
        sha256=sha256(content).hexdigest(),
        pixels_sha256=sha256(b"%d x %d " % (height, width) + pixels.tobytes()).hexdigest(),
    )
