import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from fracture.console import adopts, peak_memory, run, some
from tests.conftest import ROOT


def test_ten_names_are_shown_in_order() -> None:
    ten = [f"{n}" for n in range(10)]
    assert some(ten[::-1]) == "0, 1, 2, 3, 4, 5, 6, 7, 8, 9"
    assert some([*ten, "91"]) == "0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 1 more"
    assert some({"b", "a", "c"}, most=1) == "a and 2 more"


def test_peak_memory_is_in_megabytes() -> None:
    before = peak_memory()
    block = bytearray(b"\x01") * (200 * 2**20)
    assert 20 < before <= peak_memory() < 100_000
    assert peak_memory() > 200
    del block


@pytest.mark.parametrize(
    ("number", "message"),
    [
        (2, r"^error: data/x.csv not found: an earlier stage makes it; run `dvc repro`$"),
        (13, r"^error: data/x.csv: permission denied; expected what this user may read and write"),
        (20, r"^error: data/x.csv: not a directory; expected a folder: move the file .* goes on$"),
    ],
)
def test_what_the_system_refuses_is_one_line(
    monkeypatch: pytest.MonkeyPatch, number: int, message: str
) -> None:
    def stage() -> None:
        raise OSError(number, os.strerror(number), "data/x.csv")

    monkeypatch.setattr(sys, "argv", ["stage"])
    with pytest.raises(SystemExit, match=message):
        run(stage, None)


def test_an_error_that_names_no_file_is_no_mistake_of_the_user(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def stage() -> None:
        raise OSError(5, os.strerror(5))

    monkeypatch.setattr(sys, "argv", ["stage"])
    with pytest.raises(OSError, match="Input/output"):
        run(stage, None)


STAGE = """
import time
import stages  # as `python -m stages.train` does before it imports anything else
print("begun", flush=True)
time.sleep(60)
"""
DVC = """
import os, subprocess, sys
subprocess.run(sys.argv[1:], env=os.environ | {"DVC_STAGE": "train@one"})
"""


def ended(pid: int) -> bool:
    """Return whether a process has ended, or waits for its parent to notice that."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def soon(true: Callable[[], bool]) -> bool:
    end = time.monotonic() + 20
    while not true() and time.monotonic() < end:
        time.sleep(0.1)
    return true()


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize("shell", [[], ["sh", "-c", '"$@"; true', "sh"]], ids=["none", "shell"])
def test_a_stage_ends_with_the_dvc_that_started_it(shell: list[str]) -> None:
    command = [sys.executable, "-c", DVC, *shell, sys.executable, "-c", STAGE]
    dvc = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert dvc.stdout
    assert dvc.stdout.readline() == "begun\n"
    (child,) = children(dvc.pid)
    stage = children(child)[0] if shell else child
    assert not ended(stage)
    dvc.send_signal(signal.SIGKILL)
    dvc.wait()
    dvc.stdout.close()
    assert soon(lambda: ended(stage))


def children(pid: int) -> list[int]:
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


@pytest.mark.parametrize(
    ("process", "name", "expected"),
    [
        (1, "init", True),
        (1, "tini", True),
        (900, "systemd", True),
        (1, "dvc", False),
        (1, "python3.11", False),
        (900, "dvc", False),
        (900, "bash", False),
    ],
)
def test_a_stage_knows_that_its_dvc_ended(process: int, name: str, *, expected: bool) -> None:
    assert adopts(process, name) == expected
