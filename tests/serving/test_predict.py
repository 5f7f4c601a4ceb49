"""Single files, with a network of Keras' own."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pandas as pd
import pytest
from PIL import Image
from scipy.special import expit, logit

from fracture.artifacts import network as networks
from fracture.console import PipelineError
from fracture.inference.anywhere import find_files
from serving.predict import arguments, main
from tests.dicom_files import content, dataset
from tests.inference.external.examples import pixels, save

ROOT = Path(__file__).parents[2]


@pytest.fixture
def network(project: dict[str, Any]) -> None:
    """Leave networks whose probability is the mean grey level."""
    radiograph = keras.Input((16, 16, 1))
    mean = keras.layers.GlobalAveragePooling2D()(keras.layers.Rescaling(1 / 255)(radiograph))
    for name in project["models"]:
        for seed in (0, 7):
            networks.write(keras.Model(radiograph, mean), networks.path(name, seed))


def level(image: np.ndarray) -> float:
    return float(image.mean() / 255)


@pytest.mark.usefixtures("network")
def test_each_file_gets_a_calibrated_probability_and_a_call_at_each_point(
    capsys: pytest.CaptureFixture[str],
) -> None:
    files = [save(Path("in/a.png"), 200, 0), save(Path("in/deeper/b.png"), 100, 1)]
    dark = save(Path("dark.png"), 40, 2)
    main([Path("in"), dark], None, Path("out/predictions.csv"))
    table = pd.read_csv("out/predictions.csv")
    assert list(table) == [
        "file", "model", "probability", "call_balanced", "call_sensitive", "note",
    ]  # fmt: skip
    assert list(table["file"]) == [str(file) for file in [*files, dark]]
    means = np.array([level(pixels(*given)) for given in ((200, 0), (100, 1), (40, 2))])
    np.testing.assert_allclose(table["probability"], expit(logit(means) / 2), atol=2e-3)
    yes, no = "fractured", "not fractured"
    assert list(table["call_balanced"]) == [yes, no, no]
    assert list(table["call_sensitive"]) == [yes, yes, no]
    assert set(table["note"]) == {"not for clinical use"}
    printed = capsys.readouterr().out
    assert printed.split("\n")[0].split() == ["file", "probability", "balanced", "sensitive"]
    assert "small, trained on synthetic (drawn radiographs: says nothing" in printed
    assert "Not for clinical use." in printed


@pytest.mark.usefixtures("both", "network")
def test_an_ensemble_scores_files_too(capsys: pytest.CaptureFixture[str]) -> None:
    files = [save(Path("a.png"), 200, 0), save(Path("b.png"), 100, 1), Path("absent.png")]
    for name in ("small", "edges", "both"):
        main(files, name, Path(f"{name}.csv"))
    small, edges, both = (
        logit(pd.read_csv(f"{name}.csv")["probability"]) for name in ("small", "edges", "both")
    )
    np.testing.assert_allclose(both, (2 * small + edges) / 3, atol=1e-4)
    assert "both, trained on synthetic" in capsys.readouterr().out


@pytest.mark.usefixtures("network")
def test_what_cannot_be_read_is_named_and_stops_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    good = save(Path("in/a.png"), 200, 0)
    Path("in/cut.png").write_bytes(good.read_bytes()[:-300])
    Path("in/notes.txt").write_text("no image")
    Path("in/scan").write_bytes(content(dataset(pixels(100, 3), 8)))
    main([Path("in"), Path("absent.png")], "edges", None)
    output = capsys.readouterr()
    for line in (
        "not scored, truncated: in/cut.png",
        "not scored, not an image: in/notes.txt",
        "not scored, missing: absent.png",
    ):
        assert line in output.err
    assert [line.split()[0] for line in output.out.splitlines()[1:3]] == ["in/a.png", "in/scan"]
    assert "edges, trained on" in output.out


@pytest.mark.usefixtures("network")
def test_nothing_to_score_is_an_error(tmp_path: Path) -> None:
    Path("notes.txt").write_text("no image")
    with pytest.raises(PipelineError, match="none of 1 files could be read as a radiograph"):
        main([Path("notes.txt")], None, tmp_path / "out.csv")
    assert not (tmp_path / "out.csv").exists()
    Path("bare").mkdir()
    with pytest.raises(PipelineError, match="no file in bare: name radiographs or folders"):
        main([Path("bare")], None, None)


@pytest.mark.usefixtures("project")
def test_an_unknown_model() -> None:
    with pytest.raises(PipelineError, match="the model is 'large'; expected one of: small, edges"):
        main([Path("a.png")], "large", None)


def test_folders_are_searched_without_what_is_hidden(tmp_path: Path) -> None:
    for name in ("b/c.png", "a.dcm", ".hidden/d.png", ".DS_Store", "b/noend"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    twice = tmp_path / "a.dcm"
    found = find_files([twice, tmp_path, tmp_path / "absent"])
    names = [str(file.relative_to(tmp_path)) for file in found]
    assert names == ["a.dcm", "b/c.png", "b/noend", "absent"]


def test_help_shows_an_example(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["files", "--help"])
    with pytest.raises(SystemExit, match=r"^0$"):
        arguments()
    shown = capsys.readouterr().out
    assert "python -m serving.predict knee.png hand.dcm" in shown
    assert "Not for clinical use" in shown


def test_a_mistake_is_one_line(tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "serving.predict", "a.png"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 1
    assert run.stderr == "error: params.yaml not found: run from the folder that holds dvc.yaml\n"


@pytest.mark.usefixtures("network")
def test_a_file_is_rendered_as_in_training(capsys: pytest.CaptureFixture[str]) -> None:
    """The variant of `edges` blends edges in: noise becomes brighter or darker, never the same."""
    Image.fromarray(pixels(100, 0)).save("a.png")
    main([Path("a.png")], "small", Path("plain.csv"))
    main([Path("a.png")], "edges", Path("edges.csv"))
    plain, edges = (pd.read_csv(name)["probability"][0] for name in ("plain.csv", "edges.csv"))
    assert abs(plain - edges) > 0.01
    capsys.readouterr()
