"""What the reader of a data set makes of a folder, with an entry that was proposed for it."""

import os
from collections import Counter
from dataclasses import dataclass

from fracture.artifacts.left_out import LeftOut
from fracture.artifacts.manifest import Radiograph
from fracture.artifacts.notes import Note
from fracture.artifacts.raw import data_root
from fracture.console import PipelineError
from fracture.datasets import read
from fracture.datasets.findings import counted, separate
from fracture.datasets.private import SALT, SHORTEST_SALT
from fracture.params.datasets import DATASETS
from fracture.params.radiographs import Ingest
from fracture.targets import CLASSES
from tools.look.proposals import Proposal

MOST = 8  # values in a line


@dataclass(frozen=True)
class Trial:
    """What a reader makes of a folder.

    Attributes:
        proposal: The entry that it was given.
        kept: Radiographs that it reads.
        left: What it leaves out.
        notes: What is odd about ids.
        error: Why it reads nothing; empty where it does.
    """

    proposal: Proposal
    kept: tuple[Radiograph, ...] = ()
    left: tuple[LeftOut, ...] = ()
    notes: tuple[Note, ...] = ()
    error: str = ""

    @property
    def usable(self) -> bool:
        """Whether there are radiographs of both classes."""
        return len({one.fractured for one in self.kept}) == len(CLASSES)


def attempt(proposal: Proposal, rules: Ingest) -> Trial:
    """Return what a reader makes of a folder; a private key of this moment will do.

    Args:
        proposal: The entry.
        rules: `ingest` of params.yaml.
    """
    key = os.environ.get(SALT, "")
    try:
        if len(key) < SHORTEST_SALT:
            os.environ[SALT] = os.urandom(SHORTEST_SALT).hex()
        section = DATASETS[proposal.dataset].parse(proposal.section, f"datasets.{proposal.dataset}")
        findings, notes = read(proposal.dataset, section, data_root(section.root), rules.nobody)
    except PipelineError as error:
        return Trial(proposal, error=str(error))
    finally:
        os.environ[SALT] = key
        if not key:
            del os.environ[SALT]
    kept, left = separate(findings)
    return Trial(proposal, tuple(kept), tuple(left), tuple(notes))


def told(trial: Trial) -> list[str]:
    """Return what a reader would read, in lines for people."""
    if trial.error:
        return [f"it cannot be read so: {trial.error}"]
    kept = trial.kept
    labels = Counter(CLASSES[one.fractured] for one in kept)
    lines = [f"it reads {len(kept)} radiographs: {_counts(labels)}"]
    for name in ("body_part", "view", "sex", "shipped"):
        values = Counter(getattr(one, name) or "unknown" for one in kept)
        if values.keys() - {"unknown"}:
            lines.append(f"{'shipped split' if name == 'shipped' else name}: {_counts(values)}")
    for name, plural in (("patient", "patients"), ("study", "studies")):
        ids = Counter(getattr(one, name) for one in kept)
        without = ids.pop("", 0)
        lines.append(
            f"{len(ids)} {plural}, {without} radiographs without" if ids else f"no {plural}"
        )
    if not any(one.patient or one.study for one in kept):
        lines.append("copies alone are kept together in a split")
    ages = [one.age for one in kept if one.age is not None]
    if ages:
        lines.append(f"ages of {len(ages)}, {min(ages):g} to {max(ages):g} years")
    if boxes := sum(bool(one.boxes) for one in kept):
        lines.append(f"boxes on {boxes}")
    for radiograph, kind in ((True, "radiographs"), (False, "other files")):
        reasons = sorted(one.reason for one in trial.left if one.radiograph == radiograph)
        if reasons:
            lines.append(f"left out: {len(reasons)} {kind} ({counted(reasons)})")
    return [*lines, *(f"note: {note}" for note in sorted(trial.notes))]


def _counts(values: Counter[str]) -> str:
    ordered = sorted(values.items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(f"{count} {value}" for value, count in ordered[:MOST])


def needs_salt(trial: Trial) -> bool:
    """Return whether ids are hashed and no key is at hand."""
    hashed = any(one.hashed for one in trial.kept)
    return hashed and len(os.environ.get(SALT, "")) < SHORTEST_SALT
