from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any, get_args

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image
from ruamel.yaml import YAML

from stages.artifacts import arrays, manifest, splits
from stages.artifacts.manifest import Radiograph
from stages.artifacts.splits import PARTS, Part
from stages.console import PipelineError
from stages.imaging.letterbox import fit, pad
from stages.params.preprocess import Canny
from stages.preprocess.__main__ import main
from stages.preprocess.canny import canny
from stages.preprocess.variant import STEPS, render, tabulate_parts

EDGES = Canny(step="canny", blur=1.0, low=40, high=110, blend=0.5)


def pixels(number: int) -> npt.NDArray[np.uint8]:
    return np.random.default_rng(number).integers(0, 256, (30 + number, 24), np.uint8)


@pytest.fixture
def radiographs(tmp_path: Path) -> list[Radiograph]:
    """Twelve files as ingested, one of them with a name beyond ASCII."""
    made = []
    for number in range(12):
        name = f"{number:02}" + "ö" * (number == 5)
        path = tmp_path / "raw" / f"{name}.png"
        path.parent.mkdir(exist_ok=True)
        Image.fromarray(pixels(number)).save(path)
        digest = sha256(path.read_bytes()).hexdigest()
        made.append(
            Radiograph(
                name,
                path.name,
                number % 2 == 0,
                "hand",
                dataset="synthetic",
                sha256=digest,
                group=name,
            )
        )
    return made


@pytest.fixture
def parts(radiographs: list[Radiograph]) -> dict[str, Part]:
    return {r.id: PARTS[max(0, n - 9)] for n, r in enumerate(radiographs)}


def test_every_step_that_params_allow_has_a_function() -> None:
    assert set(get_args(Canny.model_fields["step"].annotation)) == STEPS.keys()


@pytest.mark.parametrize("steps", [[], [EDGES], [EDGES, EDGES]])
def test_steps_follow_one_another_before_the_padding(
    radiographs: list[Radiograph], tmp_path: Path, steps: Sequence[Canny]
) -> None:
    rendered = list(render(radiographs, tmp_path / "raw", 16, steps))
    assert len(rendered) == 12
    for number, image in enumerate(rendered):
        expected = fit(pixels(number), 16)
        for step in steps:
            expected = canny(expected, step)
        np.testing.assert_array_equal(image, pad(expected, 16))


def test_changed_and_missing_files_are_named(radiographs: list[Radiograph], tmp_path: Path) -> None:
    path = tmp_path / "raw/03.png"
    Image.fromarray(pixels(4)).save(path)
    with pytest.raises(PipelineError, match=r"03\.png has changed, .*dvc repro --force ingest"):
        list(render(radiographs, tmp_path / "raw", 16, []))
    path.write_bytes(path.read_bytes()[:300])
    with pytest.raises(PipelineError, match=r"03\.png is truncated, unlike when it was ingested"):
        list(render(radiographs, tmp_path / "raw", 16, []))
    path.unlink()
    with pytest.raises(PipelineError, match=r"03\.png is missing, unlike"):
        list(render(radiographs, tmp_path / "raw", 16, []))


def test_a_split_of_other_radiographs_is_refused(
    radiographs: list[Radiograph], parts: dict[str, Part]
) -> None:
    with pytest.raises(
        PipelineError, match=r"differ in 1 radiographs, such as 00: run `dvc repro split`"
    ):
        tabulate_parts(radiographs[1:], parts)


@pytest.fixture
def project(
    parameters: dict[str, Any],
    radiographs: list[Radiograph],
    parts: dict[str, Part],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> list[Radiograph]:
    """A working directory as the split stage leaves it."""
    monkeypatch.chdir(tmp_path)
    parameters["datasets"]["synthetic"]["root"] = "raw"
    parameters["recipes"][parameters["recipe"]]["preprocess"]["size"] = 16
    parameters["variants"]["canny"] = {"steps": [EDGES.model_dump()]}
    YAML().dump(parameters, Path("params.yaml"))
    manifest.write(radiographs)
    splits.write(parts)
    return radiographs


@pytest.mark.parametrize("name", ["plain", "canny"])
def test_the_stage_packs_every_row_beside_its_radiograph(
    project: list[Radiograph], name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    main(name)
    packed = arrays.read(arrays.path(name))
    assert packed.images.shape == (12, 16, 16, 1)
    assert list(packed.table["id"]) == [radiograph.id for radiograph in project]
    assert list(packed.table["fractured"]) == [1, 0] * 6
    assert [len(packed.rows(part)) for part in PARTS] == [10, 1, 1]
    for number in range(12):
        expected = fit(pixels(number), 16)
        if name == "canny":
            expected = canny(expected, EDGES)
        np.testing.assert_array_equal(packed.images[number, :, :, 0], pad(expected, 16))
    assert (
        f"12 radiographs of 16 x 16 pixels; samples: plots/preprocess/{name}.png"
        in capsys.readouterr().out
    )
    with Image.open(f"plots/preprocess/{name}.png") as picture:
        assert picture.width > 500


@pytest.mark.usefixtures("project")
def test_the_same_input_gives_the_same_bytes() -> None:
    paths = [arrays.path("plain"), Path("plots/preprocess/plain.png")]
    main("plain")
    once = [path.read_bytes() for path in paths]
    for path in paths:
        path.unlink()
    main("plain")
    assert [path.read_bytes() for path in paths] == once


def test_nothing_is_half_written(project: list[Radiograph]) -> None:
    Path("raw", project[-1].path).unlink()
    with pytest.raises(PipelineError, match=r"raw/11\.png is missing"):
        main("plain")
    assert not Path("plots").exists()
    assert list(Path("data/arrays").iterdir()) == []


@pytest.mark.usefixtures("project")
def test_an_unknown_variant() -> None:
    with pytest.raises(
        PipelineError, match="no 'sharpened' at variants; expected one of: plain, canny"
    ):
        main("sharpened")
    assert not arrays.path("sharpened").exists()
