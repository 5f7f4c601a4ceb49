"""The one place where answers become rows: a row a radiograph, a row a study."""

import io
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from fracture.artifacts.bundle import Bundle, Studies
from fracture.imaging.decode import is_dicom
from fracture.inference import Answer, Refusal
from fracture.inference.answer import UNSURE
from fracture.inference.predictor import Content
from fracture.judging.logits import calibrate
from fracture.systems.formula import Route

WARNING = "not for clinical use"

Cell = str | float | None
"""Of a table; None where a file got no answer."""


def describe(bundle: Bundle) -> dict[str, Any]:
    """Return what stands above the rows: which system answers, and what it knows.

    Thresholds are those of the probabilities that the rows show, after temperature scaling.
    """
    unsure = bundle.shown_unsure
    return {
        "system": bundle.system,
        "made_of": bundle.made_of,
        "digest": bundle.digest,
        "target": bundle.target.name,
        "classes": [*bundle.target.classes],
        "thresholds": bundle.shown_thresholds,
        "headline": bundle.headline,
        "unsure": unsure and unsure.model_dump(),
        "body_parts": bundle.body_parts,
        "dataset": bundle.dataset.name,
        "synthetic": bundle.dataset.synthetic,
        "dataset_sha256": bundle.dataset.sha256,
        "pictures_under": bundle.dataset.pictures_under,
        "versions": bundle.versions,
        "warning": WARNING,
    }


def radiograph_rows(
    names: Sequence[str], answers: Sequence[Answer | Refusal], bundle: Bundle
) -> list[dict[str, Cell]]:
    """Return a row for each radiograph, all with the same keys.

    `file`, `model`, `probability`; of two classes `verdict` and `call_<point>`, of more `class` and
    `probability_<class>`; what the router of a route says as `router` and `router_<class>`; what
    it shows as `body_part` and `body_part_<name>`; `note`. Of a file that was refused, `note` holds
    the reason, and nothing stands where an answer would. Of one that looks unlike the training
    radiographs the verdict is unsure, and nothing stands where the router and the body part would.

    Args:
        names: What each file is called.
        answers: In the same order.
        bundle: Of the system that gave them.
    """
    rows: list[dict[str, Cell]] = []
    for name, answer in zip(names, answers, strict=True):
        known: dict[str, Cell] = {"file": name, "model": bundle.system}
        if isinstance(answer, Refusal):
            rows.append(known | _unanswered(bundle) | {"note": refused(answer)})
            continue
        given = _answered(
            answer.probability, answer.verdict, answer.calls, answer.probabilities, bundle
        )
        routed = each_class("router", "router", answer.routed)
        shown = each_class("body_part", "body_part", answer.body_parts)
        note: dict[str, Cell] = {"note": "; ".join((WARNING, *answer.notes))}
        rows.append(known | _unanswered(bundle) | given | routed | shown | note)
    return rows


def study_rows(
    studies: Sequence[str], answers: Sequence[Answer | Refusal], bundle: Bundle
) -> list[dict[str, Cell]]:
    """Return a row for each study, in the order in which they first occur.

    `study`, `radiographs` (those that got an answer) and the columns of `radiograph_rows` without
    router and body part. As the evaluation scores studies, the probability is the mean of those of
    its radiographs, and the operating points are those of studies where the system has been scored
    by study. The verdict is the second class where a radiograph has it, the first where all have
    it: so at most as many studies are missed as radiographs.

    Args:
        studies: The study of each radiograph, as `studies_of` returns them.
        answers: In the same order.
        bundle: Of the system that gave them.
    """
    rows: list[dict[str, Cell]] = []
    for study in dict.fromkeys(studies):
        of_it = [one for name, one in zip(studies, answers, strict=True) if name == study]
        answered = [answer for answer in of_it if isinstance(answer, Answer)]
        known: dict[str, Cell] = {
            "study": study, "radiographs": len(answered), "model": bundle.system,
        }  # fmt: skip
        refusals = [refused(answer) for answer in of_it if isinstance(answer, Refusal)]
        if not answered:
            given = _unanswered(bundle, of_study=True)
            rows.append(known | given | {"note": _notes(refusals)})
            continue
        notes = [note for answer in answered for note in answer.notes]
        rows.append(
            known | _of_study(answered, bundle) | {"note": _notes([WARNING, *notes, *refusals])}
        )
    return rows


def similar_to(answer: Answer | Refusal, *, pictures: bool = False) -> list[dict[str, Cell]]:
    """Return the training radiographs most like one, the nearest first; none of a refused file.

    Args:
        answer: What was said of it.
        pictures: Whether `picture`, a JPEG file as base64, comes with `id`, `label`, `body_part`
            and `distance`.
    """
    rows: list[dict[str, Cell]] = []
    for one in () if isinstance(answer, Refusal) else answer.similar:
        row = asdict(one)
        picture = b64encode(row.pop("picture")).decode()
        rows.append(row | ({"picture": picture} if pictures else {}))
    return rows


def studies_of(sources: Sequence[Content], names: Sequence[str]) -> list[str]:
    """Return the study of each radiograph.

    That is DICOM's StudyInstanceUID, else the folder of a file on disk, else the radiograph itself.

    Args:
        sources: The radiographs.
        names: What each of them is called.
    """
    return [
        _study_uid(source) or (str(source.parent) if isinstance(source, Path) else name)
        for source, name in zip(sources, names, strict=True)
    ]


def _study_uid(source: Content) -> str:
    try:
        with io.BytesIO(source) if isinstance(source, bytes) else source.open("rb") as file:
            if not is_dicom(file.read(132)):
                return ""
            file.seek(0)
            # Only now: pydicom takes half a second to import.
            from fracture.imaging.dicom.content import study_of  # noqa: PLC0415

            return study_of(file)
    except OSError:
        return ""


def refused(answer: Refusal) -> str:
    """Return in a few words that a file got no answer, and why."""
    return f"not scored, {answer.reason}"


def each_class(best: str, prefix: str, given: Mapping[str, float]) -> dict[str, Cell]:
    """Return the most probable class and the probability of each, nothing where there is none.

    Args:
        best: Key of the most probable one.
        prefix: Of the keys of the probabilities.
        given: Probabilities by class.
    """
    each: dict[str, Cell] = {f"{prefix}_{name}": round(value, 6) for name, value in given.items()}
    return {best: max(given, key=lambda name: given[name]), **each} if given else {}


def _answered(
    probability: float,
    verdict: str,
    calls: Mapping[str, bool],
    probabilities: Mapping[str, float],
    bundle: Bundle,
) -> dict[str, Cell]:
    classes = bundle.target.classes
    if not calls:
        each = each_class("class", "probability", probabilities)
        return {"probability": round(probability, 6), **each}
    called = {f"call_{point}": classes[call] for point, call in calls.items()}
    return {"probability": round(probability, 6), "verdict": verdict, **called}


def _unanswered(bundle: Bundle, of_study: bool = False) -> dict[str, Cell]:
    """Return the cells of `_answered`, of a router and of the body part, all empty."""
    nothing = dict.fromkeys(bundle.target.classes, 0.0)
    calls = dict.fromkeys(bundle.thresholds, False)
    cells = _answered(0, "", calls, nothing, bundle)
    if isinstance(bundle.formula, Route) and not of_study:
        cells |= each_class("router", "router", dict.fromkeys(bundle.formula.classes, 0.0))
    if not of_study:
        cells |= each_class("body_part", "body_part", dict.fromkeys(bundle.body_parts, 0.0))
    return dict.fromkeys(cells)


def _of_study(answered: Sequence[Answer], bundle: Bundle) -> dict[str, Cell]:
    level = bundle.studies or Studies(temperature=bundle.temperature, thresholds=bundle.thresholds)
    if not bundle.thresholds:
        shown = np.array([[*answer.probabilities.values()] for answer in answered])
        mean = calibrate(shown, 1 / bundle.temperature).mean(axis=0, keepdims=True)
        of_classes = calibrate(mean, level.temperature)[0].tolist()
        given = dict(zip(bundle.target.classes, of_classes, strict=True))
        return _answered(max(of_classes), "", {}, given, bundle)
    mean = np.mean([answer.uncalibrated for answer in answered], keepdims=True)
    calls = {point: bool(mean[0] >= threshold) for point, threshold in level.thresholds.items()}
    probability = float(calibrate(mean, level.temperature)[0])
    return _answered(probability, _verdict(answered, bundle), calls, {}, bundle)


def _verdict(answered: Sequence[Answer], bundle: Bundle) -> str:
    verdicts = {answer.verdict for answer in answered}
    second = bundle.target.classes[1]
    if second in verdicts:
        return second
    return verdicts.pop() if len(verdicts) == 1 else UNSURE


def _notes(notes: Sequence[str]) -> str:
    return "; ".join(dict.fromkeys(notes))
