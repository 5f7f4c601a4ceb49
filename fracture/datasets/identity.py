"""Whose radiograph it is: ids of patients and studies as they are compared."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Literal

from fracture.artifacts.manifest import Radiograph
from fracture.artifacts.notes import Note
from fracture.console import some
from fracture.datasets.findings import Finding
from fracture.datasets.private import private_hash
from fracture.texts import loose, normalised

MOST = 0.5
"""An id on more than this share of the radiographs that have one is told of."""
FEWEST = 10  # radiographs with an id: among fewer, one id is easily that of most
PLACEHOLDER = re.compile(r"00+|999+|xx+|test|dummy|patient|name")
"""What may stand for nobody, in any case and punctuation, or for the first of those who are
numbered from 0000: people are told, and it ties until params.yaml says that it means none."""
ADD = "add it to ingest.nobody in params.yaml"

Kind = Literal["patient", "study"]
KINDS: tuple[Kind, ...] = ("patient", "study")


def identify(
    findings: Sequence[Finding], nobody: Iterable[str]
) -> tuple[list[Finding], list[Note]]:
    """Return the findings with ids that can be compared, in order, and what is odd about the ids.

    Ids are normalised; those that stand for nobody become empty, for they tie nothing; those of
    radiographs that are to be `hashed` are hashed with the private key.

    Args:
        findings: As readers return them, with ids as the data set has them.
        nobody: Ids that mean none, in any case and punctuation.

    Raises:
        PipelineError: An id is to be hashed, and there is no private key.
    """
    none = {loose(text) for text in nobody} | {""}
    notes = [note for kind in KINDS for note in _notes(kind, findings, none)]
    return [_identified(finding, none) for finding in findings], notes


def _identified(finding: Finding, none: set[str]) -> Finding:
    if not isinstance(finding, Radiograph):
        return finding
    patient, study = (_meant(text, none) for text in (finding.patient, finding.study))
    if finding.hashed:
        hashed = private_hash()
        patient, study = patient and hashed("patient", patient), study and hashed("study", study)
    return replace(finding, patient=patient, study=study)


def _meant(text: str, none: set[str]) -> str:
    name = normalised(text)
    return "" if loose(name) in none else name


def _notes(kind: Kind, findings: Iterable[Finding], none: set[str]) -> Iterator[Note]:
    """Yield what is odd about the ids of one kind; ids that are to be hashed are not repeated."""
    radiographs = [each for each in findings if isinstance(each, Radiograph)]
    ids = [(normalised(getattr(each, kind)), each.hashed) for each in radiographs]
    counts = Counter(name for name, _ in ids if name)
    private = {name for name, hashed in ids if hashed}
    if named := {name: count for name, count in counts.items() if loose(name) in none}:
        shown = _shown(named, private, kind)
        verb = "means" if len(named) == 1 else "mean"
        text = f"{shown} {verb} none (ingest.nobody in params.yaml)"
        yield Note("nobody", text, sum(named.values()))
    real = {name: count for name, count in counts.items() if name not in named}
    total = sum(real.values())
    for name, count in real.items():
        crowded = total >= FEWEST and count > MOST * total
        if crowded or PLACEHOLDER.fullmatch(loose(name)):
            share = f"{count / total:.0%} of the radiographs that have one"
            text = f"{_shown([name], private, kind)} stands on {share}: {ADD} if it means none"
            yield Note("placeholder", text, count)
    alike = defaultdict(set)
    for name in real:
        alike[loose(name)].add(name)
    if several := [sorted(names) for names in alike.values() if len(names) > 1]:
        apart = [name for names in several for name in names]
        yield Note(
            "alike_ids",
            f"{_shown(apart, private, kind)} differ in case and punctuation alone and are taken "
            f"for {len(apart)}",
            sum(real[name] for name in apart),
        )


def _shown(names: Iterable[str], private: set[str], kind: Kind) -> str:
    """Return ids for a sentence: the first few, or their number alone where one is private."""
    names = list(names)
    number = f"{len(names)} {kind} id{'s' * (len(names) != 1)}"
    return number if private.intersection(names) else f"{number} ({some(names)})"
