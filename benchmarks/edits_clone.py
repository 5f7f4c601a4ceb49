"""The clone that `benchmarks.edits` edits: two small models on drawn radiographs."""

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from PIL import Image
from ruamel.yaml import YAML

ROOT = Path(__file__).parents[1]
CANNY = {"step": "canny", "blur": 1.0, "low": 40, "high": 110, "blend": 0.5}


def copy_tree(clone: Path) -> None:
    """Copy the working tree, without its results."""
    tracked = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"],  # noqa: S607
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    for name in tracked.stdout.splitlines():
        if (ROOT / name).is_file() and not name.startswith(("metrics/", "plots/", "dvc.lock")):
            (clone / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, clone / name)


def make_clone(clone: Path) -> None:
    """Copy the working tree, without its results, and give it little to do."""
    copy_tree(clone)
    subprocess.run(["git", "init", "-q"], cwd=clone, check=True)  # noqa: S607
    lay_out(clone / "raw")
    tiny = {
        "weights": None,
        "head": {"normalize": False},
        "frozen": {"epochs": 0},
        "finetune": {"epochs": 1, "unfreeze": 1.0},
    }
    model = {"backbone": "deepconvnet", "target": "fractured", **tiny}
    edit_parameters(
        clone,
        {
            "dataset": "grazpedwri",
            "model": "both",
            "datasets.grazpedwri.root": "raw",
            "models": {"one": model | {"variant": "plain"}, "two": model | {"variant": "canny"}},
            "systems": {"both": {"mean_of": "all", "weights": "equal"}},
            "variants": {"plain": {"steps": []}, "canny": {"steps": [CANNY]}},
            "run": ["one", "two", "both"],
            "recipes.demo.builds": [],
            "recipes.demo.preprocess.size": 48,
            "evaluate.draws": 100,
        },
    )
    split = drawn_split(clone)
    split.to_csv(clone / "split.csv", index=False)
    edit_parameters(clone, {"split.given": "split.csv"})
    weights(clone, 0)
    edit_parameters(clone, {"models.one.weights": "mine.weights.h5"})


def lay_out(root: Path) -> None:
    """Write 120 noisy radiographs of 60 patients, a bright bar in half of them, and their table."""
    (root / "images").mkdir(parents=True)
    rows = []
    for number in range(120):
        patient, fractured = number // 2, number // 2 % 2
        rows.append(row(root, number, patient, fractured))
    pd.DataFrame(rows).to_csv(root / "dataset.csv", index=False)


def row(root: Path, number: int, patient: int, fractured: int) -> dict[str, Any]:
    """Write a radiograph and return its row of the table."""
    random = np.random.default_rng(number)
    pixels = random.integers(0, 2**15, (96, 80), np.uint16)
    if fractured:
        pixels[40:50] += 2**15
    name = f"{patient:04}_{number:03}_WRI-L1_M010"
    Image.fromarray(pixels).save(root / "images" / f"{name}.png")
    columns = dict.fromkeys(["initial_exam", "cast", "diagnosis_uncertain", "osteopenia"], "")
    return {
        "filestem": name, "patient_id": patient, "study_number": 1, "timehash": 1, "gender": "M",
        "age": 10, "laterality": "L", "projection": 1, "ao_classification": "", **columns,
        "fracture_visible": "1" if fractured else "", "metal": "", "pixel_spacing": 0.1,
        "device_manufacturer": "none",
    }  # fmt: skip


def drawn_split(clone: Path) -> pd.DataFrame:
    """Return the split that the pipeline draws by itself, to be given to it."""
    subprocess.run(
        [sys.executable, "-m", "stages.ingest"], cwd=clone, capture_output=True, check=True
    )
    subprocess.run(
        [sys.executable, "-m", "stages.split"], cwd=clone, capture_output=True, check=True
    )
    return pd.read_csv(clone / "data/split.csv", dtype=str)


WEIGHTS = """
import sys, keras
from fracture.params.section import load
from fracture.params.train import resolve
from fracture.training.network import build
keras.utils.set_random_seed(int(sys.argv[1]))
network = build(*resolve(load(), "two"), 48).whole
keras.Model(network.input, network.get_layer("pooled").input).save_weights("mine.weights.h5")
"""


def weights(clone: Path, seed: int) -> None:
    """Write a weights file for the backbone of model `one`."""
    subprocess.run(  # noqa: S603
        [sys.executable, "-c", WEIGHTS, str(seed)], cwd=clone, capture_output=True, check=True
    )


def edit_parameters(clone: Path, change: dict[str, Any]) -> None:
    """Set parameters by dotted path."""
    yaml, path = YAML(), clone / "params.yaml"
    parameters = yaml.load(path)
    for key, value in change.items():
        *parents, last = key.split(".")
        section = parameters
        for parent in parents:
            section = section[parent]
        section[last] = value
    yaml.dump(parameters, path)
