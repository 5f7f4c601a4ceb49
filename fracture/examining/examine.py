"""The files of a data set, each read once, and what becomes of its radiograph: kept or left out."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from hashlib import sha256
from pathlib import Path

from fracture.artifacts.duplicates import Pair
from fracture.artifacts.left_out import LeftOut
from fracture.artifacts.manifest import Radiograph
from fracture.artifacts.notes import Note
from fracture.console import PipelineError, some
from fracture.datasets.findings import Finding, leave_out, separate
from fracture.examining.admission import CONFLICTING_LABELS, REASONS, UNIFORM, admit
from fracture.examining.groups import group, opposite_labels
from fracture.examining.thumbnails import Description, describe
from fracture.imaging.decode import read_bytes
from fracture.imaging.jpeg_quality import jpeg_quality
from fracture.imaging.threads import in_threads
from fracture.imaging.unreadable import UnreadableImage
from fracture.params.radiographs import Ingest

SHOWN = 5  # ids in an error message
WHOLE = 16  # bits: a file that uses all of them needs no remark


@dataclass(frozen=True)
class Examined:
    """What was found in one file.

    Attributes:
        finding: The radiograph with its size and hashes, or why there is none.
        faults: Keys of `fracture.examining.admission.REASONS`.
        description: Of its pixels; None where there are none, or none was asked for.
        needs: See `fracture.imaging.samples.Decoded`.
        stated: Likewise.
        frames: How many pages or frames it has.
    """

    finding: Finding
    faults: tuple[str, ...] = ()
    description: Description | None = None
    needs: int = 0
    stated: int = 0
    frames: int = 1


def examine(
    findings: Sequence[Finding], root: Path, rules: Ingest, *, described: bool
) -> list[Examined]:
    """Return what is in the file of each finding, in order.

    Where files of 16 bits do not say how many of them are in use, the data set decides: the fewest
    that hold the values of all such files. Those whose own values need fewer are read once more.

    Args:
        findings: As a reader of `fracture.datasets` returns them.
        root: The folder to which their paths are relative.
        rules: `ingest` of params.yaml.
        described: Whether to describe the pixels, so that near-duplicates can be found.
    """
    work = partial(_examine, root=root, rules=rules, described=described)
    examined = list(in_threads(work, findings, "reading"))
    silent = [place for place, each in enumerate(examined) if each.needs and not each.stated]
    # What will be left out whatever its scale decides nothing.
    bits = max((examined[place].needs for place in silent if _sound(examined[place])), default=0)
    again = [place for place in silent if examined[place].needs < bits]
    work = partial(work, bits=bits)
    readings = in_threads(work, [findings[place] for place in again], "reading again")
    for place, each in zip(again, readings, strict=True):
        examined[place] = each
    for place in silent:
        if isinstance(finding := examined[place].finding, Radiograph):
            finding = replace(finding, bits=max(bits, examined[place].needs))
            examined[place] = replace(examined[place], finding=finding)
    return examined


def _sound(examined: Examined) -> bool:
    return {*examined.faults} <= {UNIFORM}


def _examine(
    finding: Finding, root: Path, rules: Ingest, described: bool, bits: int = 0
) -> Examined:
    if isinstance(finding, LeftOut):
        return Examined(finding)
    try:
        content = read_bytes(root / finding.path)
        admitted = admit(content, rules, bits)
    except UnreadableImage as reason:
        return Examined(leave_out(finding, str(reason)))
    decoded = admitted.decoded
    height, width = decoded.grey.shape
    radiograph = replace(
        finding,
        width=width,
        height=height,
        file_size=len(content),
        jpeg_quality=jpeg_quality(content),
        sha256=sha256(content).hexdigest(),
        pixels_sha256=sha256(b"%d x %d " % (height, width) + decoded.grey.tobytes()).hexdigest(),
    )
    return Examined(
        radiograph,
        admitted.faults,
        describe(decoded.grey) if described else None,
        decoded.needs,
        decoded.stated,
        decoded.frames,
    )


def notes_on(examined: Sequence[Examined], kept: Iterable[Radiograph]) -> list[Note]:
    """Return what people must be told of the pixels of the radiographs that are kept.

    Args:
        examined: All files of a data set.
        kept: Those that are used.
    """
    names = {radiograph.id for radiograph in kept}
    used = [each for each in examined if each.finding.id in names]
    stated = Counter(each.stated for each in used if each.stated)
    told = [
        Note("bits", f"{bits} bits in use, as the files say: scaled by {(1 << bits) - 1}", count)
        for bits, count in stated.items()
    ]
    silent = Counter(
        each.finding.bits
        for each in used
        if isinstance(each.finding, Radiograph) and 0 < each.finding.bits < WHOLE
    )
    told += [
        Note(
            "bits",
            f"{bits} of 16 bits in use in files that do not say how many: scaled by "
            f"{(1 << bits) - 1}",
            count,
        )
        for bits, count in silent.items()
    ]
    if several := sum(each.frames > 1 for each in used):
        told.append(
            Note("frames", "several pages or frames in a file: the first is taken", several)
        )
    return told


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
    others = Counter(each.reason for each in left_out if not each.radiograph)
    missing = Counter(each.reason for each in left_out if each.radiograph)
    return (
        f"{len(kept) + missing.total()} found, {missing.total()} left out{_why(missing)}, "
        f"{len(kept)} kept, {sum(each.fractured for each in kept)} of them fractured, in "
        f"{len({each.group for each in kept})} groups that a split must keep whole"
        + (f"; {others.total()} other files{_why(others)}" if others else "")
    )


def _why(reasons: Mapping[str, int]) -> str:
    counts = ", ".join(f"{count} {reason}" for reason, count in sorted(reasons.items()))
    return f" ({counts})" if counts else ""
