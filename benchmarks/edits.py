"""What an edit reruns: twelve edits, a `dvc repro` after each, and what reading the inputs costs.

    python -m benchmarks.edits

In a temporary clone with two small models on drawn radiographs, laid out as GRAZPEDWRI-DX is. It
prints, as Markdown, which stages ran after each edit beside those that should, and exits with
status 1 where they differ.
"""

import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from tabulate import tabulate

from benchmarks.command_line import parser_of
from benchmarks.edits_clone import CANNY, edit_parameters, make_clone, row, weights
from benchmarks.machine import describe

ALWAYS = {"inputs", "track"}
"""Stages that run each time."""
JUDGED = {"compose", "evaluate", "summary", "bundle", "compare", "external", "report"}
"""What follows from the predictions of any model."""
PREDICTED = JUDGED | {"predict@one", "predict@two"}
LEARNED = PREDICTED | {"train@one", "train@two"}
PACKED = LEARNED | {"gate", "audit", "preprocess@plain", "preprocess@canny", "augment"}
WITH_KERAS = {
    "augment", "build", "train@one", "train@two", "predict@one", "predict@two", "bundle",
    "external", "report",
}  # fmt: skip
"""Stages whose code imports Keras, at least to read a network."""
DRAWN = {
    "audit", "preprocess@plain", "preprocess@canny", "augment", "predict@one", "predict@two",
    "evaluate", "compare", "external", "report",
}  # fmt: skip
"""Stages that leave pictures."""


@dataclass(frozen=True)
class Edit:
    """An edit, and the stages that it should rerun, besides those that run each time.

    Attributes:
        name: What a person would call it.
        apply: Makes it in a clone.
        reruns: What should run.
    """

    name: str
    apply: Callable[[Path], None]
    reruns: set[str]


def main() -> None:
    """Print both tables."""
    with tempfile.TemporaryDirectory() as folder:
        clone = Path(folder) / "clone"
        make_clone(clone)
        repro(clone)
        rows, right = [], True
        for edit in EDITS:
            ran = after(clone, edit)
            print(f"{edit.name}: {_listed(ran)}", file=sys.stderr, flush=True)
            print(f"  differing: {_listed(ran ^ edit.reruns)}", file=sys.stderr, flush=True)
            right = right and ran == edit.reruns
            rows.append([edit.name, _listed(ran), "yes" if ran == edit.reruns else "NO"])
        print(f"{describe()}\n")
        print(tabulate(rows, ["edit", "reran, besides inputs and track", "as it should"], "pipe"))
        costs = [[f"{count:,}", *cost(clone, count)] for count in (4_000, 40_000)]
    print(f"\n{tabulate(costs, ['files of the data set', 'seconds of `inputs`'], 'pipe')}")
    sys.exit(not right)


def after(clone: Path, edit: Edit) -> set[str]:
    """Return the stages that run after an edit of a copy of a clone."""
    copy = clone.with_name("copy")
    shutil.copytree(clone, copy, symlinks=True)
    edit.apply(copy)
    ran = repro(copy)
    shutil.rmtree(copy)
    return ran


def repro(clone: Path) -> set[str]:
    """Run `dvc repro` and return the stages that ran, but for those that always do."""
    scripts = Path(sys.executable).parent
    done = subprocess.run(  # noqa: S603
        [scripts / "dvc", "repro"],
        cwd=clone,
        env={"PATH": f"{scripts}:/usr/bin:/bin", "PYTHONPATH": "pretended", "HOME": str(clone)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(done.stdout + done.stderr)
    return set(re.findall(r"^Running stage '([^']+)'", done.stdout, re.MULTILINE)) - ALWAYS


def replace(file: str, old: str, new: str) -> Callable[[Path], None]:
    """Return an edit of a text file."""

    def apply(clone: Path) -> None:
        text = (clone / file).read_text()
        if old not in text:
            sys.exit(f"{file} does not hold {old!r}")
        (clone / file).write_text(text.replace(old, new, 1))

    return apply


def append(file: str, text: str) -> Callable[[Path], None]:
    """Return an edit that adds text to the end of a file."""

    def apply(clone: Path) -> None:
        with (clone / file).open("a") as stream:
            stream.write(text)

    return apply


def add_radiograph(clone: Path) -> None:
    """Add a radiograph of a new patient, its row of the table, and its part of the split."""
    table = pd.read_csv(clone / "raw/dataset.csv", dtype=str, keep_default_na=False)
    new = row(clone / "raw", 120, 60, 1)
    pd.concat([table, pd.DataFrame([new])]).to_csv(clone / "raw/dataset.csv", index=False)
    append("split.csv", f"{new['filestem']},train\n")(clone)


def correct_label(clone: Path) -> None:
    """Call the first radiograph fractured."""
    table = pd.read_csv(clone / "raw/dataset.csv", dtype=str, keep_default_na=False)
    table.loc[0, "fracture_visible"] = "1"
    table.to_csv(clone / "raw/dataset.csv", index=False)


def move_row(clone: Path) -> None:
    """Move a patient from training to test in the given split."""
    table = pd.read_csv(clone / "split.csv", dtype=str)
    patient = table.loc[table["part"] == "train", "id"].iloc[0][:4]
    table.loc[table["id"].str.startswith(patient), "part"] = "test"
    table.to_csv(clone / "split.csv", index=False)


def pretend_keras(clone: Path) -> None:
    """Let Python find another version of Keras installed."""
    folder = clone / "pretended/keras-99.0.dist-info"
    folder.mkdir(parents=True)
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: keras\nVersion: 99.0\n")


EDITS = [
    Edit(
        "a docstring in training",
        replace("fracture/training/fitting.py", '"""Fitting', '"""The fitting'),
        set(),
    ),
    Edit("the progress bar", replace("fracture/console.py", "interval=0.5", "interval=1"), set()),
    Edit(
        "a line in training",
        replace("fracture/training/fitting.py", "Any = learning_rate", "Any = 0.9 * learning_rate"),
        LEARNED,
    ),
    Edit("a colour", replace("fracture/presenting/figures.py", "#0072B2", "#0072C2"), DRAWN),
    Edit("a comment in params.yaml", append("params.yaml", "# a comment\n"), set()),
    Edit("an added radiograph", add_radiograph, PACKED | {"ingest", "split"}),
    Edit("a corrected label", correct_label, PACKED | {"ingest", "split"}),
    Edit("a moved row of split.given", move_row, PACKED | {"split"}),
    Edit(
        "another weights file of model one",
        lambda clone: weights(clone, 1),
        JUDGED - {"evaluate@two"} | {"train@one", "predict@one"},
    ),
    Edit(
        "a changed operating point",
        lambda clone: edit_parameters(clone, {"evaluate.points.half": 0.4}),
        JUDGED - {"compose"},
    ),
    Edit(
        "another Canny threshold",
        lambda clone: edit_parameters(clone, {"variants.canny.steps": [CANNY | {"low": 50}]}),
        JUDGED - {"evaluate@one"} | {"preprocess@canny", "train@two", "predict@two"},
    ),
    # Pretended only: the same networks come out, and nothing that follows from them reruns.
    Edit("another version of Keras", pretend_keras, WITH_KERAS),
]


def cost(clone: Path, count: int) -> list[str]:
    """Return the least and the most seconds of five runs of `inputs` on so many files."""
    folder = clone / "raw/images"
    for number in range(count):
        (folder / f"more{number}.png").touch()
    taken = []
    for _ in range(5):
        begun = time.perf_counter()
        subprocess.run([sys.executable, "-m", "stages.inputs"], cwd=clone, check=True)
        taken.append(time.perf_counter() - begun)
    return [f"{min(taken):.2f} to {max(taken):.2f}"]


def _listed(stages: set[str]) -> str:
    return ", ".join(sorted(stages)) or "nothing"


if __name__ == "__main__":
    parser_of("edits", __doc__).parse_args()
    main()
