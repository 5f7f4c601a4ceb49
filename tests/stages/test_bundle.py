"""The stage: whoever loads the bundle elsewhere gets the probabilities that were evaluated."""

import json
import os
import shutil
import subprocess
import sys
from contextlib import chdir
from hashlib import sha256
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from ruamel.yaml import YAML

from fracture.artifacts import bundle, history, manifest, scores, splits, systems, trained
from fracture.artifacts import network as networks
from fracture.artifacts.manifest import Radiograph
from fracture.artifacts.splits import PARTS
from fracture.console import PipelineError
from fracture.inference import Answer, Predictor, Refusal
from stages import bundle as stage
from stages import compose, evaluate, predict, preprocess
from tests.inference.examples import network
from tests.run_files import make_trained
from tests.stages.test_predict import HISTORY

ROOT = Path(__file__).parents[2]
SIZE = 32
COUNT = 24
SYSTEMS = ("plain", "edges", "channels", "both")


def draw(number: int) -> np.ndarray:
    """Return a radiograph with edges, large enough that a JPEG of it is decoded at a fraction."""
    random = np.random.default_rng(number)
    image = np.kron(random.integers(0, 256, (10, 8), np.uint8), np.ones((32, 32), np.uint8))
    return image[: 320 - 8 * (number % 3)]


def lay_out(root: Path) -> list[Radiograph]:
    """Write radiographs as JPEG and PNG, some to be turned upright, some in colour channels."""
    root.mkdir()
    made = []
    for number in range(COUNT):
        image = Image.fromarray(draw(number))
        exif = Image.Exif()
        if number % 4 == 0:
            exif[0x0112] = 6
        name = f"{number:02}.{'png' if number % 5 == 0 else 'jpg'}"
        (image.convert("RGB") if number % 3 == 0 else image).save(root / name, exif=exif)
        digest = sha256((root / name).read_bytes()).hexdigest()
        made.append(
            Radiograph(
                name, name, number % 2 == 0, "hand", dataset="synthetic", width=256, height=320,
                sha256=digest, group=name,
            )
        )  # fmt: skip
    return made


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with bundles of two models and of a mean of them, two seeds each."""
    folder = tmp_path_factory.mktemp("built")
    parameters = YAML(typ="safe").load(ROOT / "params.yaml")
    model = {"backbone": "deepconvnet", "variant": "plain", "target": "fractured"}
    parameters |= {
        "models": {
            "plain": model,
            "edges": model | {"variant": "canny"},
            "channels": model | {"variant": "canny_channels"},
        },
        "systems": {"both": {"mean_of": "all", "members": 3}},
        "run": list(SYSTEMS),
        "model": "both",
        "seeds": [0, 7],
    }
    parameters["datasets"]["synthetic"]["root"] = "raw"
    parameters["evaluate"]["draws"] = 100
    recipe = parameters["recipes"]["demo"]
    recipe["preprocess"]["size"], recipe["train"]["device"] = SIZE, "cpu"
    recipe["predict"]["mirror"] = True
    with chdir(folder):
        radiographs = lay_out(Path("raw"))
        manifest.write(radiographs)
        splits.write({one.id: PARTS[min(2, int(one.id[:2]) // 2 % 4)] for one in radiographs})
        for number, name in enumerate(parameters["models"]):
            for seed in parameters["seeds"]:
                channels = 3 if name == "channels" else 1
                made = network(parameters, "deepconvnet", SIZE, channels)
                kernel, bias = made.get_layer("probability").get_weights()
                made.get_layer("probability").set_weights([(3 + number + seed) * kernel, bias])
                networks.write(made, networks.path(name, seed))
            history.write(pd.DataFrame(HISTORY), history.path(name))
            trained.write(make_trained((0, 7)), networks.folder(name))
        YAML().dump(parameters, Path("params.yaml"))
        for variant in ("plain", "canny", "canny_channels"):
            preprocess.main(variant)
        for name in parameters["models"]:
            predict.main(name)
        compose.main()
        evaluate.main()
        for name in SYSTEMS:
            YAML().dump(parameters | {"model": name}, Path("params.yaml"))
            stage.main()
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
def test_a_file_gets_the_probability_that_was_evaluated(
    system: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table, scored = evaluated(system), scores.read(system)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    shutil.move(bundle.path(system), elsewhere / "sealed")
    files = [Path("raw", name).resolve() for name in table["id"]]
    Path("params.yaml").unlink()
    monkeypatch.chdir(elsewhere)
    predictor = Predictor.load("sealed")
    answers = predictor.predict(files)
    assert all(isinstance(answer, Answer) for answer in answers)
    found = [answer for answer in answers if isinstance(answer, Answer)]
    uncalibrated = [answer.uncalibrated for answer in found]
    np.testing.assert_allclose(uncalibrated, table["probability"], atol=1e-6)
    assert len(set(uncalibrated)) > 5
    calls = [answer.calls[scored.headline] for answer in found]
    threshold = predictor.bundle.thresholds[scored.headline]
    assert calls == (table["probability"] >= threshold).tolist()
    # Alone, and as bytes, a radiograph gets the same.
    (alone,) = predictor.predict([files[3].read_bytes()])
    assert isinstance(alone, Answer)
    assert alone.uncalibrated == pytest.approx(uncalibrated[3], abs=1e-6)


def test_what_ingest_would_leave_out_gets_no_answer(tmp_path: Path) -> None:
    whole = Path("raw/01.jpg").read_bytes()
    Image.new("L", (100, 100), 128).save(tmp_path / "blank.png")
    Image.fromarray(draw(0)[:30, :30]).save(tmp_path / "tiny.png")
    sources: list[bytes | Path] = [
        tmp_path / "blank.png",
        whole,
        whole[:-900],
        b"text",
        tmp_path / "tiny.png",
    ]
    blank, answer, cut, text, tiny = Predictor.load(bundle.path("plain")).predict(sources)
    assert isinstance(answer, Answer)
    assert [blank, cut, text, tiny] == [
        Refusal("nearly uniform"), Refusal("truncated"), Refusal("not an image"),
        Refusal("too small"),
    ]  # fmt: skip


def test_a_mean_holds_each_network_once() -> None:
    described = bundle.read(bundle.path("both"))
    members = {member.folder: member for member in described.members}
    assert len(members) == len(described.members)
    assert {member.weight for member in described.members} <= {1, 2, 3}
    kept = sorted(path.name for path in (bundle.path("both") / "networks").iterdir())
    assert kept == sorted(Path(folder).name for folder in members)
    card = (bundle.path("both") / "card.md").read_text()
    assert "Not for clinical use" in card
    assert "drawn radiographs" in card
    assert "on average" not in card


def test_the_card_of_a_model_tells_the_network_served_and_the_mean_over_seeds() -> None:
    scored, card = scores.read("plain"), (bundle.path("plain") / "card.md").read_text()
    assert scored.served is not None
    assert f"Test AUROC {scored.served.test.scores['auroc']}" in card
    assert f"reach {scored.auroc} on average over 2 seeds" in card


def test_the_same_run_gives_the_same_bytes() -> None:
    files = sorted(path for path in bundle.path("both").rglob("*") if path.is_file())
    once = [path.read_bytes() for path in files]
    stage.main()
    assert [path.read_bytes() for path in files] == once
    assert "repository" not in (bundle.path("both") / "bundle.json").read_text()


def test_a_bundle_that_is_not_whole_is_refused(tmp_path: Path) -> None:
    folder = bundle.path("plain")
    weights = folder / "networks/plain-seed0/network.weights.h5"
    content = weights.read_bytes()
    weights.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    with pytest.raises(PipelineError, match=r"network.weights.h5 is not the file that was bundled"):
        Predictor.load(folder)
    weights.unlink()
    with pytest.raises(PipelineError, match=r"network.weights.h5 is missing: copy the bundle"):
        Predictor.load(folder)
    file = folder / "bundle.json"
    later = json.loads(file.read_text()) | {"format": 2}
    file.write_text(json.dumps(later))
    with pytest.raises(PipelineError, match=r"not as this version writes it, at format: .* be 1"):
        Predictor.load(folder)
    file.write_text("{")
    with pytest.raises(PipelineError, match=r"bundle.json is no JSON: .*dvc repro bundle"):
        Predictor.load(folder)
    with pytest.raises(PipelineError, match=r"bundle.json not found: run `dvc repro bundle`"):
        Predictor.load(tmp_path)


def test_files_are_scored_in_an_empty_folder(tmp_path: Path) -> None:
    elsewhere = tmp_path / "empty"
    elsewhere.mkdir()
    shutil.copytree(bundle.path("edges"), elsewhere / "edges")
    file = Path("raw/08.jpg").resolve()
    done = subprocess.run(
        [sys.executable, "-m", "serving.predict", file, "--bundle", "edges", "--to", "out.csv"],
        cwd=elsewhere,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    scored = pd.read_csv(elsewhere / "out.csv")
    (expected,) = Predictor.load(bundle.path("edges")).predict([file])
    assert isinstance(expected, Answer)
    assert scored["probability"][0] == pytest.approx(expected.probability, abs=2e-6)
