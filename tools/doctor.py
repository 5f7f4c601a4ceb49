"""Check DVC's cache against its names, and drop what is damaged: `dvc repro` then makes it anew.

It reads the whole cache; what `dvc repro` itself checks is in fracture/artifacts/cache.py.
"""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

from ruamel.yaml import YAML

from fracture.artifacts.atomic import remove_left
from fracture.artifacts.cache import (
    LOCK,
    OBJECTS,
    RESULTS,
    dangling_links,
    drop,
    is_damaged,
    kept,
    md5_in,
)
from fracture.console import PipelineError, progress, run

READ_WRITE_LOCK = Path(".dvc/tmp/rwlock")
NAME = re.compile(r"[0-9a-f]{30}(\.dir)?")


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
    if is_torn(READ_WRITE_LOCK):
        READ_WRITE_LOCK.unlink()
        print(f"{READ_WRITE_LOCK}: DVC could not have read it: removed")
    for results in filter(os.path.isdir, RESULTS):
        for path in remove_left(Path(results)):
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


def is_torn(path: Path) -> bool:
    """Return whether a file is there and is no JSON."""
    try:
        json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return False
    except ValueError:
        return True
    return False


def outputs_by_md5(cache: Path) -> dict[str, str]:
    """Return the path of each output that dvc.lock names, and of each file in one, by its MD5."""
    stages = YAML(typ="safe").load(LOCK)["stages"] if LOCK.is_file() else {}
    found = {}
    for out in (out for stage in stages.values() for out in stage.get("outs", [])):
        md5, path = out.get("md5", ""), out["path"]
        found[md5.removesuffix(".dir")] = path
        listing = kept(cache, md5)
        if md5.endswith(".dir") and listing.is_file() and not is_damaged(listing):
            entries = json.loads(listing.read_text(encoding="utf-8"))
            found |= {entry["md5"]: f"{path}/{entry['relpath']}" for entry in entries}
    return found


if __name__ == "__main__":
    run(main, __doc__)
