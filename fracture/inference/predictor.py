"""The predictor: a system loaded and ready, bytes of radiographs in, answers out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from hashlib import file_digest
from pathlib import Path

import numpy as np
import numpy.typing as npt

from fracture.artifacts import bundle as bundles
from fracture.artifacts.bundle import Bundle
from fracture.artifacts.manifest import Radiograph
from fracture.artifacts.predictions import recorded
from fracture.console import PipelineError
from fracture.examining.admission import REASONS, admit
from fracture.imaging.decode import read_bytes
from fracture.imaging.threads import in_threads
from fracture.imaging.unreadable import UnreadableImage
from fracture.imaging.variant import Image, View, render, see
from fracture.inference.networks import Member, Networks
from fracture.judging.temperature import calibrate, pool
from fracture.params.radiographs import Ingest

Content = bytes | Path
"""A radiograph: the content of a JPEG, PNG, TIFF, BMP or DICOM file, or where it lies."""


@dataclass(frozen=True)
class Answer:
    """What a system says of a radiograph.

    Attributes:
        probability: Of a fracture, after temperature scaling, 0 to 1.
        uncalibrated: Before it.
        calls: Whether a fracture is called, by operating point.
    """

    probability: float
    uncalibrated: float
    calls: Mapping[str, bool]


@dataclass(frozen=True)
class Refusal:
    """Why a file gets no answer: it cannot be read, or it is not fit by the rules of `ingest`."""

    reason: str


class Predictor:
    """A system, ready to answer.

    Attributes:
        bundle: What the system is.
    """

    def __init__(self, bundle: Bundle, folder: Path) -> None:
        """Load the networks of a bundle.

        Args:
            bundle: As read.
            folder: Where it lies.
        """
        self.bundle = bundle
        self._members = [
            Member(folder / m.folder, View(m.size, m.steps), m.mirror, m.batch_size)
            for m in bundle.members
            for _ in range(m.weight)
        ]
        self._networks = Networks(self._members)

    @classmethod
    def load(cls, folder: Path | str) -> "Predictor":
        """Load a bundle; nothing else is needed, neither params.yaml nor a working directory.

        Raises:
            PipelineError: There is no bundle, a file of it is missing or was changed, or it was
                made by another version of the pipeline.
        """
        folder = Path(folder)
        bundle = bundles.read(folder)
        for member in bundle.members:
            for name, digest in member.sha256.items():
                _require_unchanged(folder / member.folder / name, digest)
        return cls(bundle, folder)

    def predict(self, sources: Sequence[Content]) -> list[Answer | Refusal]:
        """Return what the system says of each radiograph, in order.

        A radiograph that the evaluation judged gets the probability that it got there.

        Args:
            sources: Any number. A file is read once, decoded whole to be admitted, and decoded once
                more for each size of image, however many networks look at it.
        """
        refusals: dict[int, Refusal] = {}

        def readable() -> Iterator[list[Image]]:
            work = partial(_look, views=self._networks.views, rules=self.bundle.admitted)
            for place, seen in enumerate(in_threads(work, sources, "predict")):
                if isinstance(seen, Refusal):
                    refusals[place] = seen
                else:
                    yield seen

        answers = iter(self.answer(self._networks.predict(readable())))
        return [refusals.get(place) or next(answers) for place in range(len(sources))]

    def answer(self, predicted: Mapping[Member, npt.NDArray[np.float64]]) -> list[Answer]:
        """Return the system's answers, made of the probabilities of its networks.

        Args:
            predicted: Probabilities of each network, float64 (n, 1).
        """
        raw = together([predicted[member][:, 0] for member in self._members])
        calibrated = calibrate(raw, self.bundle.temperature)
        return [
            Answer(
                probability=float(probability),
                uncalibrated=float(uncalibrated),
                calls={
                    point: bool(uncalibrated >= threshold)
                    for point, threshold in self.bundle.thresholds.items()
                },
            )
            for probability, uncalibrated in zip(calibrated, raw, strict=True)
        ]


def predict_systems(
    systems: Mapping[str, Sequence[Member]], radiographs: Sequence[Radiograph], root: Path
) -> dict[str, npt.NDArray[np.float64]]:
    """Return each system's probabilities for radiographs, float64 (n,), by its name.

    Each radiograph is decoded once for each size, and each network looks once, though several
    systems hold it.

    Args:
        systems: By name, the networks of each, as often as they count.
        radiographs: Of n files, examined.
        root: The folder to which their paths are relative.
    """
    networks = Networks(member for members in systems.values() for member in members)
    predicted = networks.predict(render(radiographs, root, networks.views))
    return {
        name: together([predicted[member][:, 0] for member in members])
        for name, members in systems.items()
    }


def together(probabilities: Sequence[npt.NDArray[np.float64]]) -> npt.NDArray[np.float64]:
    """Return the probability of a system from those of its networks, as it is recorded.

    Args:
        probabilities: Of each network, float64 (n,); as often as it counts.
    """
    return recorded(pool([recorded(each) for each in probabilities]))


def _look(source: Content, views: Sequence[View], rules: Ingest) -> list[Image] | Refusal:
    try:
        content = source if isinstance(source, bytes) else read_bytes(source)
        # Its pixels are dropped: `see` decodes as `preprocess` does, a large JPEG at a fraction.
        _, faults = admit(content, rules)
        return Refusal(REASONS[faults[0]]) if faults else see(content, views)
    except UnreadableImage as reason:
        return Refusal(str(reason))


def _require_unchanged(file: Path, digest: str) -> None:
    if not file.is_file():
        raise PipelineError(f"{file} is missing: copy the bundle again, whole")
    with file.open("rb") as stream:
        if file_digest(stream, "sha256").hexdigest() != digest:
            raise PipelineError(
                f"{file} is not the file that was bundled: copy the bundle again, whole"
            )
