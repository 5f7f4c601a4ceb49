"""Features of frozen backbones on the disk, for every training that would compute the same."""

import hashlib
import math
import os
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import numpy as np

from fracture.artifacts.atomic import told_if_full
from fracture.console import PipelineError
from fracture.training.batches import Floats, Rows

FOLDER = Path("data/features")
VARIABLE = "FRACTURE_FEATURES_GB"
GIGABYTES = "2"
UNFINISHED = ".new-"
"""Prefix of a file that is being written."""
DAY = 24 * 60 * 60


@dataclass(frozen=True)
class Cache:
    """A folder of features below a size limit; the least recently used files are removed first.

    Several trainings may share it. A file is named by its key and the first digits of its SHA-256,
    which is checked before the file is used. Features that are in use stay readable when their file
    is removed, because `Rows` keeps it open.

    Attributes:
        folder: Holds the files.
        limit: Of the sizes of all files together, bytes.
    """

    folder: Path
    limit: float

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Cache | None":
        """Return the cache that the environment's variables set; None where nothing is to be kept.

        A DVC experiment in a temporary copy of the repository uses the cache of the repository
        itself, DVC_ROOT.

        Raises:
            PipelineError: The limit is not a size.
        """
        given = environment.get(VARIABLE, GIGABYTES)
        try:
            gigabytes = float(given)
        except ValueError:
            gigabytes = math.nan
        if not 0 <= gigabytes < math.inf:
            raise PipelineError(
                f"{VARIABLE} is {given!r}; expected how many gigabytes of features may be kept in "
                f"{FOLDER}, such as {GIGABYTES}, or 0 to keep none"
            )
        folder = Path(environment.get("DVC_ROOT", "")) / FOLDER
        return cls(folder, gigabytes * 1e9) if gigabytes else None

    def read(self, key: str) -> Rows | None:
        """Return the features of a key, (n, d); None if there are none.

        A file that is not as it was written is removed, with a message.
        """
        for path in sorted(self.folder.glob(f"{key}-*.npy")):
            try:
                if path.name == _name(key, path):
                    os.utime(path)
                    return Rows(np.load(path, mmap_mode="r"))
            except FileNotFoundError:  # another training has just removed it
                continue
            path.unlink(missing_ok=True)
            print(f"{path} is damaged: its features are computed anew")
        return None

    def write(self, key: str, shape: tuple[int, int], batches: Iterable[Floats]) -> Rows:
        """Write features batch by batch, keeping none in memory; return all of them, (n, d).

        The file appears under its name once it is complete.

        Args:
            key: Letters and digits.
            shape: Of all features, (n, d).
            batches: float32 (batch, d), n rows together.

        Raises:
            PipelineError: The disk is full.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        advice = (
            f" for features of {shape[0]:,} radiographs, or keep them in memory with {VARIABLE}=0"
        )
        # A name of its own, as another training may be writing the same features.
        beside = self.folder / f"{UNFINISHED}{uuid4().hex}"
        try:
            with told_if_full(self.folder, advice), beside.open("wb") as file:
                header = {"descr": "<f4", "fortran_order": False, "shape": shape}
                np.lib.format.write_array_header_1_0(file, header)
                for batch in batches:
                    # Not through a memory map: on a full disk that ends the process by a signal.
                    file.write(batch.tobytes())
            rows = Rows(np.load(beside, mmap_mode="r"))
            beside.rename(self.folder / _name(key, beside))
        finally:
            beside.unlink(missing_ok=True)
        self.trim()
        return rows

    def trim(self) -> None:
        """Remove the least recently used files until the others are within the limit."""
        files = []
        for path in self.folder.glob("*"):
            try:
                status = path.stat()
            except FileNotFoundError:  # another training has just removed it
                continue
            files.append((status.st_mtime, status.st_size, path))
        total = sum(size for _, size, _ in files)
        for moment, size, path in sorted(files):
            if path.name.startswith(UNFINISHED):  # by a training that runs, or was killed
                remove = moment < time.time() - DAY
            else:
                remove = total > self.limit
            if remove:
                path.unlink(missing_ok=True)
                total -= size


def _name(key: str, path: Path) -> str:
    """Return the name of a file with a key and the content of `path`."""
    with path.open("rb") as file:
        return f"{key}-{hashlib.file_digest(file, 'sha256').hexdigest()[:12]}.npy"
