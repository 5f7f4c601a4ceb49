"""The faults: what is done to the clone, and what its user does where it is told."""

import os
import random
import shutil
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from benchmarks.faults.clone import Clone
from benchmarks.faults.damage import change, cut, emptied, flipped, older

DRAW = random.Random(0)  # noqa: S311 - no secret
BALLAST = "ballast"

Act = Callable[[Clone], object]


@dataclass(frozen=True)
class Fault:
    """One fault.

    Attributes:
        name: For the table.
        do: Disturbs the clone; may return what `dvc repro` said meanwhile.
        mend: What the message asks for, where there is one.
        root: Whether root meets it too, to whom nothing is forbidden.
    """

    name: str
    do: Act
    mend: Act | None = None
    root: bool = True


def kill(stage: str, number: signal.Signals, whom: str, longest: float) -> Fault:
    """Return a kill at a random moment of a stage.

    Args:
        stage: Its name.
        number: The signal.
        whom: `dvc`, `stage`, or `both`: the process group, as Ctrl-C does.
        longest: Seconds after the stage's begin.
    """
    moment = DRAW.uniform(0, longest)

    def do(clone: Clone) -> None:
        clone.forget(stage)
        dvc = clone.start("dvc", "repro")
        process = clone.stage_process(stage)
        time.sleep(moment)
        if whom == "both":
            os.killpg(dvc.pid, number)
        else:
            with suppress(ProcessLookupError):  # it has ended before
                os.kill(dvc.pid if whom == "dvc" else process, number)
        if whom == "dvc":
            dvc.wait()  # the stage may go on for a moment
        else:
            dvc.communicate()

    return Fault(f"{number.name} to {whom} {moment:.1f} s into {stage}", do)


def full(stage: str, room: int) -> Fault:
    """Return a disk that becomes full in a stage, on which `room` kilobytes are left."""

    def do(clone: Clone) -> tuple[int, str]:
        clone.forget(stage)
        dvc = clone.start("dvc", "repro")
        clone.stage_process(stage)
        free = shutil.disk_usage(clone.folder).free
        with (clone.folder.parent / BALLAST).open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, max(free - room * 1024, 1))
        said, _ = dvc.communicate()
        return dvc.returncode, said

    def mend(clone: Clone) -> None:
        (clone.folder.parent / BALLAST).unlink()

    return Fault(f"disk full in {stage}, {room} KiB left", do, mend)


def damaged(file: str, how: Callable[[bytes], bytes], mend: Act | None = None) -> Fault:
    """Return a damaged file."""
    return Fault(f"{file} {how.__name__}", lambda clone: change(clone.path(file), how), mend)


def doctor(clone: Clone) -> None:
    """Do what messages of damage ask for."""
    status, said = clone.run("python", "-m", "tools.doctor")
    if status:
        raise RuntimeError(said)


def damaged_in_cache(output: str, how: Callable[[bytes], bytes], *, helped: bool) -> Fault:
    """Return an output that is lost and damaged in DVC's cache.

    Args:
        output: A file, or a folder: its listing is damaged.
        how: What is done to it.
        helped: Whether `make doctor` comes before `dvc repro`.
    """

    def do(clone: Clone) -> None:
        change(clone.object(clone.md5(output)), how)
        path = clone.path(output)
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
        shutil.rmtree(clone.path(".dvc/cache/runs"), ignore_errors=True)
        if helped:
            doctor(clone)

    name = f"{output} lost, and {how.__name__} in the cache" + ", make doctor" * helped
    return Fault(name, do, doctor)


def damaged_state(how: Callable[[bytes], bytes]) -> Fault:
    """Return a training that was killed and whose state was damaged."""

    def do(clone: Clone) -> None:
        clone.forget("train@one")
        dvc = clone.start("dvc", "repro")
        while not (states := list(clone.path("data/resume").glob("one-*/finetune.pickle"))):
            time.sleep(0.05)
        os.killpg(dvc.pid, signal.SIGKILL)
        dvc.communicate()
        change(states[0], how)

    return Fault(f"state of a killed training {how.__name__}", do)


def written(path: str, content: str) -> Act:
    """Return an act that writes a file, of whatever was there."""

    def do(clone: Clone) -> None:
        clone.path(path).parent.mkdir(parents=True, exist_ok=True)
        clone.path(path).write_text(content)

    return do


def left_by_a_kill(clone: Clone) -> None:
    """Leave half-written folders where stages look."""
    for folder in ("data/models", "data/predictions", "plots/systems", "metrics/systems"):
        left = clone.path(folder) / ".new-one/tmp1/one"
        left.mkdir(parents=True)
        (left / "half").write_text("half")
        (left.parents[1] / "lock").write_text("1\n")


def results_deleted(clone: Clone) -> None:
    """Delete all that stages left; DVC's cache stays."""
    for stage in clone.lock():
        clone.remove_results(stage)


def parameters_emptied(clone: Clone) -> None:
    """Empty params.yaml."""
    shutil.copy(clone.path("params.yaml"), clone.folder.parent)
    change(clone.path("params.yaml"), emptied)


def in_place_of(path: str, *, folder: bool) -> Fault:
    """Return a folder in place of a file, or a file in place of a folder."""

    def do(clone: Clone) -> None:
        there = clone.path(path)
        if folder:
            there.unlink()
            there.mkdir()
        else:
            shutil.rmtree(there)
            there.touch()

    def mend(clone: Clone) -> None:
        there = clone.path(path)
        if folder:
            there.rmdir()
        else:
            there.unlink()

    kind = "a folder" if folder else "a file"
    return Fault(f"{kind} in place of {path}", do, mend)


def mode(path: str, mode: int, stage: str = "") -> Act:
    """Return an act that sets the mode of a path, where a stage has to run if one is named.

    Args:
        path: Within the clone.
        mode: As `chmod` takes it.
        stage: Its name in dvc.lock.
    """

    def do(clone: Clone) -> None:
        if stage:
            clone.forget(stage)
        clone.path(path).chmod(mode)

    return do


KILL, TERM, INT = signal.SIGKILL, signal.SIGTERM, signal.SIGINT
WEIGHTS = "data/models/one/seed0/network.weights.h5"
FAULTS = [
    kill("ingest", KILL, "dvc", 3),
    kill("split", TERM, "dvc", 1),
    kill("audit", TERM, "stage", 4),
    kill("preprocess@plain", KILL, "stage", 3),
    kill("preprocess@plain", INT, "both", 3),
    *(kill("train@one", KILL, "dvc", 15) for _ in range(3)),
    *(kill("train@one", TERM, "dvc", 15) for _ in range(2)),
    kill("train@one", KILL, "stage", 15),
    kill("train@one", INT, "both", 15),
    kill("predict@one", KILL, "dvc", 12),
    kill("predict@one", TERM, "stage", 12),
    kill("compose", KILL, "stage", 2),
    kill("evaluate", KILL, "dvc", 5),
    kill("compare", TERM, "dvc", 5),
    kill("bundle", KILL, "stage", 4),
    kill("report", KILL, "dvc", 6),
    *(damaged_state(how) for how in (emptied, cut, flipped)),
    full("ingest", 100),
    full("preprocess@plain", 60),
    full("train@one", 60),
    full("predict@one", 8),
    full("evaluate", 8),
    full("report", 8),
    damaged("data/manifest.csv", emptied),
    damaged("data/split.csv", cut),
    damaged("data/arrays/plain.h5", flipped),
    damaged(WEIGHTS, cut),
    damaged("data/models/one/seed0/network.json", emptied),
    damaged("data/predictions/one/fractured.csv", flipped),
    damaged("metrics/audit.json", older),
    damaged("metrics/pairs.json", emptied),
    damaged("plots/report/report.html", cut),
    in_place_of("data/manifest.csv", folder=True),
    in_place_of("data/predictions", folder=False),
    damaged_in_cache("data/manifest.csv", emptied, helped=True),
    damaged_in_cache(WEIGHTS, flipped, helped=True),
    damaged_in_cache("data/predictions/one", emptied, helped=True),
    damaged_in_cache("data/manifest.csv", emptied, helped=False),
    damaged_in_cache("data/split.csv", cut, helped=False),
    Fault("DVC's cache deleted", lambda clone: shutil.rmtree(clone.path(".dvc/cache"))),
    Fault("all results deleted", results_deleted),
    Fault("data/inputs deleted", lambda clone: shutil.rmtree(clone.path("data/inputs"))),
    Fault(
        "params.yaml emptied",
        parameters_emptied,
        lambda clone: shutil.copy(clone.folder.parent / "params.yaml", clone.folder),
    ),
    damaged("mlflow.db", emptied),
    damaged("mlflow.db", cut),
    Fault("MLflow's artifacts deleted", lambda clone: shutil.rmtree(clone.path("mlartifacts"))),
    Fault("digests of the last run are noise", written("data/digests.json", "{")),
    Fault("lock of DVC left", written(".dvc/tmp/lock", "")),
    Fault(
        "read-write lock of DVC left by a dead process",
        lambda clone: written(
            ".dvc/tmp/rwlock",
            f'{{"write": {{"{clone.path("data/split.csv")}": {{"pid": 4194000, "cmd": "x"}}}}}}',
        )(clone),
    ),
    Fault("read-write lock of DVC emptied", written(".dvc/tmp/rwlock", ""), doctor),
    Fault("half-written folders left by a kill", left_by_a_kill),
    damaged("dvc.lock", cut, lambda clone: clone.path("dvc.lock").unlink()),
    damaged("dvc.lock", emptied, lambda clone: clone.path("dvc.lock").unlink()),
    Fault(
        "data/predictions is read-only",
        mode("data/predictions", 0o555, "predict@one"),
        mode("data/predictions", 0o755),
        root=False,
    ),
    Fault(
        "data/arrays/plain.h5 cannot be read",
        mode("data/arrays/plain.h5", 0, "train@one"),
        mode("data/arrays/plain.h5", 0o644),
        root=False,
    ),
    Fault(
        "DVC's cache is read-only",
        mode(".dvc/cache/files/md5", 0o555, "split"),
        mode(".dvc/cache/files/md5", 0o755),
        root=False,
    ),
    Fault("mlflow.db is read-only", mode("mlflow.db", 0o444), mode("mlflow.db", 0o644), root=False),
    Fault(
        "plots/comparison is read-only",
        mode("plots/comparison", 0o555, "compare"),
        mode("plots/comparison", 0o755),
        root=False,
    ),
]
