import json
from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any, get_args

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image
from ruamel.yaml import YAML

from stages.artifacts import arrays, manifest, splits
from stages.artifacts.manifest import Radiograph
from stages.artifacts.splits import PARTS, Part
from stages.console import PipelineError
from stages.imaging.decode import decode_grey
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
                boxes=((2.0, 3.0, 20.0, 15.0), (0.0, 0.0, 24.0, 30.0)) if number == 4 else (),
                dataset="synthetic",
                width=24,
                height=30 + number,
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
    path.write_bytes(b"")
    with pytest.raises(PipelineError, match=r"03\.png is empty, unlike when it was ingested"):
        list(render(radiographs, tmp_path / "raw", 16, []))
    path.unlink()
    with pytest.raises(PipelineError, match=r"03\.png is missing, unlike"):
        list(render(radiographs, tmp_path / "raw", 16, []))


def replaced(radiograph: Radiograph, content: bytes, root: Path) -> Radiograph:
    """Return the radiograph as if its file had had this content when it was ingested."""
    (root / radiograph.path).write_bytes(content)
    return replace(radiograph, sha256=sha256(content).hexdigest())


def test_a_cut_file_that_was_ingested_is_packed(
    radiographs: list[Radiograph], tmp_path: Path
) -> None:
    content = (tmp_path / "raw/03.png").read_bytes()
    cut = replaced(radiographs[3], content[: len(content) // 2], tmp_path / "raw")
    (image,) = render([cut], tmp_path / "raw", 33, [])
    there = pad(fit(pixels(3), 33), 33)[:13]
    np.testing.assert_array_equal(image[:13], there)
    assert not image[20:].any()


def test_a_file_that_never_was_a_radiograph_is_named(
    radiographs: list[Radiograph], tmp_path: Path
) -> None:
    text = replaced(radiographs[3], b"text", tmp_path / "raw")
    with pytest.raises(PipelineError, match=r"03\.png is not an image, unlike"):
        list(render([text], tmp_path / "raw", 16, []))


def test_a_large_jpeg_is_packed_as_if_decoded_whole(
    radiographs: list[Radiograph], tmp_path: Path
) -> None:
    coarse = np.random.default_rng(0).integers(0, 256, (8, 5), np.uint8)
    smooth = cv2.resize(coarse, (400, 640), interpolation=cv2.INTER_LINEAR)
    content = cv2.imencode(".jpg", smooth)[1].tobytes()
    large = replaced(radiographs[3], content, tmp_path / "raw")
    (image,) = render([large], tmp_path / "raw", 16, [])
    whole = pad(fit(decode_grey(content), 16), 16)
    assert np.abs(image - whole.astype(float)).max() <= 2


def test_boxes_are_tabulated_in_pixels_of_the_square(
    radiographs: list[Radiograph], parts: dict[str, Part]
) -> None:
    """Radiograph 4 is 34 x 24 pixels, in a square of 16 therefore 16 x 11, 2 from the left."""
    table = tabulate_parts(radiographs, parts, 16)
    assert json.loads(table["boxes"][4]) == [[2.92, 1.41, 11.17, 7.06], [2, 0, 13, 14.12]]
    assert set(table["boxes"].drop(4)) == {"[]"}


def test_a_split_of_other_radiographs_is_refused(
    radiographs: list[Radiograph], parts: dict[str, Part]
) -> None:
    with pytest.raises(
        PipelineError, match=r"differ in 1 radiographs, such as 00: run `dvc repro split`"
    ):
        tabulate_parts(radiographs[1:], parts, 16)


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
    assert [len(packed.boxes(row)) for row in range(12)] == [0] * 4 + [2] + [0] * 7
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
