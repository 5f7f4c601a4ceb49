"""Check DVC's cache against its names, and drop what is damaged: `dvc repro` then makes it anew.

DVC trusts a read-only file (mode 0444) in its cache without reading it, and would replace a good
result by a damaged one without notice.
"""

import errno
import hashlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from ruamel.yaml import YAML

from fracture.artifacts.atomic import remove_left
from fracture.console import PipelineError, progress, run

OBJECTS = "files/md5"
"""Within the cache: files by the first two digits of their MD5, then by its others."""
NAME = re.compile(r"[0-9a-f]{30}(\.dir)?")
RESULTS = ("data", "metrics", "plots")
LOCK = Path("dvc.lock")


def main() -> None:
    """Check the cache of the repository in the working directory."""
    cache = cache_folder()
    objects = sorted(path for path in (cache / OBJECTS).glob("??/*") if NAME.fullmatch(path.name))
    read = progress(objects, len(objects), "checking DVC's cache", "files")
    damaged = [path for path in read if is_damaged(path)]
    outputs = outputs_by_md5(cache) if damaged else {}
    for path in damaged:
        drop(path)
        whose = outputs.get(md5_in(path), "an output of an earlier run")
        print(f"{whose}: damaged in DVC's cache: {path} dropped")
    for path in dangling_links(cache):
        path.unlink()
        print(f"{path}: a link into DVC's cache that led nowhere: removed")
    for folder in filter(os.path.isdir, RESULTS):
        for path in remove_left(Path(folder)):
            print(f"{path}: left by a command that was killed: removed")
    advice = ": run `dvc repro`, or `dvc pull` where you have a remote" if damaged else ""
    print(f"{len(objects)} files in DVC's cache, {len(damaged)} of them damaged{advice}")


def cache_folder() -> Path:
    """Return the folder of DVC's cache.

    Raises:
        PipelineError: The working directory is within no DVC repository.
    """
    command = [sys.executable, "-m", "dvc", "cache", "dir"]
    asked = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own
    if asked.returncode:
        raise PipelineError(
            f"DVC tells of no cache in {Path.cwd()} ({asked.stderr.strip()}); expected a repository"
        )
    return Path(asked.stdout.strip())


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


def drop(path: Path) -> None:
    """Remove a file from the cache."""
    # An output may be a hard link to it: DVC reads that anew once its time has changed.
    os.utime(path)
    path.unlink()


def outputs_by_md5(cache: Path) -> dict[str, str]:
    """Return the path of each output that dvc.lock names, and of each file in one, by its MD5."""
    stages = YAML(typ="safe").load(LOCK)["stages"] if LOCK.is_file() else {}
    found = {}
    for out in (out for stage in stages.values() for out in stage.get("outs", [])):
        md5, path = out.get("md5", ""), out["path"]
        found[md5.removesuffix(".dir")] = path
        listing = cache / OBJECTS / md5[:2] / md5[2:]
        if md5.endswith(".dir") and listing.is_file() and not is_damaged(listing):
            entries = json.loads(listing.read_text(encoding="utf-8"))
            found |= {entry["md5"]: f"{path}/{entry['relpath']}" for entry in entries}
    return found


def dangling_links(cache: Path) -> Iterator[Path]:
    """Yield links among the results that lead to a file that the cache does not hold.

    They are there with `cache.type symlink` alone; DVC itself fails on them.

    Args:
        cache: The folder of DVC's cache.
    """
    for path in [path for folder in RESULTS for path in Path(folder).rglob("*")]:
        if path.is_symlink() and not path.exists() and path.readlink().is_relative_to(cache):
            yield path


if __name__ == "__main__":
    run(main, __doc__)
