"""The radiographs that a run rests on: their name, a digest, counts."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from fracture.artifacts import manifest, splits
from fracture.console import PipelineError


@dataclass(frozen=True)
class DataSet:
    """The radiographs that the scores rest on.

    Attributes:
        name: A key of `datasets` in params.yaml.
        digest: Of the manifest and the split, 12 hexadecimal digits.
        counts: Radiographs, fractured ones, groups, and the radiographs of each part.
    """

    name: str
    digest: str
    counts: dict[str, int]


def read_data_set(name: str) -> DataSet:
    """Count the radiographs of the manifest and of each part of the split.

    Raises:
        PipelineError: There is no manifest or no split.
    """
    files = manifest.PATH, splits.PATH
    require(files, "dvc repro split")
    radiographs, parts = manifest.read(), list(splits.read().values())
    counts = {
        "radiographs": len(radiographs),
        "fractured": sum(radiograph.fractured for radiograph in radiographs),
        "groups": len({radiograph.group for radiograph in radiographs}),
    }
    digests = b"".join(hashlib.sha256(file.read_bytes()).digest() for file in files)
    return DataSet(
        name,
        hashlib.sha256(digests).hexdigest()[:12],
        counts | {part: parts.count(part) for part in splits.PARTS},
    )


def require(files: Iterable[Path], command: str) -> None:
    """Require that files exist.

    Args:
        files: All that are needed.
        command: What the user types to make them.

    Raises:
        PipelineError: Some are missing.
    """
    missing = [str(file) for file in files if not file.is_file()]
    if missing:
        raise PipelineError(f"{', '.join(missing)} not found: run `{command}`")
