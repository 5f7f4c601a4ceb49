"""What becomes of examined radiographs: kept in a group, or left out because of a fault."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from fracture.artifacts.duplicates import Pair
from fracture.artifacts.left_out import LeftOut
from fracture.artifacts.manifest import Radiograph
from fracture.console import PipelineError, some
from fracture.datasets.findings import Finding, leave_out, separate
from fracture.examining.admission import CONFLICTING_LABELS, REASONS
from fracture.examining.examine import Examined
from fracture.examining.groups import group, opposite_labels
from fracture.params.radiographs import Ingest

SHOWN = 5  # ids in an error message


def decide(examined: Sequence[Examined], pairs: Sequence[Pair], rules: Ingest) -> list[Finding]:
    """Return each radiograph with its group, or why it is left out, in order.

    Args:
        examined: All files of a data set.
        pairs: Radiographs that show one exposure; under opposite labels that is a fault.
        rules: `ingest` of params.yaml: what each fault leads to.

    Raises:
        PipelineError: A fault that may not occur does.
    """
    findings = [each.finding for each in examined]
    radiographs, _ = separate(findings)
    faults = {each.finding.id: {*each.faults} for each in examined}
    for contradicted in opposite_labels(radiographs, pairs):
        faults[contradicted].add(CONFLICTING_LABELS)
    return group(apply(findings, faults, rules), radiographs, pairs)


def apply(
    findings: Sequence[Finding], faults: Mapping[str, set[str]], rules: Ingest
) -> list[Finding]:
    """Return the findings, those left out that have a fault which excludes them.

    Args:
        findings: Examined.
        faults: Keys of `REASONS` by id; the first in the order there that excludes is the reason.
        rules: What each fault leads to.

    Raises:
        PipelineError: A fault that may not occur does.
    """
    refused = defaultdict(list)
    outcome: list[Finding] = []
    for finding in findings:
        if isinstance(finding, Radiograph):
            actions = {
                fault: getattr(rules, fault)
                for fault in REASONS
                if fault in faults.get(finding.id, ())
            }
            for fault, action in actions.items():
                if action == "fail":
                    refused[fault].append(finding.id)
            excluding = [fault for fault, action in actions.items() if action == "exclude"]
            outcome.append(leave_out(finding, REASONS[excluding[0]]) if excluding else finding)
        else:
            outcome.append(finding)
    if refused:
        raise PipelineError("; ".join(_refusal(fault, ids) for fault, ids in refused.items()))
    return outcome


def _refusal(fault: str, ids: Sequence[str]) -> str:
    return (
        f"{REASONS[fault]}: {some(ids, SHOWN)}; "
        f"ingest.{fault} is fail: mend them, or set it to exclude or keep"
    )


def summary(kept: Sequence[Radiograph], left_out: Sequence[LeftOut]) -> str:
    """Return in one line how many radiographs were found, kept and left out, and why."""
    reasons = sorted(Counter(each.reason for each in left_out).items())
    why = ", ".join(f"{count} {reason}" for reason, count in reasons)
    return (
        f"{len(kept) + len(left_out)} found, {len(left_out)} left out{f' ({why})' if why else ''}, "
        f"{len(kept)} kept, {sum(each.fractured for each in kept)} of them fractured, in "
        f"{len({each.group for each in kept})} groups that a split must keep whole"
    )
