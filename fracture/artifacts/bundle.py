"""Bundles: a system with all that it needs to be used elsewhere, one folder each."""

from hashlib import sha256
from pathlib import Path
from typing import Literal

from fracture.artifacts.atomic import read_json
from fracture.artifacts.row import Count, Row, read_row, write_row
from fracture.artifacts.scores import SUMMARY
from fracture.artifacts.trained import TargetRow
from fracture.artifacts.unsure import Unsure
from fracture.console import PipelineError, nearest
from fracture.judging.logits import calibrate_thresholds
from fracture.params.radiographs import Ingest, Step
from fracture.systems.formula import Node

FOLDER = Path("data/bundles")
FORMAT = 6
"""Of the file; a later version of the pipeline that writes other keys counts it up."""
CARD = "card.md"
FILE = "bundle.json"


class BundledNetwork(Row):
    """A network within the bundle, its files in the folder `network_path`.

    Attributes:
        targets: What it predicts, by name, with the number of probabilities that it gives for each.
        size: Side of the square radiographs that it sees, pixels.
        steps: What is done to a scaled radiograph before it is padded.
        mirror: Whether its probabilities are averaged with those of the mirror image.
        batch_size: How many radiographs are predicted together.
        sha256: Of each of its files, by name.
        onnx_difference: The largest between probabilities of Keras and of its file for ONNX
            Runtime; None: it has none.
        furthest: The distance of features from those of the training radiographs in its file beyond
            which a picture is unlike them; None: it has no such file.
    """

    targets: dict[str, Count]
    size: Count
    steps: tuple[Step, ...]
    mirror: bool
    batch_size: Count
    sha256: dict[str, str]
    onnx_difference: float | None = None
    furthest: float | None = None


class Likeness(Row):
    """What the radiographs look like that a system learned from.

    Used by fracture/inference/likeness.py.

    Attributes:
        centre: The mean of each property of the training radiographs.
        precision: The inverse of their covariance.
        limit: The distance from the centre beyond which a picture looks unlike them.
    """

    centre: list[float]
    precision: list[list[float]]
    limit: float


class Studies(Row):
    """What turns the mean probability of a study's radiographs into its answer.

    Attributes:
        temperature: As of `Bundle`.
        thresholds: Likewise.
    """

    temperature: float
    thresholds: dict[str, float]


class Provenance(Row):
    """What the system was trained, chosen and judged on.

    Attributes:
        name: A key of `datasets` in params.yaml.
        synthetic: Whether its radiographs are drawn.
        bits: In use in its files of 16 bits that do not say how many; 0 where it has none.
        likeness: Of its radiographs, as the first network sees them; None: of too few.
        pictures_under: The licence under which the bundle holds small pictures of training
            radiographs, and whom to name; None: it holds none.
        sha256: Of the manifest and of the split, by name.
    """

    name: str
    synthetic: bool
    bits: int
    likeness: Likeness | None
    pictures_under: str | None = None
    sha256: dict[str, str]


class Bundle(Row):
    """A system at rest.

    Attributes:
        format: See `FORMAT`.
        system: A key of `models` or `systems` in params.yaml.
        made_of: In words.
        target: What it predicts.
        where: A column and its value: it knows these radiographs alone; else empty.
        networks: By name, as the formula knows them.
        formula: How its probabilities follow from those of its networks.
        temperature: Logits are divided by it.
        thresholds: By operating point: from this probability on, before temperature scaling, the
            second of two classes is called; none with more classes.
        headline: The operating point that short texts show.
        unsure: Between which probabilities nothing is called; None with more than two classes.
        studies: How studies are answered; None where the system was not scored by study.
        body_parts: Which the features of a radiograph tell apart; none where the data set names
            fewer than two, or where the system itself or its router says it.
        admitted: What may be wrong with a radiograph, and what becomes of it then; the rules of
            `ingest`, under which the system was judged.
        dataset: What it knows.
        versions: Of the libraries that decide its answers, by name.
    """

    format: Literal[6]
    system: str
    made_of: str
    target: TargetRow
    where: dict[str, str]
    networks: dict[str, BundledNetwork]
    formula: Node
    temperature: float
    thresholds: dict[str, float]
    headline: str
    unsure: Unsure | None
    studies: Studies | None
    body_parts: list[str]
    admitted: Ingest
    dataset: Provenance
    versions: dict[str, str]

    @property
    def shown_thresholds(self) -> dict[str, float]:
        """`thresholds` as they stand among the probabilities that are shown, after scaling."""
        return calibrate_thresholds(self.thresholds, self.temperature)

    @property
    def shown_unsure(self) -> Unsure | None:
        """`unsure` as it stands among the probabilities that are shown, after scaling."""
        return self.unsure and self.unsure.shown(self.temperature)

    @property
    def digest(self) -> str:
        """What tells this bundle from every other: SHA-256 of its description."""
        return sha256(self.model_dump_json().encode()).hexdigest()


def path(system: str) -> Path:
    """Return the folder of a system's bundle."""
    return FOLDER / system


def network_path(folder: Path, name: str) -> Path:
    """Return the folder of a network within a bundle.

    Args:
        folder: Of the bundle.
        name: Of the network, as the formula knows it.
    """
    return folder / "networks" / name


def find(name: str | None = None) -> Path:
    """Return the folder of a bundle that the pipeline made.

    Args:
        name: Of its system; None: the only bundle, or that of the headline system.

    Raises:
        PipelineError: There is none, or it is not clear which.
    """
    made = {file.parent.name: file.parent for file in sorted(FOLDER.glob(f"*/{FILE}"))}
    if not made:
        raise PipelineError(
            f"no bundle in {FOLDER}: make one with `dvc repro bundle`, or name the folder of one "
            "with --bundle"
        )
    if name is None:
        name = next(iter(made))
        if len(made) > 1 and SUMMARY.is_file():
            name = str(read_json(SUMMARY).get("model"))
        elif len(made) > 1:
            name = ""
    if name not in made:
        raise PipelineError(
            f"{FOLDER} holds no bundle of {name or 'the headline system'}{nearest(name, made)}; "
            f"it holds: {', '.join(made)}: name one with --system, or its folder with --bundle"
        )
    return made[name]


def write(bundle: Bundle, folder: Path) -> None:
    """Write the description of a bundle into its folder, as `FILE`."""
    write_row(bundle, folder / FILE)


def read(folder: Path) -> Bundle:
    """Read what `write` wrote.

    Raises:
        PipelineError: There is no bundle, or it was written by another version of the pipeline.
    """
    return read_row(Bundle, folder / FILE, "bundle")
