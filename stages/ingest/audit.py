"""Counts of what was found, kept and left out, and the names of what was left out."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from stages.console import PipelineError
from stages.ingest.findings import Finding, separate
from stages.ingest.groups import duplicate_clusters


def audit(dataset: str, examined: Sequence[Finding], grouped: Sequence[Finding]) -> dict[str, Any]:
    """Return the audit of a data set, the same whatever the order of the findings.

    Args:
        dataset: A key of `datasets` in params.yaml.
        examined: What `examine` made of them; duplicates are counted here, before any is left out.
        grouped: The same findings after `group`.

    Returns:
        `found` is the number of radiographs that the data set names, `kept` of those in the
        manifest; `by_class`, `by_body_part` and `groups` count the kept, `duplicate_clusters` the
        different pictures that occur more than once, `left_out` the others by reason;
        `left_out_radiographs` names each of them, sorted by id.
    """
    kept, left_out = separate(grouped)
    fractured = sum(radiograph.fractured for radiograph in kept)
    return {
        "dataset": dataset,
        "synthetic": dataset == "synthetic",
        "found": len(grouped),
        "kept": len(kept),
        "by_class": {"fractured": fractured, "not_fractured": len(kept) - fractured},
        "by_body_part": _count(radiograph.body_part for radiograph in kept),
        "groups": len({radiograph.group for radiograph in kept}),
        "duplicate_clusters": duplicate_clusters(separate(examined)[0]),
        "left_out": _count(radiograph.reason for radiograph in left_out),
        "left_out_radiographs": [
            asdict(radiograph)
            for radiograph in sorted(left_out, key=lambda radiograph: radiograph.id)
        ],
    }


def require_both_classes(counts: dict[str, Any]) -> None:
    """Refuse a data set from which nothing can be learned.

    Raises:
        PipelineError: The audit `counts` shows a class without radiographs.
    """
    empty = [name for name, count in counts["by_class"].items() if not count]
    if empty:
        raise PipelineError(
            f"{counts['dataset']}: no radiograph is {' or '.join(empty)}, of {summary(counts)}; "
            "a classifier needs both classes"
        )


def summary(counts: dict[str, Any]) -> str:
    """Return the audit in one line."""
    reasons = ", ".join(f"{count} {reason}" for reason, count in counts["left_out"].items())
    left_out = counts["found"] - counts["kept"]
    return f"{counts['found']} found, {counts['kept']} kept, {left_out} left out" + (
        f" ({reasons})" if reasons else ""
    )


def _count(values: Any) -> dict[str, int]:
    return dict(sorted(Counter(values).items()))
