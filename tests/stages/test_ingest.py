"""The stage as a whole, on drawn radiographs and on a small FracAtlas with a flaw of each kind."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from ruamel.yaml import YAML

from fracture.artifacts import duplicates, left_out, manifest
from fracture.artifacts.duplicates import Pair
from fracture.artifacts.left_out import LeftOut
from fracture.console import PipelineError
from stages.ingest import main
from tests.datasets.test_fracatlas import lay_out

INTACT, BROKEN = "0,1,0,0,0,0,0,0,0,1,0,0", "1,0,0,0,0,0,0,1,1,1,0,0"
ROWS = {
    "IMG1.jpg": BROKEN,
    "IMG2.jpg": INTACT,
    "IMG3.jpg": INTACT,  # truncated
    "IMG4.jpg": BROKEN,  # the same as 5, which is intact
    "IMG5.jpg": INTACT,
    "IMG6.jpg": INTACT,  # the same as 2
    "IMG7.jpg": INTACT,  # stands among the fractured
    "IMG8.jpg": INTACT,  # no file
}


def draw_files(root: Path) -> None:
    folders = {name: "Fractured" if ROWS[name] == BROKEN else "Non_fractured" for name in ROWS}
    folders["IMG7.jpg"] = "Fractured"
    del folders["IMG8.jpg"]
    lay_out(root, ROWS, [])
    pictures = {"IMG5.jpg": 4, "IMG6.jpg": 2}
    for name, folder in folders.items():
        random = np.random.default_rng(pictures.get(name, int(name[3])))
        pixels = random.integers(0, 256, (80, 70), np.uint8)
        Image.fromarray(pixels).save(root / "images" / folder / name)
    truncated = root / "images/Non_fractured/IMG3.jpg"
    truncated.write_bytes(truncated.read_bytes()[:-900])


@pytest.fixture
def project(parameters: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with params.yaml for a small FracAtlas beside it."""
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    monkeypatch.delenv("DVC_ROOT", raising=False)
    parameters["dataset"] = "fracatlas"
    parameters["datasets"]["fracatlas"]["root"] = "data/raw/FracAtlas"
    YAML().dump(parameters, Path("params.yaml"))
    return tmp_path / "work"


def test_every_radiograph_is_kept_or_named(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "data/raw/synthetic").mkdir(parents=True)
    (project / "data/raw/synthetic/index.csv").touch()
    draw_files(project / "data/raw/FracAtlas")
    main()
    opposite = "the same exposure carries opposite labels"
    disagree = "class folder and dataset.csv disagree on the label"
    assert [(r.id, r.group, r.fractured) for r in manifest.read()] == [
        ("IMG1", "IMG1", True),
        ("IMG2", "IMG2", False),
        ("IMG6", "IMG2", False),
    ]
    intact = "images/Non_fractured"
    assert [one for one in left_out.read() if one.id != "IMG7"] == [
        LeftOut("IMG3", "truncated", f"{intact}/IMG3.jpg", "not_fractured"),
        LeftOut("IMG4", opposite, "images/Fractured/IMG4.jpg", "fractured"),
        LeftOut("IMG5", opposite, f"{intact}/IMG5.jpg", "not_fractured"),
        LeftOut("IMG8", "missing"),
    ]
    assert {one.id: one.reason for one in left_out.read()}["IMG7"] == disagree
    assert duplicates.read() == [Pair("IMG2", "IMG6", "bytes"), Pair("IMG4", "IMG5", "bytes")]
    assert [file.name for file in Path("data/raw/synthetic").iterdir()] == ["not_in_this_run.txt"]
    assert capsys.readouterr().out == (
        f"fracatlas: 8 found, 5 left out (1 {disagree}, 1 missing, 2 {opposite}, 1 truncated), "
        "3 kept, 1 of them fractured, in 2 groups that a split must keep whole\n"
    )


def test_a_temporary_copy_reads_the_repository(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw_files(tmp_path / "repository/data/raw/FracAtlas")
    monkeypatch.setenv("DVC_ROOT", str(tmp_path / "repository"))
    main()
    assert len(manifest.read()) == 3
    assert (project / "data/raw/synthetic").is_dir()


@pytest.mark.parametrize(
    ("fracatlas_files", "message"),
    [
        ((), "no folder data/raw/FracAtlas"),
        (
            ("Non_fractured/IMG2.jpg",),
            (
                r"fracatlas: of 3 files 3 are left out \(2 missing, 1 empty\); what is kept holds "
                "no radiograph that is not fractured or fractured, expected both classes: mend"
            ),
        ),
    ],
)
def test_a_refusal_writes_nothing(
    project: Path, fracatlas_files: Sequence[str], message: str
) -> None:
    if fracatlas_files:
        lay_out(project / "data/raw/FracAtlas", files=fracatlas_files)
    with pytest.raises(PipelineError, match=message):
        main()
    assert not manifest.PATH.exists()
    assert not left_out.PATH.exists()
    assert not duplicates.PATH.exists()


def test_drawn_radiographs_go_the_same_way(parameters: dict[str, Any], project: Path) -> None:
    parameters["dataset"] = "synthetic"
    parameters["datasets"]["synthetic"] |= {"patients": 20, "duplicate_rate": 0.1}
    YAML().dump(parameters, Path("params.yaml"))
    main()
    kept = manifest.read()
    tied = duplicates.read()
    assert {pair.kind for pair in tied} == {"bytes", "pixels"}
    assert left_out.read() == []
    assert len({one.group for one in kept}) == len({one.patient for one in kept}) - len(tied)
    assert (project / "data/raw/synthetic").is_dir()
