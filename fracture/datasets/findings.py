"""What becomes of each radiograph that a data set names: kept, or left out with a reason."""

from collections import Counter
from collections.abc import Iterable

from fracture.artifacts.left_out import LeftOut
from fracture.artifacts.manifest import Radiograph
from fracture.targets import KEYS

Finding = Radiograph | LeftOut


def separate(findings: Iterable[Finding]) -> tuple[list[Radiograph], list[LeftOut]]:
    """Return the radiographs that are kept and those left out, each in order."""
    kept: list[Radiograph] = []
    left_out: list[LeftOut] = []
    for finding in findings:
        if isinstance(finding, Radiograph):
            kept.append(finding)
        else:
            left_out.append(finding)
    return kept, left_out


def leave_out(radiograph: Radiograph, reason: str) -> LeftOut:
    """Return the note that a radiograph is left out.

    Args:
        radiograph: With its label, which is kept in the note.
        reason: Short and the same for all that share it, so that it can be counted.
    """
    return LeftOut(radiograph.id, reason, radiograph.path, KEYS[radiograph.fractured])


def counted(reasons: Iterable[str]) -> str:
    """Return how often each reason occurs, the most frequent first, for a message."""
    return ", ".join(f"{count} {reason}" for reason, count in Counter(reasons).most_common())
