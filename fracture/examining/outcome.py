"""What came of reading a data set, in one line."""

from collections import Counter
from collections.abc import Sequence

from fracture.artifacts.left_out import LeftOut
from fracture.artifacts.manifest import Radiograph
from fracture.console import PipelineError


def summary(kept: Sequence[Radiograph], left: Sequence[LeftOut]) -> str:
    """Return how many radiographs were found, kept and left out, and why."""
    reasons = sorted(Counter(one.reason for one in left).items())
    told = ", ".join(f"{count} {reason}" for reason, count in reasons)
    return (
        f"{len(kept) + len(left)} found, {len(left)} left out{f' ({told})' if told else ''}, "
        f"{len(kept)} kept, {sum(one.fractured for one in kept)} of them fractured, in "
        f"{len({one.group for one in kept})} groups that a split must keep whole"
    )


def require_both_classes(dataset: str, kept: Sequence[Radiograph]) -> None:
    """Refuse a data set from which nothing can be learned.

    Raises:
        PipelineError: A class has no radiograph.
    """
    fractured = sum(one.fractured for one in kept)
    counts = {"fractured": fractured, "not fractured": len(kept) - fractured}
    if empty := [name for name, count in counts.items() if not count]:
        raise PipelineError(
            f"{dataset}: of {len(kept)} radiographs none is {' or '.join(empty)}; "
            "a classifier needs both classes"
        )
