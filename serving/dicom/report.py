"""What a system says of a study as DICOM Comprehensive SR, a measurement report (TID 1500)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from highdicom.coding_schemes import CodingSchemeIdentificationItem
from highdicom.sr import (
    AlgorithmIdentification,
    CodedConcept,
    ComprehensiveSR,
    DeviceObserverIdentifyingAttributes,
    Measurement,
    MeasurementReport,
    MeasurementsAndQualitativeEvaluations,
    ObservationContext,
    ObserverContext,
    QualitativeEvaluation,
    RelationshipTypeValues,
    SourceImageForMeasurementGroup,
    TextContentItem,
    TrackingIdentifier,
)
from pydicom import Dataset
from pydicom.sr.codedict import codes

from fracture.artifacts.bundle import Bundle
from fracture.inference import Answer, Refusal
from serving.answers import Cell, describe, radiograph_rows, study_rows
from serving.dicom.source import (
    IDENTITY,
    MAKER,
    OPTIONAL,
    REFERENCE,
    RESEARCH,
    Source,
    equipment,
    identifier,
    source_of,
    write,
)

NUMBER = 9901
"""Of the series within a study."""
SCHEME = "99BONEFRACTURE"
"""Of this project's own codes: what DICOM has no code for."""
CODE, MEANING = 16, 64
"""The most characters that a code and its meaning may have."""
RADIOGRAPHY = CodedConcept("168537006", "SCT", "Plain radiography")
NO_UNITS = CodedConcept("1", "UCUM", "no units")
APART = ("file", "study", "model", "note")
"""Columns of a row that are no result."""


def write_reports(
    files: Sequence[Path],
    answers: Sequence[Answer | Refusal],
    bundle: Bundle,
    folder: Path,
    written: datetime,
) -> dict[Path, str]:
    """Write a report for each study of which a radiograph got an answer.

    Args:
        files: Of n radiographs, of any number of studies.
        answers: In the same order.
        bundle: Of the system that gave them.
        folder: Takes a folder for each study.
        written: When: the one date in these files that is not copied.

    Returns:
        In a few words why a file is in no report, by its path.
    """
    left: dict[Path, str] = {}
    studies: dict[str, dict[str, tuple[Source, Answer]]] = {}
    for file, answer in zip(files, answers, strict=True):
        source = source_of(file)
        if isinstance(source, str):
            left[file] = source
        elif isinstance(answer, Refusal):
            left[file] = "it was not scored"
        elif source.instance in studies.get(source.study, {}):
            left[file] = "another file is the same instance"
        else:
            studies.setdefault(source.study, {})[source.instance] = source, answer
    for study in studies.values():
        write_report([*study.values()], bundle, folder, written)
    return left


def write_report(
    study: Sequence[tuple[Source, Answer]], bundle: Bundle, folder: Path, written: datetime
) -> Path:
    """Write what a system says of a study, and return the path.

    Args:
        study: Its radiographs, and what is said of each.
        bundle: Of the system.
        folder: Takes a folder for the study.
        written: When.
    """
    sources = [source for source, _ in study]
    evidence = [_evidence(source) for source in sources]
    instances = sorted(source.instance for source in sources)
    report = ComprehensiveSR(
        evidence=evidence,
        content=_content(study, bundle),
        series_instance_uid=identifier("reports", sources[0].study, bundle.digest),
        series_number=NUMBER,
        # Reports of different content are different instances: the time is a part of it.
        sop_instance_uid=identifier("report", *instances, bundle.digest, written.isoformat()),
        is_complete=True,
        content_date=written.date(),
        content_time=written.time(),
        coding_schemes=[CodingSchemeIdentificationItem(SCHEME, responsible_organization=MAKER)],
        **equipment(bundle, "What a model says"),
    )
    return write(report, sources[0], folder, "report.dcm")


def _evidence(source: Source) -> Dataset:
    """Return what highdicom reads of a radiograph that a report refers to, without the patient."""
    found = Dataset()
    for word in IDENTITY:
        if word not in OPTIONAL:
            setattr(found, word, None)
    for word in REFERENCE:
        setattr(found, word, source.header[word].value)
    return found


def _content(study: Sequence[tuple[Source, Answer]], bundle: Bundle) -> MeasurementReport:
    """Return the tree of a report: what is said of the study, then of each radiograph."""
    sources, answers = [source for source, _ in study], [answer for _, answer in study]
    observer = DeviceObserverIdentifyingAttributes(
        uid=identifier("system", bundle.digest), name=bundle.system, manufacturer_name=MAKER
    )
    (whole,) = study_rows([""] * len(answers), answers, bundle)
    rows = radiograph_rows([""] * len(answers), answers, bundle)
    return MeasurementReport(
        observation_context=ObservationContext(ObserverContext(codes.DCM.Device, observer)),
        procedure_reported=RADIOGRAPHY,
        imaging_measurements=[
            _group("Study", whole, sources, bundle),
            *(
                _group(f"Radiograph {number}", row, [source], bundle)
                for number, (row, source) in enumerate(zip(rows, sources, strict=True), 1)
            ),
        ],
    )


def _group(
    name: str, row: Mapping[str, Cell], sources: Sequence[Source], bundle: Bundle
) -> MeasurementsAndQualitativeEvaluations:
    """Return what is said of some radiographs: numbers, words, and what makes one doubt them.

    Args:
        name: Of the group.
        row: As serving/answers.py makes them.
        sources: The radiographs.
        bundle: Of the system.
    """
    said = {
        key: value for key, value in row.items() if key not in APART and value not in {"", None}
    }
    instances = [source.instance for source in sources]
    group = MeasurementsAndQualitativeEvaluations(
        tracking_identifier=TrackingIdentifier(
            identifier("group", name, *instances, bundle.digest), name
        ),
        algorithm_id=AlgorithmIdentification(
            bundle.system, bundle.digest[:16], parameters=_described(bundle), manufacturer=MAKER
        ),
        measurements=[
            Measurement(_concept(key, meaning(key, bundle)), value, NO_UNITS)
            for key, value in said.items()
            if not isinstance(value, str)
        ],
        qualitative_evaluations=[
            QualitativeEvaluation(_concept(key, meaning(key, bundle)), _concept(value, value))
            for key, value in said.items()
            if isinstance(value, str)
        ],
        source_images=[
            SourceImageForMeasurementGroup(source.header.SOPClassUID, source.instance)
            for source in sources
        ],
    )
    group[0].ContentSequence.append(
        TextContentItem(
            codes.DCM.Comment, f"Research, {row['note']}", RelationshipTypeValues.CONTAINS
        )
    )
    return group


def meaning(key: str, bundle: Bundle) -> str:
    """Return in words what a column of an answer holds.

    Args:
        key: The column's name.
        bundle: Of the system.
    """
    words = {
        "probability": f"Probability of {bundle.target.classes[1]}",
        "verdict": "Class that is called with a guarantee",
        "class": "Most probable class",
        "radiographs": "Radiographs of the study",
        "body_part": "Body part",
    }
    if key == "probability" and not bundle.thresholds:
        return "Probability of the most probable class"
    if point := key.removeprefix("call_") * key.startswith("call_"):
        return f"Call at the operating point {point}"
    if part := key.removeprefix("body_part_") * key.startswith("body_part_"):
        return f"Probability of {part}"
    return words.get(key, key.replace("_", " of ", 1))


def _concept(code: str, words: str) -> CodedConcept:
    """Return a code of this project's own scheme."""
    if len(code) > CODE:
        code = f"{code[: CODE - 6]}-{sha256(code.encode()).hexdigest()[:5]}"
    return CodedConcept(code, SCHEME, words[:MEANING])


def _described(bundle: Bundle) -> list[str]:
    """Return what the system is, a line for each fact."""
    here = {"warning": RESEARCH, "pictures_under": None}
    facts = {name: _text(fact) for name, fact in (describe(bundle) | here).items()}
    return [f"{name.replace('_', ' ')}: {fact}" for name, fact in facts.items() if fact]


def _text(fact: object) -> str:
    """Return a fact as people read it; empty where there is none."""
    match fact:
        case dict():
            return "; ".join(f"{name} {_text(each)}" for name, each in fact.items())
        case list():
            return ", ".join(map(str, fact))
        case float():
            return f"{fact:.6g}"
        case None:
            return ""
        case _:
            return str(fact)
