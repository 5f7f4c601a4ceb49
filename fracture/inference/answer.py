"""What a system says of a radiograph."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from fracture.artifacts.bundle import Bundle
from fracture.inference.heat import Heat
from fracture.inference.likeness import UNLIKE
from fracture.inference.neighbours import Similar

UNSURE = "unsure"


@dataclass(frozen=True)
class Answer:
    """What a system says of a radiograph.

    Attributes:
        probability: After temperature scaling, 0 to 1: of the second of two classes, such as
            fractured, of more that of the most probable class.
        uncalibrated: Before it.
        calls: Whether the second of two classes is called, by operating point.
        probabilities: Of each class, after temperature scaling.
        routed: What the router of a route says: the probability of each of its classes; of other
            systems nothing, and nothing of what looks unlike the training radiographs.
        verdict: The class that is called with a guarantee, or `unsure`; empty with more than two
            classes.
        body_parts: The probability of each body part, by the features of the first network; empty
            where none is known, where the system or its router says it, or likewise.
        similar: The nearest training radiographs, where they may be shown.
        notes: What should make one doubt the answer; none where nothing does.
        heat: Where the system sees it; None where nobody asked, or its networks cannot tell.
    """

    probability: float
    uncalibrated: float
    calls: Mapping[str, bool]
    probabilities: Mapping[str, float]
    routed: Mapping[str, float]
    verdict: str = ""
    body_parts: Mapping[str, float] = field(default_factory=dict)
    similar: tuple[Similar, ...] = ()
    notes: tuple[str, ...] = ()
    heat: Heat | None = None


@dataclass(frozen=True)
class Refusal:
    """Why a file gets no answer: it cannot be read, or it is not fit by the rules of `ingest`."""

    reason: str


def verdict(bundle: Bundle, probability: float) -> str:
    """Return the class that is called with a guarantee, or `UNSURE`.

    Args:
        bundle: With its thresholds; without them the verdict is empty.
        probability: Of the second of two classes, before temperature scaling.
    """
    if bundle.unsure is None:
        return ""
    first, second = bundle.target.classes
    if probability >= bundle.unsure.high:
        return second
    return first if probability < bundle.unsure.low else UNSURE


def doubt(answer: Answer) -> Answer:
    """Return the answer to a picture that looks unlike the training radiographs.

    Whatever its probability, the verdict is `UNSURE`, and what it shows is not told. The guarantee
    is kept: it bounds the share of all radiographs of a class that are called by the other, which
    can only fall where fewer are called.

    Args:
        answer: As to any other picture.
    """
    return replace(
        answer,
        verdict=UNSURE if answer.verdict else "",
        routed={},
        body_parts={},
        notes=(*answer.notes, UNLIKE),
    )
