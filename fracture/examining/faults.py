"""What may be wrong with a radiograph, and what params.yaml wants done about it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from fracture.artifacts.left_out import LeftOut
from fracture.artifacts.manifest import Radiograph
from fracture.console import PipelineError
from fracture.datasets.findings import Finding
from fracture.params.ingest import Ingest

TRUNCATED, TINY, UNIFORM, COLOUR = "truncated", "tiny", "uniform", "colour"
CONFLICTING_LABELS = "conflicting_labels"

REASONS = {
    TRUNCATED: "truncated",
    TINY: "too small",
    UNIFORM: "nearly uniform",
    COLOUR: "in colour",
    CONFLICTING_LABELS: "the same exposure carries opposite labels",
}
"""Each fault, a key of `ingest` in params.yaml, and how it is told; the first found is told."""

SHOWN = 5


def apply(
    findings: Sequence[Finding], faults: Mapping[str, set[str]], settings: Ingest
) -> list[Finding]:
    """Return the findings, those left out whose fault excludes them.

    Args:
        findings: Examined.
        faults: Of the radiographs that have any, by id.
        settings: What each fault leads to.

    Raises:
        PipelineError: A fault that may not occur does.
    """
    refused = defaultdict(list)
    outcome: list[Finding] = []
    for finding in findings:
        found = [fault for fault in REASONS if fault in faults.get(finding.id, ())]
        excluding = [fault for fault in found if getattr(settings, fault) == "exclude"]
        if isinstance(finding, LeftOut):
            outcome.append(finding)
            continue
        for fault in found:
            if getattr(settings, fault) == "fail":
                refused[fault].append(finding.id)
        outcome.append(leave_out(finding, REASONS[excluding[0]]) if excluding else finding)
    if refused:
        raise PipelineError("; ".join(_refusal(fault, ids) for fault, ids in refused.items()))
    return outcome


def leave_out(radiograph: Radiograph, reason: str) -> LeftOut:
    """Return the note that a radiograph is left out."""
    label = "fractured" if radiograph.fractured else "not_fractured"
    return LeftOut(radiograph.id, reason, radiograph.path, label)


def _refusal(fault: str, ids: Sequence[str]) -> str:
    more = f" and {len(ids) - SHOWN} more" if len(ids) > SHOWN else ""
    return (
        f"{REASONS[fault]}: {', '.join(sorted(ids)[:SHOWN])}{more}; "
        f"ingest.{fault} is fail: mend them, or set it to exclude or keep"
    )
