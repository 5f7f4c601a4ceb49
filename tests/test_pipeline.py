"""The pipeline as a user runs it: `dvc` in a clone of its own, on synthetic and on real files."""

import copy
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from benchmarks.edits import EDITS
from benchmarks.edits_clone import edit_parameters

ROOT = Path(__file__).parents[1]
pytestmark = pytest.mark.pipeline


class Clone:
    """A clone of the working tree with parameters small enough for a test."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.folder = folder
        scripts = Path(sys.executable).parent
        self.environment = os.environ | environment | {"PATH": f"{scripts}:{os.environ['PATH']}"}
        self.environment.pop("MLFLOW_TRACKING_URI", None)
        listed = ["git", "ls-files", "-co", "--exclude-standard"]
        files = subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True).stdout
        for file in filter(lambda file: (ROOT / file).is_file(), files.splitlines()):
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / file, folder / file)
        for results in ("dvc.lock", "metrics", "plots"):
            shutil.rmtree(folder / results, ignore_errors=True)
            (folder / results).unlink(missing_ok=True)

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command, cwd=self.folder, env=self.environment, capture_output=True, text=True,
            check=False,
        )  # fmt: skip

    def succeed(self, *command: str) -> str:
        done = self.run(*command)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def commit(self) -> None:
        for command in (
            ("init", "-q"),
            ("add", "-A"),
            ("-c", "user.name=test", "-c", "user.email=t@example.org", "commit", "-qm", "start"),
        ):
            self.succeed("git", *command)

    def edit(self, change: dict[str, Any]) -> None:
        """Set parameters by dotted path."""
        edit_parameters(self.folder, change)

    def json(self, path: str) -> Any:
        return json.loads((self.folder / path).read_text())


def model(backbone: str = "deepconvnet", variant: str = "plain") -> dict[str, Any]:
    tiny = {
        "weights": None,
        "head": {"normalize": False},
        "frozen": {"epochs": 0},
        "finetune": {"epochs": 1, "unfreeze": 1.0},
    }
    made_of = {"backbone": backbone, "variant": variant, "target": "fractured"}
    return made_of | {"learning_rate": "recipe"} | tiny


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Clone:
    """Return a clone in which `dvc repro` has built three models, and dvc.lock is committed."""
    clone = Clone(tmp_path_factory.mktemp("clone"))
    clone.edit(
        {
            "model": "one",
            "targets.kind": {"column": "fracture_kind", "least": 12, "ignored": []},
            "models": {
                "one": model(),
                "two": model(variant="canny"),
                "kind": model() | {"target": "kind"},
                "idle": model(),
            },
            "systems": {"both": {"mean_of": "all", "weights": {"selected": 3}}},
            "run": ["one", "two", "both", "kind"],
            "recipes.demo.builds": ["deepconvnet"],
            "datasets.synthetic.patients": 120,
            "evaluate.draws": 100,
            "recipes.demo.preprocess.size": 48,
        }
    )
    clone.commit()
    clone.succeed("dvc", "repro")
    clone.commit()
    return clone


def test_repro_leaves_what_it_promises(built: Clone) -> None:
    summary = built.json("metrics/summary.json")
    assert summary["model"] == "one"
    assert 0 <= summary["auroc_low"] <= summary["auroc"] <= summary["auroc_high"] <= 1
    table = (built.folder / "plots/comparison/comparison.md").read_text()
    assert "Synthetic: the radiographs are drawn" in table
    split = pd.read_csv(built.folder / "data/split.csv").merge(
        pd.read_csv(built.folder / "data/manifest.csv")
    )
    assert split.groupby("group")["part"].nunique().max() == 1
    for picture in (
        "preprocess/plain/samples.png", "preprocess/canny/samples.png",
        "preprocess/augmented.png", "models/two/training.png", "models/two/heat.png",
        "systems/both/evaluation.png",
        "systems/two/calibration.png", "systems/two/subgroups.png", "external/external.png",
        "comparison/comparison.png", "comparison/verdicts.png", "comparison/ablation.png",
        "comparison/cost.png", "comparison/curves.png",
        "report/report.html", "report/model_card.md",
    ):  # fmt: skip
        assert (built.folder / "plots" / picture).stat().st_size > 4_000
    assert (built.folder / "mlflow.db").is_file()
    assert (built.folder / "data/bundles/one/bundle.json").is_file()


def test_a_column_of_three_classes_goes_from_ingest_to_report(built: Clone) -> None:
    systems = {each["name"]: each for each in built.json("data/systems/systems.json")["systems"]}
    classes = systems["kind"]["target"]["classes"]
    assert len(classes) >= 3
    assert "none" in classes
    scores = built.json("metrics/systems/kind.json")
    assert scores["classes"] == classes
    assert {"auroc", "accuracy", "kappa", "macro_f1"} <= scores["images"]["test"]["scores"].keys()
    page = (built.folder / "plots/report/report.html").read_text()
    assert all(name in page for name in classes)


def test_what_the_run_does_not_name_costs_nothing_and_leaves_a_note(built: Clone) -> None:
    for folder in ("data/models/idle", "data/predictions/idle", "plots/models/idle"):
        assert [file.name for file in (built.folder / folder).iterdir()] == ["not_in_this_run.txt"]
    assert sorted(path.stem for path in (built.folder / "metrics/systems").iterdir()) == [
        "both", "kind", "one", "two"
    ]  # fmt: skip
    assert (built.folder / "data/arrays/edges.h5").read_text().startswith("No part of the last run")


def ran(said: str) -> set[str]:
    """Return the stages that ran, but for the two that always do."""
    return set(re.findall(r"^Running stage '([^']+)'", said, re.MULTILINE)) - {"inputs", "track"}


def test_a_fresh_clone_with_the_committed_lock_has_all_runs(built: Clone, tmp_path: Path) -> None:
    fresh = copy.copy(built)
    fresh.folder = tmp_path / "50% #1?"
    built.succeed("git", "clone", "--quiet", ".", str(fresh.folder))
    cache = str(built.folder / ".dvc/cache")
    fresh.succeed("dvc", "config", "--local", "cache.dir", cache)  # instead of a remote
    fresh.succeed("dvc", "checkout")
    for new in (5, 0):
        said = fresh.succeed("dvc", "repro")
        assert ran(said) == set()
        assert f"{new} of 5 runs are new" in said
    with closing(sqlite3.connect(fresh.folder / "mlflow.db")) as connection:
        runs = connection.execute("SELECT name, status FROM runs").fetchall()
    revision = fresh.succeed("git", "rev-parse", "--short=7", "HEAD").strip()
    names = ("one", "two", "kind", "both", f"demo on synthetic, headline one ({revision})")
    assert {*runs} == {(name, "FINISHED") for name in names}
    assert len(list((fresh.folder / "mlartifacts").glob("*/artifacts"))) == len(runs)


TRAINED = {"train@idle", "train@kind", "train@one", "train@two"}


@pytest.mark.parametrize(
    ("names", "due"),
    [
        (["a docstring in training", "the progress bar", "a comment in params.yaml"], set()),
        (["a line in training"], TRAINED),
        (["a changed operating point"], {"compare", "evaluate", "report"}),
        (["another Canny threshold"], {"bundle", "external", "preprocess@canny", "report"}),
    ],
)
def test_an_edit_makes_due_what_it_changes(built: Clone, names: list[str], due: set[str]) -> None:
    edits = [edit for edit in EDITS if edit.name in names]
    assert len(edits) == len(names)
    files = [*(built.folder / "fracture").rglob("*.py"), built.folder / "params.yaml"]
    before = {file: file.read_bytes() for file in files}
    for edit in edits:
        edit.apply(built.folder)
    built.succeed(sys.executable, "-m", "stages.inputs")
    status = json.loads(built.succeed("dvc", "status", "--json"))
    for file, content in before.items():
        file.write_bytes(content)
    assert status.keys() - {"inputs", "track"} == due


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"model": "nosuch"},
            "error: params.yaml: model is 'nosuch'; expected one of: one, two, kind, idle, both",
        ),
        (
            {"dataset": "fracatlas", "datasets.fracatlas.root": "nowhere"},
            "nowhere",
        ),
        ({"train.device": "gpu"}, "device of models.one is gpu, but this machine has none"),
    ],
)
def test_a_mistake_is_one_line_and_leaves_earlier_results(
    built: Clone, change: dict[str, Any], message: str
) -> None:
    before = (built.folder / "params.yaml").read_text()
    kept = ["data/manifest.csv", "metrics/summary.json", "data/models/one/seed0/network.weights.h5"]
    bytes_before = [(built.folder / file).read_bytes() for file in kept]
    built.edit(change)
    failed = built.run("dvc", "repro")
    (built.folder / "params.yaml").write_text(before)
    assert failed.returncode != 0
    said = [line for line in failed.stderr.splitlines() if line.startswith("error: ")]
    assert len(said) == 1
    assert message in said[0]
    assert "Traceback" not in failed.stderr
    assert [(built.folder / file).read_bytes() for file in kept] == bytes_before


def test_another_headline_trains_and_scores_nothing(built: Clone) -> None:
    due = {"bundle", "compare", "compose", "external", "report", "summary"}
    assert ran(built.succeed("dvc", "exp", "run", "-S", "model=two")) == due
    assert built.json("metrics/summary.json")["model"] == "two"
    difference = json.loads(built.succeed("dvc", "metrics", "diff", "--json"))
    assert "metrics/summary.json" in difference or not difference


def test_a_models_own_parameter_retrains_that_model_alone(built: Clone) -> None:
    status = built.succeed("dvc", "exp", "run", "train", "-S", "models.two.learning_rate=3e-4")
    assert ran(status) == {"train@two"}


@pytest.mark.shared
def test_real_radiographs_and_weights(fracatlas: Path, keras_home: Path, tmp_path: Path) -> None:
    root = tmp_path / "FracAtlas"
    table = pd.read_csv(fracatlas / "dataset.csv")
    fractured = table[table["fractured"] == 1].head(50)
    chosen = pd.concat([fractured, table[table["fractured"] == 0].head(70)])
    root.mkdir()
    chosen.to_csv(root / "dataset.csv", index=False)
    shutil.copytree(fracatlas / "Annotations", root / "Annotations")
    for name in ("Fractured", "Non_fractured"):
        (root / "images" / name).mkdir(parents=True)
        for file in set(chosen["image_id"]) & {
            p.name for p in (fracatlas / "images" / name).iterdir()
        }:
            shutil.copy2(fracatlas / "images" / name / file, root / "images" / name / file)
    (tmp_path / "clone").mkdir()
    clone = Clone(tmp_path / "clone", KERAS_HOME=str(keras_home))
    # DVC takes half a second for each model of params.yaml, also where it is no part of the run.
    mobilenet = {"backbone": "mobilenet_v2", "variant": "plain", "target": "fractured"}
    clone.edit(
        {
            "recipes.transfer.preprocess.size": 100,
            "models": {"mobilenet_v2": mobilenet},
            "systems": {},
        }
    )
    clone.commit()
    clone.succeed(
        "dvc", "exp", "run", "summary", "-S", "dataset=fracatlas", "-S", "recipe=transfer",
        "-S", f"datasets.fracatlas.root={root}", "-S", "model=mobilenet_v2",
        "-S", "run=[mobilenet_v2]",
        "-S", "recipes.transfer.train.finetune.epochs=1",
    )  # fmt: skip
    trained = [path.parent.name for path in (clone.folder / "data/models").glob("*/trained.json")]
    assert trained == ["mobilenet_v2"]
    summary = clone.json("metrics/summary.json")
    assert summary["dataset"] == "fracatlas"
    assert summary["auroc"] > 0.5
    history = pd.read_csv(clone.folder / "data/models/mobilenet_v2/history.csv")
    assert set(history["phase"]) == {"frozen", "finetune"}
