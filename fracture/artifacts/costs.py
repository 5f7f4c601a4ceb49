"""What training and predicting cost on this machine: JSON beside DVC, as no rerun takes as long.

Nothing here reaches a file that a stage leaves: `MESSAGES` of fracture/inputs/code.py names this
module, so that an edit of it retrains nothing.
"""

import hashlib
import os
import platform
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import process_time
from typing import Any, TypeVar

from fracture.artifacts import history
from fracture.artifacts.row import Row, read_row, write_row
from fracture.console import PipelineError, peak_memory

FOLDER = Path("data/costs")
PICTURE = Path("plots/costs.png")
"""Of test AUROC against processor time; git and DVC ignore it."""


class Measured(Row):
    """What all costs have in common.

    Attributes:
        finished: Date and time, UTC, such as `2026-11-26T17:05:00+00:00`.
        machine: Its name, its kind and its number of cores.
        device: Backend, device and precision; see `prepare` in fracture/device.py.
        megabytes: The most main memory that the process has had.
        processor_seconds: That all cores together worked for the process, from its start; the work
            of a GPU is not in it. Other work on the machine changes it far less than the clock.
    """

    finished: str
    machine: str
    device: str
    megabytes: float
    processor_seconds: float


class Training(Measured):
    """A training of all networks of a model.

    Attributes:
        seconds: By the clock, that the process took for them, with all that a training waits for.
        whole: Whether the process trained all epochs: not where it went on after an interruption,
            and `seconds` are those of the rest alone.
        images_per_second: The median over epochs of fine-tuning; None without such an epoch, as a
            head alone learns from features and sees no radiograph.
    """

    seconds: float
    whole: bool
    images_per_second: float | None


class Prediction(Measured):
    """A prediction with a network of a model.

    Attributes:
        milliseconds: For a radiograph, in batches as the recipe says, with its mirror image where
            the recipe predicts that too; without reading the file and without the first batch,
            which waits for the network to be compiled.
    """

    milliseconds: float


@dataclass(frozen=True)
class Costs:
    """What is known of a model's networks; None: not measured on this machine."""

    training: Training | None
    prediction: Prediction | None


MeasuredType = TypeVar("MeasuredType", bound=Measured)


def write(model: str, kind: type[MeasuredType], device: str, **numbers: Any) -> None:
    """Write what was measured of the networks of a model, once they are in their place.

    Args:
        model: A key of `models` in params.yaml.
        kind: `Training` or `Prediction`.
        device: See `Measured`.
        **numbers: The fields of the kind itself.
    """
    measured = kind(
        finished=datetime.now(UTC).isoformat(timespec="seconds"),
        machine=machine(),
        device=device,
        megabytes=round(peak_memory(), 1),
        processor_seconds=round(process_time(), 3),
        **numbers,
    )
    write_row(measured, _path(model, kind))


def machine() -> str:
    """Return the name of this machine, its kind and its number of cores."""
    return f"{platform.node()} ({platform.machine()}, {os.cpu_count()} cores)"


def read(model: str) -> Costs:
    """Read what `write` wrote of the networks that a model has now.

    What is missing or damaged is None, such as that of networks which another machine trained.
    """
    return Costs(_read(model, Training), _read(model, Prediction))


def _read(model: str, kind: type[MeasuredType]) -> MeasuredType | None:
    try:
        return read_row(kind, _path(model, kind), "train")
    except (FileNotFoundError, PipelineError):
        return None


def _path(model: str, kind: type[Measured]) -> Path:
    """Return where costs of the networks that a model has now stand.

    Those of others stay beside them: an experiment, which may run in a copy of the repository, adds
    its own. The losses of each epoch tell networks apart, and are read sooner than these.
    """
    digest = hashlib.sha256(history.path(model).read_bytes()).hexdigest()[:12]
    folder = Path(os.environ.get("DVC_ROOT", "")) / FOLDER / model
    return folder / f"{digest}-{kind.__name__.lower()}.json"
