"""Features of frozen backbones on the disk, for every training that would compute the same."""

import errno
import hashlib
import math
import os
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
import numpy.typing as npt

from fracture.console import PipelineError
from fracture.training.rows import Rows

FOLDER = Path("data/features")
VARIABLE = "FRACTURE_FEATURES_GB"
GIGABYTES = "2"
HALF = ".new-"
"""Begins the name of a file that is being written."""
DAY = 24 * 60 * 60

Features = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Cache:
    """A folder of features that is kept below a size; the least recently used go first.

    Several trainings may share it. A file is named by its key and by the first digits of its own
    SHA-256, which is checked before it is used.

    Attributes:
        folder: Where the files stand.
        limit: Of their sizes together, bytes. What the running training uses is kept beyond it.
        used: The files that the running training uses.
    """

    folder: Path
    limit: float
    used: set[Path] = field(default_factory=set)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Cache | None":
        """Return the cache of an environment; None where features are not to be kept.

        A DVC experiment in a temporary copy of the repository shares the cache of the repository
        itself, DVC_ROOT.

        Raises:
            PipelineError: The limit is no size.
        """
        asked = environment.get(VARIABLE, GIGABYTES)
        try:
            gigabytes = float(asked)
        except ValueError:
            gigabytes = math.nan
        if not 0 <= gigabytes < math.inf:
            raise PipelineError(
                f"{VARIABLE} is {asked!r}; expected how many gigabytes of features may be kept in "
                f"{FOLDER}, such as {GIGABYTES}, or 0 to keep none"
            )
        folder = Path(environment.get("DVC_ROOT", "")) / FOLDER
        return cls(folder, gigabytes * 1e9) if gigabytes else None

    def read(self, key: str) -> Rows | None:
        """Return the features of a key, (n, d); None where there are none.

        A file that is not what was written is removed, and said to be.
        """
        for path in sorted(self.folder.glob(f"{key}-*.npy")):
            try:
                if path.name == self._name(key, path):
                    os.utime(path)
                    rows = Rows(np.load(path, mmap_mode="r"))
                    self.used.add(path)
                    return rows
            except FileNotFoundError:  # another training has just removed it
                continue
            path.unlink(missing_ok=True)
            print(f"{path} is damaged: its features are computed anew")
        return None

    def write(self, key: str, shape: tuple[int, int], batches: Iterable[Features]) -> Rows:
        """Write features as they come, none of them kept in memory; return all of them, (n, d).

        The file appears once all are written.

        Args:
            key: Of letters and digits.
            shape: Of all of them, (n, d).
            batches: float32 (batch, d), n rows together.

        Raises:
            PipelineError: The disk is full.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        self.trim(self.limit - math.prod(shape) * np.dtype(np.float32).itemsize)
        # A name of its own: another training may be writing the same features.
        beside = self.folder / f"{HALF}{key}-{uuid4().hex}"
        try:
            with beside.open("wb") as file:
                descr = np.lib.format.dtype_to_descr(np.dtype(np.float32))
                header = {"descr": descr, "fortran_order": False, "shape": shape}
                np.lib.format.write_array_header_1_0(file, header)
                for batch in batches:
                    # Not through a memory map: on a full disk that ends the process by a signal.
                    file.write(batch.tobytes())
            rows = Rows(np.load(beside, mmap_mode="r"))  # no other training can take them away
            path = self.folder / self._name(key, beside)
            beside.replace(path)
        except OSError as error:
            if error.errno not in {errno.ENOSPC, errno.EDQUOT}:
                raise
            raise PipelineError(
                f"{self.folder}: no space left on the disk for features of {shape[0]:,} "
                f"radiographs; free some, or keep them in memory with {VARIABLE}=0"
            ) from None
        finally:
            beside.unlink(missing_ok=True)
        self.used.add(path)
        return rows

    def release(self) -> None:
        """Keep the limit again: the running training uses nothing here any more."""
        self.used.clear()
        self.trim(self.limit)

    def trim(self, limit: float) -> None:
        """Remove the least recently used files until the others have at most `limit` bytes."""
        files = sorted(self._files())
        total = sum(size for _, size, _ in files)
        for moment, size, path in files:
            if path.name.startswith(HALF):  # by a training that was killed, or is running
                removed = moment < time.time() - DAY
            else:
                removed = total > limit and path not in self.used
            if removed:
                path.unlink(missing_ok=True)
                total -= size

    def _files(self) -> Iterable[tuple[float, int, Path]]:
        """Yield when each file was last used, its size in bytes, and its path."""
        for path in self.folder.glob("*"):
            try:
                status: Any = path.stat()
            except FileNotFoundError:
                continue
            yield status.st_mtime, status.st_size, path

    @staticmethod
    def _name(key: str, path: Path) -> str:
        """Return what the file at `path` is to be named."""
        with path.open("rb") as file:
            return f"{key}-{hashlib.file_digest(file, 'sha256').hexdigest()[:12]}.npy"
