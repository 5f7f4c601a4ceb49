"""The command that scores files, on a bundle whose network says how bright a radiograph is."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from scipy.special import expit, logit

from fracture.artifacts import bundle as bundles
from fracture.artifacts.atomic import write_json
from fracture.artifacts.bundle import Likeness, Provenance
from fracture.artifacts.unsure import Unsure
from fracture.console import PipelineError
from fracture.systems.formula import Route
from serving.answers import WARNING
from serving.predict import Outputs, arguments, as_text, digits, find_files, main
from tests.dicom_files import content, dataset
from tests.inference.external.examples import pixels, save
from tests.serving.sealing import FRACTURED, PART, PARTS, seal

ROOT = Path(__file__).parents[2]


@pytest.fixture
def sealed(parameters: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return seal(bundles.path("small"), "small", parameters["ingest"])


def test_each_file_gets_a_calibrated_probability_and_a_call_at_each_point(
    sealed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = [save(Path("in/a.png"), 200, 0), save(Path("in/deeper/b.png"), 100, 1)]
    dark = save(Path("dark.png"), 40, 2)
    main([Path("in"), dark], sealed, Outputs(Path("out/predictions.csv")))
    table = pd.read_csv("out/predictions.csv")
    assert list(table) == [
        "file", "model", "probability", "verdict", "call_balanced", "call_sensitive", "note",
    ]  # fmt: skip
    assert list(table["file"]) == [str(file) for file in [*files, dark]]
    means = np.array([pixels(*given).mean() / 255 for given in ((200, 0), (100, 1), (40, 2))])
    np.testing.assert_allclose(table["probability"], expit(logit(means) / 2), atol=2e-3)
    yes, no = "fractured", "not fractured"
    assert list(table["call_balanced"]) == [yes, no, no]
    assert list(table["call_sensitive"]) == [yes, yes, no]
    assert set(table["note"]) == {"not for clinical use"}
    printed = capsys.readouterr().out
    # 0.3 before temperature scaling is 1 / (1 + sqrt(7 / 3)) = 0.3956 after it.
    headers = ["file", "probability", "balanced (from 0.500)", "sensitive (from 0.396)"]
    assert re.split(r"  +", printed.split("\n")[0]) == headers
    assert "small, trained on synthetic (drawn radiographs: says nothing" in printed
    assert "Not for clinical use." in printed


@pytest.mark.parametrize(
    ("probabilities", "thresholds", "expected"),
    [
        ([0.2, 0.9], [0.5], 3),
        ([0.5, 0.9], [0.5], 3),  # the threshold itself is called, and reads so
        ([0.4996, 0.9], [0.5], 4),
        ([0.50003, 0.9], [0.5, 0.95], 5),
        ([0.5 - 1e-9], [0.5], 6),
        ([0.3], [], 3),
    ],
)
def test_as_many_digits_as_tell_a_probability_from_a_threshold(
    probabilities: list[float], thresholds: list[float], expected: int
) -> None:
    assert digits(probabilities, thresholds) == expected


def test_what_looks_unlike_the_training_gets_a_note_beside_its_probability(
    parameters: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Near is what is bright: of the properties the mean alone counts. All others are unsure."""
    precision = [[float(row == column == 0) for column in range(8)] for row in range(8)]
    likeness = Likeness(centre=[200, *[0] * 7], precision=precision, limit=50)
    dataset = Provenance(name="synthetic", synthetic=True, bits=0, likeness=likeness, sha256={})
    unsure = Unsure(missed=0.05, false_alarms=0.1, low=0.5, high=0.5)
    folder = seal(
        tmp_path / "bundle", "small", parameters["ingest"], dataset=dataset, unsure=unsure
    )
    bright, dark = save(tmp_path / "bright.png", 200, 0), save(tmp_path / "dark.png", 40, 2)
    main([bright, dark], folder, Outputs(tmp_path / "out.csv"))
    written = pd.read_csv(tmp_path / "out.csv")
    notes = written["note"].tolist()
    assert written["verdict"].tolist() == ["fractured", "unsure"]
    unlike = "looks unlike the radiographs that the system was trained on"
    assert notes == ["not for clinical use", f"not for clinical use; {unlike}"]
    said = capsys.readouterr()
    assert said.err == f"note, {unlike}: {dark}\n"
    _, first, second, star, *_ = said.out.split("\n")
    assert "*" not in first
    assert re.search(r"0\.\d{3} \*  ", second)
    assert star == f"* {unlike}"


def test_a_fault_that_the_rules_keep_is_a_note(
    parameters: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rules = parameters["ingest"] | {"uniform": "keep", "smallest_side": 100}
    folder = seal(tmp_path / "bundle", "small", rules | {"tiny": "keep"})
    blank = tmp_path / "blank.png"
    Image.new("L", (64, 64), 128).save(blank)
    main([blank], folder, Outputs())
    assert capsys.readouterr().err == f"note, too small; nearly uniform: {blank}\n"


def test_between_two_thresholds_the_verdict_is_unsure(
    parameters: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    unsure = Unsure(missed=0.05, false_alarms=0.1, low=0.3, high=0.7)
    folder = seal(tmp_path / "bundle", "small", parameters["ingest"], unsure=unsure)
    for name, level in {"a": 40, "b": 120, "c": 200}.items():
        save(tmp_path / "in" / f"{name}.png", level, 0)
    main([tmp_path / "in"], folder, Outputs(tmp_path / "out.csv"))
    verdicts = pd.read_csv(tmp_path / "out.csv")["verdict"].tolist()
    assert verdicts == ["not fractured", "unsure", "fractured"]
    assert capsys.readouterr().out.split("\n")[0].split()[:3] == ["file", "probability", "verdict"]


def test_more_than_two_classes_have_a_probability_each_and_no_operating_point(
    parameters: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of the mean m the network says m/3, m/3 and 1 - 2 m/3; a temperature of 1 leaves that."""
    folder = seal(
        tmp_path / "parts", "parts", parameters["ingest"], target=PARTS, formula=PART,
        temperature=1.0, thresholds={}, headline="most probable class",
    )  # fmt: skip
    dark, bright = save(tmp_path / "a.png", 40, 2), save(tmp_path / "b.png", 200, 0)
    main([dark, bright], folder, Outputs(tmp_path / "out.csv"))
    table = pd.read_csv(tmp_path / "out.csv")
    assert list(table) == [
        "file", "model", "probability", "class", "probability_foot", "probability_hand",
        "probability_leg", "note",
    ]  # fmt: skip
    mean = pixels(40, 2).mean() / 255
    given = table[["probability_foot", "probability_hand", "probability_leg"]].iloc[0]
    np.testing.assert_allclose(given, [mean / 3, mean / 3, 1 - 2 * mean / 3], atol=2e-3)
    assert table["class"].tolist() == ["leg", "leg"]
    assert table["probability"].tolist() == table["probability_leg"].tolist()
    assert capsys.readouterr().out.split("\n")[0].split() == ["file", "probability", "class"]


def test_what_the_router_says_comes_along(parameters: dict[str, Any], tmp_path: Path) -> None:
    route = Route(
        router=PART, classes=PARTS.classes, temperature=1, to={"leg": FRACTURED},
        otherwise=FRACTURED, soft=True, least=0,
    )  # fmt: skip
    folder = seal(tmp_path / "route", "route", parameters["ingest"], formula=route)
    plain = seal(tmp_path / "plain", "plain", parameters["ingest"])
    file = save(tmp_path / "a.png", 100, 2)
    for name in (folder, plain):
        main([file], name, Outputs(tmp_path / f"{name.name}.csv"))
    table, alone = (pd.read_csv(tmp_path / f"{name}.csv") for name in ("route", "plain"))
    further = ["router", "router_foot", "router_hand", "router_leg"]
    assert [column for column in table if column not in alone] == further
    assert table["router"].tolist() == ["leg"]
    assert table[further[1:]].sum(axis=1).iloc[0] == pytest.approx(1, abs=2e-6)
    assert table["probability"].tolist() == pytest.approx(alone["probability"].tolist(), abs=2e-6)


def test_the_body_part_stands_in_the_table_with_its_probability(
    parameters: dict[str, Any], tmp_path: Path
) -> None:
    folder = seal(tmp_path / "a", "a", parameters["ingest"], body_parts=["hand", "leg"])
    row = {"probability": 0.4, "call_balanced": "fractured", "call_sensitive": "fractured"}
    shown = {"body_part": "leg", "body_part_hand": 0.25, "body_part_leg": 0.75}
    table = pd.DataFrame([{"file": "x", "model": "a", **row, **shown, "note": WARNING}])
    head, first = as_text(table, bundles.read(folder)).split("\n")
    assert head.endswith("body_part")
    assert first.endswith("leg 0.75")


def test_what_cannot_be_read_is_named_and_stops_nothing(
    sealed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good = save(Path("in/a.png"), 200, 0)
    Path("in/cut.png").write_bytes(good.read_bytes()[:-300])
    Path("in/notes.txt").write_text("no image")
    Path("in/scan").write_bytes(content(dataset(pixels(100, 3), 8)))
    main([Path("in"), Path("absent.png")], sealed, Outputs(Path("out.csv")))
    output = capsys.readouterr()
    for line in (
        "not scored, truncated: in/cut.png",
        "not scored, not an image: in/notes.txt",
        "not scored, missing: absent.png",
    ):
        assert line in output.err
    assert [line.split()[0] for line in output.out.splitlines()[1:3]] == ["in/a.png", "in/scan"]
    assert "\n3 of 5 files were not scored: see above\n" in output.out
    table = pd.read_csv("out.csv")
    names = ["in/a.png", "in/cut.png", "in/notes.txt", "in/scan", "absent.png"]
    assert table["file"].tolist() == names
    assert table["note"].tolist()[1:3] == ["not scored, truncated", "not scored, not an image"]
    assert table["probability"].isna().tolist() == [False, True, True, False, True]
    assert table["call_balanced"].isna().tolist() == [False, True, True, False, True]


def test_a_refusal_that_comes_first_leaves_the_columns_as_they_are(sealed: Path) -> None:
    good = save(Path("good.png"), 200, 0)
    main([Path("absent.png"), good], sealed, Outputs(Path("out.csv")))
    first, second = Path("out.csv").read_text().splitlines()[:2]
    assert first == "file,model,probability,verdict,call_balanced,call_sensitive,note"
    assert second == 'absent.png,small,,,,,"not scored, missing"'


def test_nothing_to_score_is_an_error(sealed: Path) -> None:
    Path("notes.txt").write_text("no image")
    with pytest.raises(PipelineError, match="none of 1 files could be read as a radiograph"):
        main([Path("notes.txt")], sealed, Outputs(Path("out.csv")))
    assert not Path("out.csv").exists()
    Path("bare").mkdir()
    with pytest.raises(PipelineError, match="no file in bare: name radiographs or folders"):
        main([Path("bare")], sealed, Outputs())


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
    assert "The exit status is 0 if at least one\nfile was scored, else 1." in printed


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
