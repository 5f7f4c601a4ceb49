"""Disturb a small pipeline, then run plain `dvc repro`: the same bytes, or a line that helps?

    python -m benchmarks.faults

It copies the working tree to a temporary folder, runs the pipeline there with one tiny model, and
restores that state before each fault. For Linux and root, as it fills a disk of its own; with
`--user 65534` all commands in the clone are those of a user who is not root, for whom the
environment of this command has to be readable, which one below /root is not.
"""

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.faults.clone import Clone
from benchmarks.faults.faults import FAULTS, Fault

TOLD = re.compile(r"^(?:error|ERROR): .*$|^'.*' validation failed\.$", re.MULTILINE)


def main() -> None:
    """Print a row for each fault; exit with status 1 where one was neither mended nor told."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--only", default="", help="a regular expression of faults' names")
    parser.add_argument("--size", default="600m", help="of the disk")
    parser.add_argument("--user", type=int, default=0, help="the number of whose the clone is")
    arguments = parser.parse_args()
    possible = [fault for fault in FAULTS if fault.root or arguments.user]
    chosen = [fault for fault in possible if re.search(arguments.only, fault.name)]
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        disk = Path(folder) / "disk"
        disk.mkdir()
        mount = ["mount", "-t", "tmpfs", "-o", f"size={arguments.size},mode=755", "tmpfs"]
        subprocess.run([*mount, str(disk)], check=True)  # noqa: S603 - a disk that may be filled
        try:
            clone = Clone.make(disk / "clone", arguments.user)
            sys.exit(run(chosen, clone, Path(folder) / "whole"))
        finally:
            subprocess.run(["umount", "--lazy", str(disk)], check=True)  # noqa: S603, S607


def run(faults: list[Fault], clone: Clone, kept: Path) -> int:
    """Run all faults; return how many left something behind.

    Args:
        faults: In their order.
        clone: On a disk of its own.
        kept: Gets a copy of the clone as it is before each fault.
    """
    begun = time.monotonic()
    status, said = clone.run("dvc", "repro")
    if status:
        sys.exit(f"error: `dvc repro` fails without a fault:\n{said}")
    whole = clone.digests()
    shutil.copytree(clone.folder, kept, symlinks=True)
    print(f"{len(whole)} results without a fault, {time.monotonic() - begun:.0f} s\n")
    print("| fault | `dvc repro` | s |\n|---|---|---|", flush=True)
    bad = 0
    for fault in faults:
        shutil.rmtree(clone.folder)
        shutil.copytree(kept, clone.folder, symlinks=True)
        clone.hand_over()
        begun = time.monotonic()
        verdict = disturbed(clone, fault, whole)
        bad += verdict.startswith("FAILED")
        took = time.monotonic() - begun
        print(f"| {fault.name} | {verdict} | {took:.0f} |", flush=True)
    print(f"\n{len(faults)} faults, {bad} of them left something behind")
    return bad


def disturbed(clone: Clone, fault: Fault, whole: dict[str, str]) -> str:
    """Return what came of one fault.

    Args:
        clone: As it was before.
        fault: What is done to it.
        whole: Its results without a fault.
    """
    done = fault.do(clone)
    clone.hand_over()
    status, said = done if isinstance(done, tuple) else clone.run("dvc", "repro")
    if not status:
        return compared(clone, whole)
    lines = TOLD.findall(said)
    told = min(lines, key=lambda line: not line.startswith("error"), default="")
    if "Traceback" in said or not told:
        return f"FAILED, untold: {said[-300:]!r}"
    if fault.mend:
        fault.mend(clone)
        clone.hand_over()
    status, said = clone.run("dvc", "repro")
    after = compared(clone, whole) if not status else f"FAILED after it: {said[-300:]!r}"
    return f"{after}, after `{told}`"


def compared(clone: Clone, whole: dict[str, str]) -> str:
    """Say whether the results are the same bytes as without a fault."""
    if left := clone.running():
        return f"FAILED, processes still run: {left}"
    found = clone.digests()
    differing = {name for name in whole | found if whole.get(name) != found.get(name)}
    if differing:
        return f"FAILED, others: {', '.join(sorted(differing)[:3])} ({len(differing)})"
    return "same bytes"


if __name__ == "__main__":
    main()
