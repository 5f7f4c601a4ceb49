"""The predictor: a system loaded and ready, bytes of radiographs in, answers out."""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property, partial
from hashlib import file_digest
from pathlib import Path

import numpy as np

from fracture.artifacts import bundle as bundles
from fracture.artifacts import known as known_radiographs
from fracture.artifacts.bundle import Bundle
from fracture.artifacts.manifest import Radiograph
from fracture.artifacts.predictions import recorded
from fracture.console import PipelineError
from fracture.device import Threads
from fracture.examining.admission import REASONS, TRUNCATED, admit
from fracture.imaging.decode import is_reduced, read_bytes
from fracture.imaging.threads import in_threads
from fracture.imaging.unreadable import UnreadableImage
from fracture.imaging.variant import Image, View, render, see
from fracture.inference import runtimes
from fracture.inference.answer import Answer, Refusal, doubt, verdict
from fracture.inference.gradcam import Explained, Explainer, join
from fracture.inference.heat import Heat, answering_leaves, show, weights_of
from fracture.inference.likeness import is_unlike
from fracture.inference.neighbours import Beside, Known, compare
from fracture.inference.networks import Member, Networks
from fracture.inference.runtimes import Runtime, choose, explainer
from fracture.judging.logits import Probabilities, calibrate, of_each_class
from fracture.params.radiographs import Ingest
from fracture.systems.formula import Leaf, Node, Route, evaluate, router_probabilities

Content = bytes | Path
"""A radiograph: the content of a JPEG, PNG, TIFF, BMP, WebP or DICOM file, or where it lies."""


@dataclass(frozen=True)
class Looked:
    """A file that may be used, as networks see it.

    Attributes:
        images: One for each view, uint8 (size, size, channels).
        notes: What is wrong with it all the same.
        unlike: Whether its pixels look unlike the training radiographs.
    """

    images: list[Image]
    notes: tuple[str, ...]
    unlike: bool = False


class Predictor:
    """A system, ready to answer.

    Attributes:
        bundle: What the system is.
        runtime: What computes its networks.
    """

    def __init__(
        self, bundle: Bundle, folder: Path, runtime: Runtime = "auto", threads: Threads = "all"
    ) -> None:
        """Load the networks of a bundle.

        Args:
            bundle: As read.
            folder: Where it lies.
            runtime: See `load`.
            threads: See `load`.
        """
        self.runtime = choose(runtime, bundle.networks)
        self.bundle = bundle
        self._known = {
            name: Known(known_radiographs.read(bundles.network_path(folder, name)), each.furthest)
            for name, each in bundle.networks.items()
            if each.furthest is not None
        }
        self.networks = Networks(
            {
                name: Member(
                    bundles.network_path(folder, name),
                    tuple(each.targets.items()),
                    View(each.size, each.steps),
                    each.mirror,
                    each.batch_size,
                )
                for name, each in bundle.networks.items()
            },
            partial(runtimes.load, runtime=self.runtime, threads=threads),
        )

    @classmethod
    def load(
        cls, folder: Path | str, runtime: Runtime = "auto", threads: Threads = "all"
    ) -> "Predictor":
        """Load a bundle; nothing else is needed, neither params.yaml nor a working directory.

        Args:
            folder: Of the bundle.
            runtime: What computes its networks: `keras`, as in the pipeline; `onnx`, ONNX Runtime,
                which needs neither Keras nor TensorFlow and differs by at most 1e-4 in a
                probability; `auto`: ONNX Runtime where it is installed and the bundle has its file.
            threads: Of the CPU for the networks.

        Raises:
            PipelineError: There is no bundle, a file of it is missing or was changed, it was made
                by another version of the pipeline, or the runtime cannot be had.
        """
        folder = Path(folder)
        bundle = bundles.read(folder)
        for name, each in bundle.networks.items():
            for file, digest in each.sha256.items():
                _require_unchanged(bundles.network_path(folder, name) / file, digest)
        return cls(bundle, folder, runtime, threads)

    def predict(self, sources: Sequence[Content], *, heat: bool = False) -> list[Answer | Refusal]:
        """Return what the system says of each radiograph, in order.

        A radiograph that the evaluation judged gets the probability that it got there.

        Args:
            sources: Any number. A file is read once, decoded whole to be admitted, and decoded once
                more for each size of image, however many networks look at it.
            heat: Whether to tell where the system sees it, as the stage `predict` does; takes
                memory for each radiograph.
        """
        refusals: dict[int, Refusal] = {}
        looked: list[Looked] = []
        likeness = self.bundle.dataset.likeness
        # The radiograph as it is shown comes last.
        plain = [View(self.networks.views[0].size, ())] if heat else []
        views = [*self.networks.views, *plain]

        def readable() -> Iterator[list[Image]]:
            rules, bits = self.bundle.admitted, self.bundle.dataset.bits
            work = partial(look, views=views, rules=rules, bits=bits)
            for place, seen in enumerate(in_threads(work, sources, "predict")):
                if isinstance(seen, Refusal):
                    refusals[place] = seen
                    continue
                images = seen.images[: len(self.networks.views)]
                unlike = likeness is not None and is_unlike(likeness, images[0])
                # Memory holds no image but the one that is shown.
                looked.append(Looked(seen.images[len(images) :], seen.notes, unlike))
                yield images

        explainers = self._explainers if heat else {}
        leaves, explained = self.networks.explain(readable(), explainers | self._features_of)
        told = self.answer(leaves)
        heats = (
            self._heats(leaves, explained, looked) if explainers and told else [None] * len(told)
        )
        beside = self._beside(explained, len(told))
        whole = (
            replace(
                one,
                notes=seen.notes,
                heat=shown,
                body_parts=near.body_parts if self.bundle.body_parts else {},
                similar=near.similar,
            )
            for one, seen, shown, near in zip(told, looked, heats, beside, strict=True)
        )
        answers = (
            doubt(one) if seen.unlike or near.unlike else one
            for one, seen, near in zip(whole, looked, beside, strict=True)
        )
        return [refusals.get(place) or next(answers) for place in range(len(sources))]

    def answer(self, leaves: Mapping[Leaf, Probabilities]) -> list[Answer]:
        """Return the system's answers, made of what its networks say.

        Args:
            leaves: As `Networks` predicts them, of n radiographs.
        """
        bundle, formula = self.bundle, self.bundle.formula
        raw = recorded(evaluate(formula, leaves))
        before, after = of_each_class(raw), of_each_class(calibrate(raw, bundle.temperature))
        routed, router_classes = np.empty((len(raw), 0)), list[str]()
        if isinstance(formula, Route):
            routed, router_classes = router_probabilities(formula, leaves), formula.classes
        # Of more than two classes the most probable one stands for all.
        columns = np.ones(len(raw), int) if raw.ndim == 1 else before.argmax(axis=1)
        return [
            Answer(
                probability=float(after[row, column]),
                uncalibrated=float(before[row, column]),
                calls={
                    point: bool(before[row, column] >= threshold)
                    for point, threshold in bundle.thresholds.items()
                },
                probabilities=dict(zip(bundle.target.classes, after[row].tolist(), strict=True)),
                routed=dict(zip(router_classes, routed[row].tolist(), strict=True)),
                verdict=verdict(bundle, float(before[row, column])),
            )
            for row, column in enumerate(columns)
        ]

    @cached_property
    def _explainers(self) -> dict[str, Explainer]:
        """What explains the networks that answer, by name; none where they cannot tell."""
        answering = answering_leaves(self.bundle.formula)
        own = {name: next(iter(each.targets)) for name, each in self.bundle.networks.items()}
        # Heat speaks for classes of the target that stands first.
        if any(leaf.target != own[leaf.network] for leaf in answering):
            return {}
        loaded = self.networks.loaded
        return {leaf.network: explainer(loaded[leaf.network]) for leaf in answering}

    @cached_property
    def _features_of(self) -> dict[str, Explainer]:
        """What gives the features of the networks that know others to hold them against."""
        return {name: explainer(self.networks.loaded[name]) for name in self._known}

    def _beside(self, explained: Mapping[str, list[Explained]], count: int) -> list[Beside]:
        """Return what training radiographs near them say of the first of those explained."""
        if not count or not self._known:
            return [Beside(unlike=False, body_parts={}, similar=())] * count
        # A bundle has one at most: of its first network.
        ((name, known),) = self._known.items()
        return compare(join(explained[name]).features[:count], known)

    def _heats(
        self,
        leaves: Mapping[Leaf, Probabilities],
        explained: Mapping[str, list[Explained]],
        looked: Sequence[Looked],
    ) -> list[Heat]:
        """Return where the system sees what it says of n radiographs, at least one."""
        raw = evaluate(self.bundle.formula, leaves)
        classes = np.zeros(len(raw), int) if raw.ndim == 1 else raw.argmax(axis=1)
        return show(
            weights_of(self.bundle.formula, leaves),
            {name: join(parts) for name, parts in explained.items()},
            classes.tolist(),
            [seen.images[0][..., 0] for seen in looked],
        )


def predict_systems(
    systems: Mapping[str, Node],
    members: Mapping[str, Member],
    radiographs: Sequence[Radiograph],
    root: Path,
) -> dict[str, Probabilities]:
    """Return each system's probabilities for radiographs, as they would be recorded, by its name.

    Each radiograph is decoded once for each size, and each network looks once, though several
    systems hold it.

    Args:
        systems: By name, the formula of each.
        members: By name, the networks of all.
        radiographs: Of n files, examined.
        root: The folder to which their paths are relative.
    """
    networks = Networks(members)
    leaves = networks.predict(render(radiographs, root, networks.views))
    return {name: recorded(evaluate(node, leaves)) for name, node in systems.items()}


def look(source: Content, views: Sequence[View], rules: Ingest, bits: int) -> Looked | Refusal:
    """Return a single file as networks see it, or why it gets no answer.

    Args:
        source: The file.
        views: Those of the networks.
        rules: What may be wrong with it.
        bits: What the data set that the networks know uses in its files of 16 bits; 0: it has none.
    """
    try:
        content = source if isinstance(source, bytes) else read_bytes(source)
        reduced = any(is_reduced(content, view.size) for view in views)
        with ThreadPoolExecutor(1) as beside:
            # A large JPEG is decoded twice, side by side: whole to be admitted, and at a fraction
            # as `preprocess` does it.
            seeing = beside.submit(see, content, views, bits) if reduced else None
            admitted = admit(content, rules, bits)
            if admitted.faults:
                return Refusal(REASONS[admitted.faults[0]])
            whole = None if TRUNCATED in admitted.kept else admitted.decoded.grey
            images = seeing.result() if seeing else see(content, views, bits, whole)
        return Looked(images, tuple(REASONS[fault] for fault in admitted.kept))
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
