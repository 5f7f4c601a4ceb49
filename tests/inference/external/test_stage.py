"""The stage as a whole; the networks are stand-ins."""

import shutil
import subprocess
import sys
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from ruamel.yaml import YAML
from scipy.special import expit, logit

from fracture.artifacts import external, manifest, network, scores, systems, trained
from fracture.artifacts.manifest import Radiograph
from fracture.artifacts.trained import TargetRow
from fracture.console import PipelineError
from fracture.imaging.variant import render
from fracture.inference import external as score
from fracture.inference import predictor
from fracture.inference.predictor import predict_systems
from fracture.systems.formula import Leaf
from stages.external import main
from tests.inference.external import examples
from tests.inference.external.examples import Brightness, lay_out, save
from tests.run_files import leave_systems, make_trained

ROOT = Path(__file__).parents[3]
FILES = [
    Path("metrics/external.json"),
    Path("plots/external/external.md"),
    Path("plots/external/external.png"),
]


@pytest.mark.usefixtures("project")
def test_every_model_is_scored_as_validation_left_it(
    brightness: list[Path], capsys: pytest.CaptureFixture[str]
) -> None:
    main()
    (only,) = external.read()
    assert (only.name, only.dataset, only.trained_on) == ("hospital", "class_folders", "synthetic")
    assert (only.found, only.left_out, only.synthetic) == (8, {}, False)
    assert list(only.parts) == list(only.drop) == ["small", "edges"]
    small = only.parts["small"]
    assert (small.n, small.positives, small.groups) == (8, 4, 8)
    assert small.scores["auroc"].value == 13 / 16
    home = scores.read("small").auroc.value
    assert home is not None
    assert only.drop["small"].value == pytest.approx(home - 13 / 16, abs=1e-6)
    assert small.points["balanced"].confusion.model_dump() == {"tn": 3, "fp": 1, "fn": 1, "tp": 3}
    assert list(small.points) == list(examples.THRESHOLDS)
    assert brightness == [Path("data/models/small/seed0"), Path("data/models/edges/seed0")]
    assert "hospital: 8 radiographs, 0 left out: n = 8, 4 fractured" in capsys.readouterr().out


@pytest.mark.usefixtures("both")
def test_an_ensemble_pools_the_networks_of_its_members(
    brightness: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each is Brightness: what they say together differs by the variant alone."""
    said: dict[str, Any] = {}

    def kept(*given: Any) -> Any:
        said.update(predict_systems(*given))
        return said

    monkeypatch.setattr(score, "predict_systems", kept)
    main()
    (only,) = external.read()
    assert list(only.parts) == list(only.drop) == ["small", "edges", "both"]
    assert only.parts["both"].n == 8
    folders = [
        Path(f"data/models/{name}/seed{seed}") for name in ("edges", "small") for seed in (0, 7)
    ]
    assert sorted(brightness) == folders  # each network looks once
    assert (said["small"] != said["edges"]).any()
    mean = expit((2 * logit(said["small"]) + logit(said["edges"])) / 3)
    np.testing.assert_allclose(said["both"], mean, rtol=1e-8)


@pytest.mark.usefixtures("project", "brightness")
def test_a_system_of_another_target_is_scored_where_the_data_set_knows_its_classes() -> None:
    """`edges` says which view it is: no radiograph there has one."""
    made = systems.read()
    view = TargetRow(name="view", column="view", classes=["frontal", "lateral"])
    target = Leaf(network="edges/seed0", target="view")
    edges = made["edges"].model_copy(update={"target": view, "formula": target})
    systems.write([made["small"], edges], systems.FOLDER)
    trained.write(make_trained().model_copy(update={"targets": [view]}), network.folder("edges"))
    main()
    (only,) = external.read()
    assert list(only.parts) == ["small"]
    assert only.passed_over == {"edges": "no radiograph there has one of its classes"}
    assert "Not scored: edges (no radiograph there has one of its classes)." in FILES[1].read_text()


@pytest.mark.usefixtures("project", "brightness")
def test_what_is_told_the_truth_is_not_scored() -> None:
    made = systems.read()
    oracle = made["small"].model_copy(update={"name": "oracle", "ranked": False})
    systems.write([*made.values(), oracle], systems.FOLDER)
    main()
    assert list(external.read()[0].parts) == ["small", "edges"]


@pytest.mark.usefixtures("project", "brightness")
def test_the_same_bytes_each_time() -> None:
    main()
    once = [file.read_bytes() for file in FILES]
    main()
    assert [file.read_bytes() for file in FILES] == once


@pytest.mark.usefixtures("brightness")
def test_what_was_seen_cannot_be_read_or_comes_twice_is_left_out(project: dict[str, Any]) -> None:
    root = Path(project["external"]["hospital"]["root"])
    seen = save(root / "fractured/seen.png", 150, 100)
    save(root / "normal/turned.png", 150, 101)
    with Image.open(root / "normal/turned.png") as image:
        image.save(root / "normal/turned.bmp")
    (root / "normal/turned.png").unlink()
    shutil.copy(root / "normal/0.png", root / "normal/again.png")
    (root / "normal/broken.png").write_bytes(seen.read_bytes()[:-300])
    (root / "normal/text.png").write_text("no image")
    pixels = b"64 x 64 " + examples.pixels(150, 101).tobytes()
    known = Radiograph("a", "a.png", fractured=True, body_part="hand")
    manifest.write(
        [
            replace(known, sha256=sha256(seen.read_bytes()).hexdigest()),
            replace(known, id="b", pixels_sha256=sha256(pixels).hexdigest()),
        ]
    )
    main()
    (only,) = external.read()
    assert only.found == 13
    assert only.left_out == {
        "not an image": 1,
        "seen in training data": 2,
        "the same pixels as another": 1,
        "truncated": 1,
    }
    assert only.parts["small"].n == 8


@pytest.mark.usefixtures("brightness")
def test_each_radiograph_is_decoded_once_for_all_networks(
    project: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    project["models"] |= {"small_too": project["models"]["small"]}
    project["run"] = [*project["models"]]
    YAML().dump(project, Path("params.yaml"))
    leave_systems(dict.fromkeys(project["models"], examples.table()))
    scores.write(examples.scores("small_too"), scores.path("small_too"))
    trained.write(make_trained(), network.folder("small_too"))
    views = []

    def counted(*given: Any) -> Any:
        views.extend(given[2])
        return render(*given)

    monkeypatch.setattr(predictor, "render", counted)
    main()
    assert [(view.size, len(view.steps)) for view in views] == [(16, 0), (16, 1)]
    parts = external.read()[0].parts
    assert parts["small_too"] == parts["small"] != parts["edges"]


@pytest.mark.usefixtures("project", "brightness")
def test_radiographs_are_as_large_as_the_network_wants(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the recipe says now: Brightness refuses another size."""
    monkeypatch.setattr(network, "read", lambda _: Brightness(40))
    monkeypatch.setattr(network, "input_size", lambda _: 40)
    main()
    assert external.read()[0].parts["small"].scores["auroc"].value == 13 / 16


@pytest.mark.usefixtures("brightness")
def test_one_class_alone_is_told(project: dict[str, Any]) -> None:
    shutil.rmtree(Path(project["external"]["hospital"]["root"], "normal"))
    main()
    (only,) = external.read()
    small = only.parts["small"]
    assert small.scores["auroc"].value is only.drop["small"].value is only.drop["small"].low is None
    assert small.points["balanced"].scores["sensitivity"].value == 0.75
    assert small.points["balanced"].scores["specificity"].value is None
    assert "one class only" in FILES[1].read_text()


@pytest.mark.usefixtures("brightness")
def test_nothing_left_to_score(project: dict[str, Any], brightness: list[Path]) -> None:
    for image in Path(project["external"]["hospital"]["root"]).rglob("*.png"):
        image.write_bytes(b"")
    main()
    (only,) = external.read()
    assert only.left_out == {"empty": 8}
    assert (only.parts, only.drop) == ({}, {})
    assert brightness == []
    assert "8 radiographs, 8 left out (8 empty): none is left to score" in FILES[1].read_text()


@pytest.mark.usefixtures("brightness")
def test_two_data_sets_stand_in_the_order_of_the_parameters(
    project: dict[str, Any], tmp_path: Path
) -> None:
    clinic = lay_out(tmp_path / "clinic", {"fractured/1.png": 200, "normal/1.png": 50})
    project["external"]["clinic"] = {"dataset": "class_folders", "root": str(clinic)}
    YAML().dump(project, Path("params.yaml"))
    main()
    assert [one.name for one in external.read()] == ["hospital", "clinic"]
    text = FILES[1].read_text()
    assert text.index("## hospital") < text.index("## clinic")


@pytest.mark.usefixtures("project")
def test_scores_of_another_data_set_are_refused() -> None:
    scores.write(examples.scores("edges", "fracatlas"), scores.path("edges"))
    with pytest.raises(
        PipelineError, match=r"edges\.json is of fracatlas, but dataset is synthetic: run `dvc"
    ):
        main()
    assert not any(file.exists() for file in FILES)


@pytest.mark.usefixtures("both", "brightness")
def test_what_is_missing_of_an_ensemble_names_the_command_that_makes_it() -> None:
    scores.write(examples.scores("both", "fracatlas"), scores.path("both"))
    with pytest.raises(PipelineError, match=r"both\.json is of fracatlas.*dvc repro evaluate`"):
        main()
    scores.path("both").unlink()
    with pytest.raises(PipelineError, match=r"both\.json not found.*dvc repro evaluate`"):
        main()


@pytest.mark.parametrize("entries", [{}])
@pytest.mark.usefixtures("project")
def test_no_data_set_needs_neither_keras_nor_what_the_other_stages_leave() -> None:
    for folder in ("data", "metrics"):
        shutil.rmtree(folder)
    code = (
        "import sys; from stages.external import main; main();"
        "print(sorted({'keras', 'tensorflow', 'jax', 'torch', 'sklearn'} & set(sys.modules)))"
    )
    run = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.splitlines()[-1] == "[]"
    assert external.read() == []
    assert "external:\n  other_hospital: {dataset: class_folders, root:" in FILES[1].read_text()
    with Image.open(FILES[2]) as picture:
        assert picture.height < 200
