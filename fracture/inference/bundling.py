"""Sealing a trained system in a bundle."""

from collections import Counter
from collections.abc import Sequence
from hashlib import file_digest
from importlib.metadata import version
from pathlib import Path
from shutil import copy2

from fracture.artifacts import bundle as bundles
from fracture.artifacts import network as networks
from fracture.artifacts.atomic import replacing
from fracture.artifacts.bundle import Bundle, Provenance
from fracture.artifacts.scores import Scores
from fracture.examining.admission import COLOUR, REASONS, TINY, TRUNCATED, UNIFORM
from fracture.inference.networks import Member
from fracture.params.radiographs import Ingest
from fracture.targets import CLASSES

LIBRARIES = ("keras", "numpy", "opencv-python-headless", "pillow")
"""Of which another version may change an answer's last digits."""


def seal(
    scores: Scores, members: Sequence[Member], admitted: Ingest, knows: Sequence[Path], to: Path
) -> Bundle:
    """Write a system's bundle, whole or not at all, and return what describes it.

    Args:
        scores: Of the system; they name it, and hold its temperature and thresholds.
        members: Its networks, each as often as its logit counts in the mean.
        admitted: `ingest` of params.yaml.
        knows: The files that say which radiographs it was trained, chosen and judged on.
        to: The folder of the bundle.
    """
    with replacing(to) as beside:
        sealed = [_copy(member, weight, beside) for member, weight in Counter(members).items()]
        bundle = Bundle(
            format=bundles.FORMAT,
            system=scores.model,
            classes=CLASSES,
            members=sealed,
            temperature=scores.images.temperature,
            thresholds=scores.images.thresholds,
            headline=scores.headline,
            admitted=admitted,
            dataset=Provenance(
                name=scores.dataset,
                synthetic=scores.synthetic,
                sha256={file.name: _digest(file) for file in knows},
            ),
            versions={library: version(library) for library in LIBRARIES},
        )
        bundles.write(bundle, beside)
        (beside / bundles.CARD).write_text(card(bundle, scores), encoding="utf-8", newline="\n")
    return bundle


def card(bundle: Bundle, scores: Scores) -> str:
    """Return what a person should know before using a bundle, as Markdown."""
    drawn = "\n**Trained on drawn radiographs: says nothing about patients.**\n"
    served = scores.as_served
    seeds = f" Such networks reach {scores.auroc} on average over {len(scores.seeds)} seeds."
    points = "\n".join(
        f"| {name} | {bundle.thresholds[name]:.3f} | {point.scores['sensitivity']} "
        f"| {point.scores['specificity']} |"
        for name, point in served.images.test.points.items()
    )
    left_out = ", ".join(
        REASONS[fault]
        for fault in (TRUNCATED, TINY, UNIFORM, COLOUR)
        if getattr(bundle.admitted, fault) == "exclude"
    )
    return f"""\
# {bundle.system}
Says how probable a fracture is in a radiograph. **Not for clinical use.**
{drawn * bundle.dataset.synthetic}
Test AUROC {served.auroc} ({scores.basis}).{seeds * (len(scores.seeds) > 1)}

| operating point | from probability | sensitivity | specificity |
|---|---|---|---|
{points}

The probability from which a fracture is called is that before temperature scaling
(temperature {bundle.temperature:.3f}). Radiographs with these faults get no answer, as they were
left out where the system was judged: {left_out or "none"}.

```python
from pathlib import Path

from fracture.inference import Predictor

predictor = Predictor.load("{bundle.system}")
answers = predictor.predict([Path("knee.png"), Path("hand.dcm")])
```
"""


def _copy(member: Member, weight: int, bundle: Path) -> bundles.BundledNetwork:
    """Copy a network into the bundle, and describe it."""
    name = f"networks/{member.folder.parent.name}-{member.folder.name}"
    (bundle / name).mkdir(parents=True)
    for file in networks.FILES:
        copy2(member.folder / file, bundle / name / file)
    return bundles.BundledNetwork(
        folder=name,
        weight=weight,
        size=member.view.size,
        steps=member.view.steps,
        mirror=member.mirror,
        batch_size=member.batch_size,
        sha256={file: _digest(bundle / name / file) for file in networks.FILES},
    )


def _digest(file: Path) -> str:
    with file.open("rb") as stream:
        return file_digest(stream, "sha256").hexdigest()
