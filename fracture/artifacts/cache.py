"""DVC's cache: files that are named by the MD5 of what they hold.

DVC trusts a read-only file (mode 0444) in its cache without reading it, and would replace a good
result by a damaged one without notice.
"""

import errno
import hashlib
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

OBJECTS = "files/md5"
"""Within the cache: files by the first two digits of their MD5, then by its others."""
RESULTS = ("data", "metrics", "plots")
LOCK = Path("dvc.lock")
SMALL = 2**20
"""Of a larger file only the size is checked where `dvc repro` has to wait for it, bytes."""

# YAML would take seconds to read; DVC writes it, always in this way.
OUTPUT = re.compile(
    r"^ *- path: (.+)\n +hash: md5\n +md5: ([0-9a-f]{32}(?:\.dir)?)\n +size: (\d+)$", re.MULTILINE
)


def kept(cache: Path, md5: str) -> Path:
    """Return where the cache keeps a file.

    Args:
        cache: The folder of the cache.
        md5: 32 hexadecimal digits; of the listing of a folder `.dir` behind them.
    """
    return cache / OBJECTS / md5[:2] / md5[2:]


def md5_in(path: Path) -> str:
    """Return what the MD5 of a file in the cache has to be, 32 hexadecimal digits."""
    return path.parent.name + path.name.removesuffix(".dir")


def is_damaged(path: Path) -> bool:
    """Return whether a file in the cache holds other bytes than its name says."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "md5").hexdigest() != md5_in(path)
    except OSError as error:
        if error.errno != errno.EIO:  # the disk itself cannot read it
            raise
        return True


def damaged_outputs(cache: Path) -> dict[Path, str]:
    """Return files in the cache that are damaged, and whose they are: outputs that dvc.lock names.

    Every file of another size than it has to be is found, and every other damage in files up to
    `SMALL` and in the listings of folders.

    Args:
        cache: The folder of the cache.
    """
    lock = LOCK.read_text(encoding="utf-8", errors="replace") if LOCK.is_file() else ""
    damaged = {}
    for path, md5, size in dict.fromkeys(OUTPUT.findall(lock)):
        file = kept(cache, md5)
        if not file.is_file():  # no output, or one that the cache does not keep
            continue
        names = {file: path}
        if md5.endswith(".dir"):
            if is_damaged(file):
                damaged[file] = path
                continue
            listing = json.loads(file.read_text(encoding="utf-8"))
            names = {kept(cache, each["md5"]): f"{path}/{each['relpath']}" for each in listing}
            # The size of a folder counts each file, also where two hold the same bytes.
            sizes = [_size(kept(cache, each["md5"])) for each in listing]
        else:
            sizes = [_size(file)]
        suspect = sum(sizes) != int(size)
        there = [file for file in names if file.is_file()]
        read = [file for file in there if suspect or _size(file) <= SMALL]
        damaged |= {file: names[file] for file in read if is_damaged(file)}
    return damaged


def _size(file: Path) -> int:
    return file.stat().st_size if file.is_file() else 0


def drop(path: Path) -> None:
    """Remove a file from the cache."""
    # An output may be a hard link to it: DVC reads that anew once its time has changed.
    os.utime(path)
    path.unlink()


def dangling_links(cache: Path) -> Iterator[Path]:
    """Yield links among the results that lead to a file that the cache does not hold.

    They are there with `cache.type symlink` alone; DVC itself fails on them.

    Args:
        cache: The folder of the cache.
    """
    for path in [path for folder in RESULTS for path in Path(folder).rglob("*")]:
        if path.is_symlink() and not path.exists() and path.readlink().is_relative_to(cache):
            yield path
