"""Digests of what DVC cannot see, as text files that the other stages depend on."""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

from fracture.artifacts.atomic import replacing
from fracture.console import PipelineError

FOLDER = Path("data/inputs")
PARAMETERS = "params"
"""Name of the digest of params.yaml: no stage depends on it, each that DVC starts holds it true."""


def write(digests: Mapping[str, Sequence[str]], folder: Path = FOLDER) -> None:
    """Write a text file for each name, such as `code/train`; older files are removed.

    Args:
        digests: Lines by name.
        folder: Replaced as a whole.
    """
    with replacing(folder) as beside:
        for name, lines in digests.items():
            path = beside / f"{name}.txt"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("".join(f"{line}\n" for line in lines), "utf-8", newline="\n")


def digest_parameters(content: bytes) -> str:
    """Return the digest of params.yaml as it stands on the disk."""
    return hashlib.sha256(content).hexdigest()


def require_parameters(content: bytes, stage: str, folder: Path = FOLDER) -> None:
    """Require that params.yaml is what `inputs` read at the start of the run.

    A stage would work by what stands there now, and DVC record what `inputs` said of it.

    Args:
        content: Of params.yaml.
        stage: As DVC names it, such as `train@densenet121`; empty: DVC did not start this process.
        folder: As `write` leaves it.

    Raises:
        PipelineError: The file was changed since.
    """
    file = folder / f"{PARAMETERS}.txt"
    if not stage or stage.endswith("inputs") or not file.is_file():
        return
    if file.read_text("utf-8").strip() != digest_parameters(content):
        raise PipelineError(
            "params.yaml was changed while the pipeline ran, by hand or by `dvc exp run -S` beside "
            "it; expected what stood there at its start: run the same command again, it goes on "
            "with what stands there now"
        )
