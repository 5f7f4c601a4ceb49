"""A system without networks: the probability of a fracture is the mean grey level."""

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from fracture.artifacts.bundle import Bundle, Provenance
from fracture.artifacts.trained import TargetRow
from fracture.artifacts.unsure import Unsure
from fracture.console import PipelineError, progress
from fracture.imaging.decode import decode_grey
from fracture.imaging.letterbox import fit, pad
from fracture.imaging.unreadable import UnreadableImage
from fracture.inference import Answer, Refusal
from fracture.inference.heat import Heat
from fracture.inference.neighbours import Similar
from fracture.systems.formula import Leaf
from fracture.targets import FRACTURE
from serving.app.limits import Limits
from serving.app.service import Served
from serving.app.work import Job, answered
from serving.app.worker import Worker
from serving.kept import Kept

POINTS = {"balanced": 0.5, "sensitive": 0.3, "specific": 0.7}
SLOW, HUNGRY, DEADLY = b"slow", b"hungry", b"deadly"
"""Files with which a decoder would take too long, too much memory, or end."""
SIZE = 32
SIMILAR = Similar("image7", "fractured", "leg", 0.5, b"a picture")


class StandIn:
    """Answers as a predictor does."""

    def predict(self, sources: Sequence[bytes], *, heat: bool = False) -> list[Answer | Refusal]:
        return [self._one(source, heat) for source in sources]

    def _one(self, source: bytes, heat: bool) -> Answer | Refusal:
        if source == SLOW:
            time.sleep(60)
        if source == HUNGRY:
            held = np.ones(2**29, np.uint8)
            time.sleep(60 + len(held))
        if source == DEADLY:
            raise MemoryError
        try:
            grey = decode_grey(source)
        except UnreadableImage as error:
            return Refusal(str(error))
        mean = float(grey.mean() / 255)
        seen = pad(fit(grey, SIZE), SIZE)
        warm = np.asarray(seen / 255, np.float32)
        return Answer(
            probability=mean,
            uncalibrated=mean,
            calls={point: mean >= threshold for point, threshold in POINTS.items()},
            probabilities={"not fractured": 1 - mean, "fractured": mean},
            routed={},
            verdict="fractured" if mean > 0.6 else "unsure" if mean > 0.4 else "not fractured",
            body_parts={"hand": 0.25, "leg": 0.75},
            similar=(SIMILAR,),
            notes=("dark",) if mean < 0.1 else (),
            heat=Heat(seen, warm, "fracture map") if heat else None,
        )


@dataclass(frozen=True)
class Broken:
    """Loads nothing."""

    says: str

    def __call__(self) -> StandIn:
        raise PipelineError(self.says)


def load() -> StandIn:
    return StandIn()


def load_with_a_bar() -> StandIn:
    """Load as a predictor works: with a progress bar, which locks."""
    assert [*progress([0], 1, "loading", "systems")] == [0]
    return StandIn()


class Within(Worker):
    """Predicts within the process that asks: a process of its own takes seconds to start."""

    def start(self) -> None:
        self.ready, self.starts = True, self.starts + 1

    def _send(self, jobs: Sequence[Job]) -> None:
        told, pictures = answered(load(), jobs)
        self._messages = [json.dumps(told).encode(), *pictures]

    def _receive(self, _: float) -> bytes:
        return self._messages.pop(0)


@dataclass(frozen=True)
class Setting:
    """How a service differs from the usual one."""

    limits: Limits = field(default_factory=Limits)
    keys: Sequence[bytes] = ()
    hosts: Sequence[str] = ()
    keep: Path | None = None
    worker: type[Worker] = Within


def served(setting: Setting) -> Served:
    """Return a service of the stand-in."""
    known: dict[str, Any] = {
        "system": "stand_in",
        "made_of": "the mean grey level",
        "target": TargetRow.of(FRACTURE),
        "where": {},
        "networks": {},
        "formula": Leaf(network="none", target="fractured"),
        "temperature": 1.0,
        "thresholds": POINTS,
        "headline": "balanced",
        "unsure": Unsure(low=0.4, high=0.6, missed=0.05, false_alarms=0.1),
        "studies": None,
        "body_parts": ["hand", "leg"],
        "dataset": Provenance(
            name="synthetic",
            synthetic=True,
            bits=0,
            likeness=None,
            pictures_under="CC BY 4.0",
            sha256={},
        ),
        "versions": {},
    }
    bundle = Bundle.model_construct(**known)
    return Served(
        bundle=bundle,
        card="# Model card\n\nA stand-in.",
        worker=setting.worker(load, setting.limits),
        limits=setting.limits,
        keys=setting.keys,
        hosts=setting.hosts,
        kept=Kept(setting.keep) if setting.keep else None,
    )
