"""The clone in which `benchmarks.commands` runs commands: all that is slow is cut."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pandas as pd
from ruamel.yaml import YAML

from benchmarks.edits_clone import copy_tree, edit_parameters
from fracture.datasets.fracatlas import BOXES, PLACES, TABLE

SMALL = {
    "train.weights": None,
    "datasets.synthetic.patients": 60,
    "recipes.demo.run": ["efficientnet_lite0", "bone_type", "specialists", "two_step"],
    "recipes.demo.builds": [],
    "recipes.demo.preprocess.size": 80,
    "recipes.transfer.run": ["mobilenet_v2", "efficientnet_lite0"],
    "recipes.transfer.preprocess.size": 96,
    "recipes.transfer.train.finetune": {"epochs": 1, "learning_rate_scale": 0.1, "patience": 0},
    "train.frozen": {"epochs": 1, "views": 1, "patience": 0},
    "train.finetune.epochs": 1,
    "targets.body_part.least": 2,
    "models.specialists.per.body_part": 2,
    "evaluate.draws": 100,
}
KEPT = {
    "models": [
        "efficientnet_lite0",
        "efficientnet_lite1",
        "mobilenet_v2",
        "bone_type",
        "specialists",
    ],
    "systems": ["two_step"],
    "variants": ["plain"],
    "runs": [],
}
"""What the documents name of these tables; DVC has two stages for each model."""
FEW = {True: 80, False: 160}
"""Radiographs of FracAtlas, by whether they are fractured."""
LAID_OUT = """
import shutil
from pathlib import Path
from benchmarks.dicom_answers import write_source
from fracture.artifacts import manifest
for radiograph in manifest.read():
    source = Path("data/raw/synthetic", radiograph.path)
    to = Path("FOLDER", "fractured" if radiograph.fractured else "normal", source.name)
    to.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(source, to)
    shutil.copy(source, "knee.png")
Path("folder").mkdir(exist_ok=True)
shutil.copy("knee.png", "folder")
write_source(Path("knee.png"), 0, Path()).rename("hand.dcm")
"""
"""Lays out what the documents' names stand for, once there are radiographs."""


def make_clone(folder: Path, fracatlas: Path | None) -> None:
    """Copy the working tree, without its results, and give it little to do.

    Args:
        folder: For the clone; one that is there keeps its results.
        fracatlas: FracAtlas, of which a few radiographs are copied into the clone; None: none.
    """
    folder.mkdir(parents=True, exist_ok=True)
    copy_tree(folder)
    parameters = YAML(typ="safe").load(folder / "params.yaml")
    few = {table: {key: parameters[table][key] for key in keys} for table, keys in KEPT.items()}
    edit_parameters(folder, few | SMALL)
    if not (folder / ".venv").exists():
        (folder / ".venv").symlink_to(Path(sys.prefix))
    for name in ("uv.lock", "pyproject.toml"):
        os.utime(folder / name, (0, 0))  # the environment is there: `make env` has nothing to do
    if fracatlas is not None:
        copy_few(fracatlas, folder / "data/raw/FracAtlas")
    commit(folder)


def copy_few(fracatlas: Path, to: Path) -> None:
    """Copy a few radiographs of FracAtlas, their boxes and the rows of its table.

    Args:
        fracatlas: The folder that holds images/, Annotations/ and dataset.csv.
        to: The folder for the same; not touched where it is there.
    """
    if to.exists():
        return
    names = []
    for place, fractured in PLACES.items():
        (to / place).mkdir(parents=True)
        for file in sorted((fracatlas / place).iterdir())[: FEW[fractured]]:
            shutil.copyfile(file, to / place / file.name)
            names.append(file.name)
    table = pd.read_csv(fracatlas / TABLE, dtype=str)
    table[table["image_id"].isin(names)].to_csv(to / TABLE, index=False)
    (to / BOXES).parent.mkdir(parents=True)
    shutil.copyfile(fracatlas / BOXES, to / BOXES)


def start(
    folder: Path, text: str, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a command of a shell in the clone, in its environment, with nobody to answer it.

    Args:
        folder: Of the clone.
        text: The command.
        environment: Further variables.
    """
    path = {"PATH": f"{folder.resolve() / '.venv/bin'}:{os.environ['PATH']}"}
    return subprocess.run(  # noqa: S603
        ["bash", "-c", text],  # noqa: S607
        cwd=folder, env=os.environ | path | dict(environment or {}), stdin=subprocess.DEVNULL,
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def commit(folder: Path) -> None:
    """Commit all that there is, to go back to."""
    start(folder, "git init -q && echo /.venv > .git/info/exclude")
    start(folder, "git config user.name benchmark && git config user.email benchmark@example.org")
    start(folder, "git add -A && git commit -qm . && git tag -f committed")


def go_back(folder: Path) -> None:
    """Undo what commands changed or committed since `commit`."""
    start(folder, "git reset -q --hard committed && dvc checkout -q")
