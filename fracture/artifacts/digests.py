"""Digests of files, kept from one run to the next, so that only what changed is read again."""

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from fracture.artifacts.atomic import write_text

PATH = Path("data/digests.json")


def sha256_of(files: Iterable[Path], cache: Path = PATH) -> dict[Path, str]:
    """Return the SHA-256 of files, 64 hexadecimal digits each, by path.

    Some gigabytes of networks take seconds to read. As in Git and DVC, a file whose inode, size and
    time of change are those of the last time is taken to hold the same bytes. The pipeline replaces
    files and never writes into them, so another content has another inode.

    Args:
        files: Each of them there.
        cache: Where the digests of the last time stand; one that is absent or torn is made anew.
    """
    try:
        known: dict[str, list[Any]] = json.loads(cache.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        known = {}
    entries, sha256 = {}, {}
    for file in files:
        facts = file.stat()
        state = [facts.st_ino, facts.st_size, facts.st_mtime_ns]
        *before, digest = known.get(str(file), [""])
        sha256[file] = digest if before == state else _sha256(file)
        entries[str(file)] = [*state, sha256[file]]
    if entries != known:
        write_text(cache, json.dumps(entries))
    return sha256


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
