"""The command that scores files, on a bundle whose network says how bright a radiograph is."""

import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pandas as pd
import pytest
from scipy.special import expit, logit

from fracture.artifacts import bundle as bundles
from fracture.artifacts import network as networks
from fracture.artifacts.atomic import write_json
from fracture.artifacts.bundle import Bundle, BundledNetwork, Provenance
from fracture.console import PipelineError
from fracture.params.radiographs import Ingest
from serving.predict import arguments, find_files, main
from tests.dicom_files import content, dataset
from tests.inference.external.examples import pixels, save

ROOT = Path(__file__).parents[2]


def seal(folder: Path, system: str, rules: dict[str, Any]) -> Path:
    """Write a bundle whose probability is the mean grey level, at temperature 2."""
    radiograph = keras.Input((16, 16, 1))
    mean = keras.layers.GlobalAveragePooling2D()(keras.layers.Rescaling(1 / 255)(radiograph))
    networks.write(keras.Model(radiograph, mean), folder / "networks/one-seed0")
    digests = {
        name: sha256((folder / "networks/one-seed0" / name).read_bytes()).hexdigest()
        for name in networks.FILES
    }
    member = BundledNetwork(
        folder="networks/one-seed0", weight=1, size=16, steps=(), mirror=False, batch_size=4,
        sha256=digests,
    )  # fmt: skip
    bundle = Bundle(
        format=1,
        system=system,
        classes=("not fractured", "fractured"),
        members=[member],
        temperature=2.0,
        thresholds={"balanced": 0.5, "sensitive": 0.3},
        headline="balanced",
        admitted=Ingest.model_validate(rules),
        dataset=Provenance(name="synthetic", synthetic=True, sha256={}),
        versions={},
    )
    bundles.write(bundle, folder)
    return folder


@pytest.fixture
def sealed(parameters: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return seal(bundles.path("small"), "small", parameters["ingest"])


def test_each_file_gets_a_calibrated_probability_and_a_call_at_each_point(
    sealed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = [save(Path("in/a.png"), 200, 0), save(Path("in/deeper/b.png"), 100, 1)]
    dark = save(Path("dark.png"), 40, 2)
    main([Path("in"), dark], sealed, Path("out/predictions.csv"))
    table = pd.read_csv("out/predictions.csv")
    assert list(table) == [
        "file", "model", "probability", "call_balanced", "call_sensitive", "note",
    ]  # fmt: skip
    assert list(table["file"]) == [str(file) for file in [*files, dark]]
    means = np.array([pixels(*given).mean() / 255 for given in ((200, 0), (100, 1), (40, 2))])
    np.testing.assert_allclose(table["probability"], expit(logit(means) / 2), atol=2e-3)
    yes, no = "fractured", "not fractured"
    assert list(table["call_balanced"]) == [yes, no, no]
    assert list(table["call_sensitive"]) == [yes, yes, no]
    assert set(table["note"]) == {"not for clinical use"}
    printed = capsys.readouterr().out
    assert printed.split("\n")[0].split() == ["file", "probability", "balanced", "sensitive"]
    assert "small, trained on synthetic (drawn radiographs: says nothing" in printed
    assert "Not for clinical use." in printed


def test_what_cannot_be_read_is_named_and_stops_nothing(
    sealed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good = save(Path("in/a.png"), 200, 0)
    Path("in/cut.png").write_bytes(good.read_bytes()[:-300])
    Path("in/notes.txt").write_text("no image")
    Path("in/scan").write_bytes(content(dataset(pixels(100, 3), 8)))
    main([Path("in"), Path("absent.png")], sealed, None)
    output = capsys.readouterr()
    for line in (
        "not scored, truncated: in/cut.png",
        "not scored, not an image: in/notes.txt",
        "not scored, missing: absent.png",
    ):
        assert line in output.err
    assert [line.split()[0] for line in output.out.splitlines()[1:3]] == ["in/a.png", "in/scan"]


def test_nothing_to_score_is_an_error(sealed: Path) -> None:
    Path("notes.txt").write_text("no image")
    with pytest.raises(PipelineError, match="none of 1 files could be read as a radiograph"):
        main([Path("notes.txt")], sealed, Path("out.csv"))
    assert not Path("out.csv").exists()
    Path("bare").mkdir()
    with pytest.raises(PipelineError, match="no file in bare: name radiographs or folders"):
        main([Path("bare")], sealed, None)


def test_the_only_bundle_or_the_headlines_is_taken(
    parameters: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(PipelineError, match=r"no bundle in data/bundles: .*dvc repro bundle"):
        bundles.find()
    small = seal(bundles.path("small"), "small", parameters["ingest"])
    assert bundles.find() == bundles.find("small") == small
    large = seal(bundles.path("large"), "large", parameters["ingest"])
    with pytest.raises(PipelineError, match="it holds: large, small: name one with --system"):
        bundles.find()
    write_json(Path("metrics/summary.json"), {"model": "large"})
    assert bundles.find() == large
    write_json(Path("metrics/summary.json"), {"model": "best"})
    with pytest.raises(PipelineError, match="holds no bundle of best; it holds: large, small"):
        bundles.find()
    with pytest.raises(PipelineError, match="holds no bundle of other"):
        bundles.find("other")


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
    monkeypatch.setattr(sys, "argv", ["predict", "--help"])
    with pytest.raises(SystemExit, match=r"^0$"):
        arguments()
    printed = capsys.readouterr().out
    assert "python -m serving.predict knee.png hand.dcm" in printed
    assert "Not for clinical use" in printed


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
    assert run.stderr == (
        "error: no bundle in data/bundles: make one with `dvc repro bundle`, or name the folder of "
        "one with --bundle\n"
    )
