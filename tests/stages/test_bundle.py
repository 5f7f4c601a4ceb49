"""The stage: whoever loads the bundle elsewhere gets the probabilities that were evaluated."""

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from ruamel.yaml import YAML

from fracture.artifacts import arrays, bundle, known, manifest, predictions, scores, systems
from fracture.artifacts import network as networks
from fracture.artifacts.unsure import Unsure
from fracture.imaging.variant import View
from fracture.inference import Answer, Predictor
from fracture.inference.gradcam import GradCAM, enlarge, heatmap
from fracture.inference.likeness import UNLIKE
from fracture.inference.networks import Member, explain
from fracture.inference.runtimes import Runtime
from fracture.judging.logits import calibrate, of_each_class
from fracture.systems.formula import leaves_of
from stages import bundle as stage
from tests.stages.bundled import EXPORTED, PARTS, SIZE, SYSTEMS, build_run

ROOT = Path(__file__).parents[2]
RUNTIMES: tuple[Runtime, ...] = ("keras", "onnx")
LOOKED_AT = """
import runpy, sys
runpy.run_module("serving.predict", run_name="__main__")
found = {"keras", "tensorflow"} & set(sys.modules)
sys.exit(f"imported: {found}" if found else 0)
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with bundles of all systems of a run, two seeds each."""
    folder = tmp_path_factory.mktemp("built")
    build_run(folder)
    return folder


@pytest.fixture(autouse=True)
def repository(built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in a copy of what was built, the headline `both`."""
    shutil.copytree(built, tmp_path / "repository")
    monkeypatch.chdir(tmp_path / "repository")


def evaluated(system: str) -> pd.DataFrame:
    """Return what was recorded of the test radiographs, of the network that is served."""
    table = systems.read_predictions(system)
    return table[(table["part"] == "test") & (table["seed"] == table["seed"].iloc[0])]


@pytest.mark.parametrize("system", SYSTEMS)
def test_a_file_gets_the_probabilities_that_were_evaluated(
    system: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table, scored = evaluated(system), scores.read(system)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    shutil.move(bundle.path(system), elsewhere / "sealed")
    files = [Path("raw", name).resolve() for name in table["id"]]
    Path("params.yaml").unlink()
    monkeypatch.chdir(elsewhere)
    predictor = Predictor.load("sealed", "keras")
    target = predictor.bundle.target.target
    expected = table[target.columns].to_numpy()
    answers = predictor.predict(files)
    found = [answer for answer in answers if isinstance(answer, Answer)]
    assert len(found) == len(files)
    uncalibrated = [answer.uncalibrated for answer in found]
    np.testing.assert_allclose(uncalibrated, expected.max(axis=1), atol=1e-6)
    assert len(set(uncalibrated)) > 5
    calibrated = calibrate(expected.squeeze(), scored.images.temperature)
    told = [[*answer.probabilities.values()] for answer in found]
    np.testing.assert_allclose(told, of_each_class(calibrated), atol=1e-5)
    assert [*found[0].probabilities] == [*target.classes]
    if target.binary:
        calls = [answer.calls[scored.headline] for answer in found]
        threshold = predictor.bundle.thresholds[scored.headline]
        assert calls == (table["probability"] >= threshold).tolist()
    else:
        assert found[0].calls == {}
    # Alone, and as bytes, a radiograph gets the same.
    (alone,) = predictor.predict([files[3].read_bytes()])
    assert isinstance(alone, Answer)
    assert alone.uncalibrated == pytest.approx(uncalibrated[3], abs=1e-6)


@pytest.mark.parametrize("system", EXPORTED)
def test_onnx_runtime_says_what_keras_says(system: str) -> None:
    files = [Path("raw", name) for name in evaluated(system)["id"]]
    known, found = (Predictor.load(bundle.path(system), name) for name in RUNTIMES)
    assert (known.runtime, found.runtime) == RUNTIMES
    assert Predictor.load(bundle.path(system)).runtime == "onnx"
    for each in found.bundle.networks.values():
        assert each.onnx_difference is not None
        assert 0 < each.onnx_difference < 1e-5
    answers = zip(known.predict(files, heat=True), found.predict(files, heat=True), strict=True)
    for one, other in answers:
        assert isinstance(one, Answer)
        assert isinstance(other, Answer)
        assert other.uncalibrated == pytest.approx(one.uncalibrated, abs=1e-5)
        assert (other.calls, other.verdict) == (one.calls, one.verdict)
        if one.heat:
            assert other.heat
            assert other.heat.shown == one.heat.shown
            np.testing.assert_allclose(other.heat.heat, one.heat.heat, atol=1e-4)
    assert Predictor.load(bundle.path("edges")).runtime == "keras"


@pytest.mark.parametrize("system", ["both", "hard", "soft", "nested"])
def test_what_the_formula_makes_of_recorded_networks_is_what_was_recorded(system: str) -> None:
    """To the last digit: a threshold is one of these probabilities."""
    predictor, table = Predictor.load(bundle.path(system)), evaluated(system).set_index("id")
    radiographs = sorted(table.index)
    leaves = {}
    for leaf in leaves_of(predictor.bundle.formula):
        name, _, folder = leaf.network.partition("/")
        kind, _, seed = folder.rpartition("seed")
        rows = predictions.read_model(name, leaf.target)
        rows = rows[(rows["seed"] == int(seed)) & (rows["trained_on"] == kind.rstrip("-"))]
        given = rows.set_index("id").loc[radiographs].filter(like="probability").to_numpy()
        leaves[leaf] = given[:, 0] if given.shape[1] == 1 else given
    answers = predictor.answer(leaves)
    assert [answer.uncalibrated for answer in answers] == table.loc[
        radiographs, "probability"
    ].tolist()


def test_the_answer_of_the_router_comes_along() -> None:
    files = [Path("raw", name) for name in evaluated("hard")["id"]]
    route, part, plain = (
        Predictor.load(bundle.path(name)).predict(files[:4]) for name in ("hard", "part", "plain")
    )
    for routed, alone, other in zip(route, part, plain, strict=True):
        assert isinstance(routed, Answer)
        assert isinstance(alone, Answer)
        assert isinstance(other, Answer)
        assert [*routed.routed] == list(PARTS)
        assert sum(routed.routed.values()) == pytest.approx(1)
        assert alone.routed == other.routed == {}


HEATS = dict.fromkeys(SYSTEMS, "Grad-CAM") | {"two": "fracture map", "two.part": ""}


@pytest.mark.parametrize("system", ["plain", "edges", "part", "two", "two.part", "both", "nested"])
def test_heat_changes_no_probability(system: str) -> None:
    predictor = Predictor.load(bundle.path(system))
    files = [Path("raw", name) for name in evaluated(system)["id"]][:2]
    plain, shown = predictor.predict(files), predictor.predict(files, heat=True)
    for one, answer in zip(plain, shown, strict=True):
        assert isinstance(one, Answer)
        assert isinstance(answer, Answer)
        assert answer.uncalibrated == pytest.approx(one.uncalibrated, abs=1e-6)
        assert one.heat is None
        assert (answer.heat.shown if answer.heat else "") == HEATS[system]


@pytest.mark.parametrize("system", ["plain", "two"])
def test_the_heat_is_that_which_the_stage_predict_measures(system: str) -> None:
    predictor = Predictor.load(bundle.path(system))
    name = evaluated(system)["id"].iloc[0]
    (answer,) = predictor.predict([Path("raw", name)], heat=True)
    packed = arrays.read(arrays.path("plain"))
    row = packed.table["id"].tolist().index(name)
    gradcam = GradCAM(networks.read(networks.path(system, 0)))
    member = Member(Path(), (), View(SIZE, ()), mirror=True, batch_size=1)
    expected = explain(gradcam, member, packed.images, np.array([row]))
    assert isinstance(answer, Answer)
    assert answer.heat is not None
    np.testing.assert_array_equal(answer.heat.radiograph, packed.images[row, ..., 0])
    seen, size = expected.map, (SIZE, SIZE)
    hot = heatmap(expected.heat[0, 0], *size) if seen is None else enlarge(seen[0, 0], *size)
    np.testing.assert_allclose(answer.heat.heat, hot, atol=1e-4)


@pytest.mark.parametrize("runtime", RUNTIMES)
@pytest.mark.parametrize("far", [True, False])
def test_features_far_from_the_known_ones_are_noted_and_unsure(far: bool, runtime: Runtime) -> None:
    folder, described = bundle.path("plain"), bundle.read(bundle.path("plain"))
    (first,) = described.networks
    changed = described.networks[first].model_copy(update={"furthest": 2.0 - 2 * far})
    here = described.dataset.model_copy(update={"likeness": None})
    calls = Unsure(missed=0.05, false_alarms=0.1, low=0, high=0)
    update = {"networks": described.networks | {first: changed}, "dataset": here, "unsure": calls}
    bundle.write(described.model_copy(update=update), folder)
    (answer,) = Predictor.load(folder, runtime).predict([Path("raw/08.jpg")])
    assert isinstance(answer, Answer)
    assert answer.notes == (UNLIKE,) * far
    assert [*answer.body_parts] == ([] if far else list(PARTS))
    assert answer.verdict == ("unsure" if far else "fractured")


def test_body_part_and_similar_radiographs_are_those_of_the_training() -> None:
    """All tell the body part but those that predict it, and routes, whose router does."""
    files = [Path("raw", name) for name in evaluated("plain")["id"]][:4]
    packed = arrays.read(arrays.path("plain")).table.set_index("id")
    for answer in Predictor.load(bundle.path("plain")).predict(files):
        assert isinstance(answer, Answer)
        assert [*answer.body_parts] == list(PARTS)
        assert sum(answer.body_parts.values()) == pytest.approx(1)
        assert len(answer.similar) == 3
        for one in answer.similar:
            assert packed.loc[one.id, "part"] == "train"
            assert packed.loc[one.id, "body_part"] == one.body_part
            assert (one.label == "fractured") == bool(packed.loc[one.id, "fractured"])
            assert one.picture.startswith(b"\xff\xd8")
    for name in ("hard", "soft", "part", "two.part"):
        described = bundle.read(bundle.path(name))
        assert described.body_parts == []
    assert described.dataset.pictures_under == "drawn by this pipeline, Apache-2.0"


@pytest.mark.parametrize("private", [True, False])
def test_nothing_of_a_training_radiograph_is_told_without_a_licence(private: bool) -> None:
    """Neither where its data set has none, nor where its ids are hashed."""
    parameters = YAML(typ="safe").load(Path("params.yaml")) | {"model": "plain"}
    if private:
        manifest.write([replace(one, hashed=True) for one in manifest.read()])
    else:
        parameters["datasets"]["synthetic"]["pictures_under"] = None
    YAML().dump(parameters, Path("params.yaml"))
    stage.main()
    (file,) = bundle.path("plain").rglob(known.FILE)
    told = known.read(file.parent)
    assert {*told.ids} | {*told.labels} == {""}
    assert {*told.pictures} == {b""}
    (answer,) = Predictor.load(bundle.path("plain"), "keras").predict([Path("raw/08.jpg")])
    assert isinstance(answer, Answer)
    assert answer.similar == ()
    assert [*answer.body_parts] == list(PARTS)


def test_a_system_holds_each_network_once() -> None:
    for name, models in {"both": 2, "hard": 4, "nested": 5}.items():
        folder, described = bundle.path(name), bundle.read(bundle.path(name))
        assert set(described.networks) == {leaf.network for leaf in leaves_of(described.formula)}
        kept = {str(each.relative_to(folder / "networks")) for each in folder.glob("networks/*/*")}
        assert kept == set(described.networks)
        assert len(kept) <= 2 * models


def test_the_card_says_what_a_system_is_made_of() -> None:
    said = {name: (bundle.path(name) / "card.md").read_text() for name in SYSTEMS}
    for text in said.values():
        assert "Not for clinical use" in " ".join(text.split())
        assert "drawn radiographs" in text
    assert "probable each of these is: not fractured, fractured." in said["both"]
    assert "Made of: mean logit of " in said["both"]
    assert "on average" not in said["both"]
    assert "routes, hard, to the networks of special for foot, hand; plain for leg." in said["hard"]
    assert "probable each of these is: foot, hand, leg." in said["part"]
    assert "The most probable class is right: 0." in said["part"]
    assert "| balanced |" not in said["part"]


def test_the_card_of_a_model_tells_the_network_served_and_the_mean_over_seeds() -> None:
    scored, card = scores.read("plain"), (bundle.path("plain") / "card.md").read_text()
    assert scored.served is not None
    assert f"Test AUROC {scored.served.test.scores['auroc']}" in card
    assert f"reach {scored.auroc} on average over 2 seeds" in card


def test_the_same_run_gives_the_same_bytes() -> None:
    YAML().dump(YAML(typ="safe").load(Path("params.yaml")) | {"model": "two"}, Path("params.yaml"))
    files = sorted(path for path in bundle.path("two").rglob("*") if path.is_file())
    assert networks.ONNX in [file.name for file in files]
    once = [path.read_bytes() for path in files]
    stage.main()
    assert [path.read_bytes() for path in files] == once
    assert b"repository" not in b"".join(once)


def test_files_are_scored_in_an_empty_folder(tmp_path: Path) -> None:
    elsewhere = tmp_path / "empty"
    elsewhere.mkdir()
    shutil.copytree(bundle.path("plain"), elsewhere / "plain")
    file = Path("raw/08.jpg").resolve()
    done = subprocess.run(
        [sys.executable, "-c", LOOKED_AT, file, "--bundle", "plain", "--to", "out.csv"],
        cwd=elsewhere,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    scored = pd.read_csv(elsewhere / "out.csv")
    (expected,) = Predictor.load(bundle.path("plain")).predict([file])
    assert isinstance(expected, Answer)
    assert scored["probability"][0] == pytest.approx(expected.probability, abs=2e-6)
