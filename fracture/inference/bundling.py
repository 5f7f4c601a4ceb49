"""Sealing a trained system in a bundle."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import file_digest
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from shutil import copy2

import numpy as np
import numpy.typing as npt

from fracture.artifacts import bundle as bundles
from fracture.artifacts import known as known_radiographs
from fracture.artifacts import network as networks
from fracture.artifacts.arrays import PackedImages
from fracture.artifacts.atomic import replacing
from fracture.artifacts.bundle import Bundle, Provenance
from fracture.artifacts.manifest import Radiograph
from fracture.artifacts.row import threshold_text
from fracture.artifacts.scores import Scores
from fracture.artifacts.systems import System
from fracture.artifacts.unsure import Unsure
from fracture.examining.admission import COLOUR, REASONS, TINY, TRUNCATED, UNIFORM
from fracture.inference.export import difference, export
from fracture.inference.likeness import learn
from fracture.inference.neighbours import Known
from fracture.inference.networks import Member
from fracture.params.radiographs import Ingest
from fracture.systems.formula import Route

BODY_PART = "body_part"
"""The column of radiographs that says what they show."""

LIBRARIES = ("keras", "numpy", "onnxruntime", "opencv-python-headless", "pillow")
"""Of which another version may change an answer's last digits."""


@dataclass(frozen=True)
class Sealed:
    """A network that is put into a bundle.

    Attributes:
        member: The network.
        images: Radiographs on which its file for ONNX Runtime must say what Keras says, uint8
            (n, height, width, channels); None: it gets no such file.
        known: What it makes of training radiographs; None: that is not told.
    """

    member: Member
    images: npt.NDArray[np.uint8] | None
    known: Known | None = None


def seal(
    system: System,
    scores: Scores,
    members: Mapping[str, Sealed],
    admitted: Ingest,
    dataset: Provenance,
    to: Path,
) -> Bundle:
    """Write a system's bundle, whole or not at all, and return what describes it.

    Args:
        system: What it is.
        scores: Of it: they hold its temperature and thresholds.
        members: The networks of its formula, by name.
        admitted: `ingest` of params.yaml.
        dataset: What it was trained, chosen and judged on.
        to: The folder of the bundle.

    Raises:
        PipelineError: A file for ONNX Runtime says something else than Keras.
    """
    with replacing(to) as beside:
        bundle = Bundle(
            format=bundles.FORMAT,
            system=system.name,
            made_of=system.made_of,
            target=system.target,
            where=system.where,
            networks={name: _put(name, each, beside) for name, each in members.items()},
            formula=system.formula,
            temperature=scores.images.temperature,
            thresholds=scores.images.thresholds,
            headline=scores.headline,
            unsure=scores.unsure
            and Unsure(**scores.unsure.model_dump(exclude={"groups", "reached"})),
            studies=_studies(scores.as_served),
            body_parts=_body_parts(system, members),
            admitted=admitted,
            dataset=dataset,
            versions={library: version(library) for library in LIBRARIES if _installed(library)},
        )
        bundles.write(bundle, beside)
        (beside / bundles.CARD).write_text(card(bundle, scores), encoding="utf-8", newline="\n")
    return bundle


def provenance(
    scores: Scores,
    radiographs: Iterable[Radiograph],
    files: Sequence[Path],
    packed: PackedImages,
    pictures_under: str | None,
) -> Provenance:
    """Return what a system was trained, chosen and judged on.

    Args:
        scores: Of the system.
        radiographs: Of the manifest.
        files: They say which radiographs these are: manifest and split.
        packed: As the first network sees them.
        pictures_under: As in params.yaml.
    """
    return Provenance(
        name=scores.dataset,
        synthetic=scores.synthetic,
        bits=max((radiograph.bits for radiograph in radiographs), default=0),
        likeness=learn(packed),
        pictures_under=pictures_under,
        sha256={file.name: _digest(file) for file in files},
    )


def card(bundle: Bundle, scores: Scores) -> str:
    """Return what a person should know before using a bundle, as Markdown."""
    drawn = "\n**Trained on drawn radiographs: says nothing about patients.**\n"
    served = scores.as_served
    seeds = f" Such networks reach {scores.auroc} on average over {len(scores.seeds)} seeds."
    known = "".join(f" of {column} {value}" for column, value in bundle.where.items())
    notes = "".join(f" **Warning: {note}.**" for note in served.notes)
    left_out = ", ".join(
        REASONS[fault]
        for fault in (TRUNCATED, TINY, UNIFORM, COLOUR)
        if getattr(bundle.admitted, fault) == "exclude"
    )
    return f"""\
# {bundle.system}
Says of a radiograph{known} how probable each of these is: {", ".join(bundle.target.classes)}.
**Not for clinical use.**
{drawn * bundle.dataset.synthetic}
Made of: {bundle.made_of}.

Test AUROC {served.auroc} ({scores.basis}).{seeds * (len(scores.seeds) > 1)}

{_points(bundle, served)}
Probabilities are calibrated with temperature {bundle.temperature:.3f}.{notes}
Radiographs with these faults get no answer, as they were left out where the system was judged:
{left_out or "none"}.

```python
from pathlib import Path

from fracture.inference import Predictor

predictor = Predictor.load("{bundle.system}")
answers = predictor.predict([Path("knee.png"), Path("hand.dcm")])
```
"""


def _studies(served: Scores) -> bundles.Studies | None:
    level = served.studies
    if level is None:
        return None
    return bundles.Studies(temperature=level.temperature, thresholds=level.thresholds)


def _body_parts(system: System, members: Mapping[str, Sealed]) -> list[str]:
    known = next((each.known for each in members.values() if each.known), None)
    if known is None or system.target.column == BODY_PART:
        return []
    routed = system.formula.classes if isinstance(system.formula, Route) else []
    return [] if {*routed} & {*known.body_parts} else known.body_parts


def _points(bundle: Bundle, served: Scores) -> str:
    """Return the operating points of two classes; of more, how often the most probable is right."""
    if not bundle.thresholds:
        return f"The most probable class is right: {served.images.test.scores['accuracy']}.\n"
    shown = bundle.shown_thresholds
    rows = "\n".join(
        f"| {name} | {threshold_text(shown[name])} | {point.scores['sensitivity']} "
        f"| {point.scores['specificity']} |"
        for name, point in served.images.test.points.items()
    )
    return f"""\
| operating point | from probability | sensitivity | specificity |
|---|---|---|---|
{rows}

"{bundle.target.classes[1]}" is called from that calibrated probability on, which is what is shown.
{_verdict(bundle)}"""


def _verdict(bundle: Bundle) -> str:
    unsure, (first, second) = bundle.shown_unsure, bundle.target.classes
    if unsure is None:
        return ""
    low, high = threshold_text(unsure.low), threshold_text(unsure.high)
    return f"""
With a guarantee "{first}" is called below {low} (of a patient's {second} radiographs a share of
{unsure.missed:g} is expected to be called so at most) and "{second}" from {high} on (likewise
{unsure.false_alarms:g} of the others); between them the verdict is "unsure". So is it, whatever the
probability, for a picture that is noted as unlike the training radiographs; the report's shares of
test radiographs do not count these as unsure.
"""


def _put(name: str, sealed: Sealed, bundle: Path) -> bundles.BundledNetwork:
    """Put a network into the bundle, and describe it."""
    member, apart = sealed.member, None
    files: tuple[str, ...] = networks.FILES
    folder = bundles.network_path(bundle, name)
    folder.mkdir(parents=True)
    for file in networks.FILES:
        copy2(member.folder / file, folder / file)
    if sealed.images is not None:
        network = networks.read(folder)
        export(network, folder)
        apart = difference(network, folder, sealed.images)
        files = (*files, networks.ONNX)
    if sealed.known is not None:
        known_radiographs.write(sealed.known.radiographs, folder)
        files = (*files, known_radiographs.FILE)
    return bundles.BundledNetwork(
        targets=dict(member.targets),
        size=member.view.size,
        steps=member.view.steps,
        mirror=member.mirror,
        batch_size=member.batch_size,
        sha256={file: _digest(folder / file) for file in files},
        onnx_difference=apart,
        furthest=sealed.known and sealed.known.furthest,
    )


def _installed(library: str) -> bool:
    try:
        version(library)
    except PackageNotFoundError:
        return False
    return True


def _digest(file: Path) -> str:
    with file.open("rb") as stream:
        return file_digest(stream, "sha256").hexdigest()
