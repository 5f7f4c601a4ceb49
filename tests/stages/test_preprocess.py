from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from ruamel.yaml import YAML

from fracture.artifacts import arrays, manifest, splits
from fracture.artifacts.manifest import Radiograph
from fracture.artifacts.splits import PARTS, Part
from fracture.console import PipelineError
from fracture.imaging.letterbox import fit, pad
from fracture.imaging.variant import canny
from stages.preprocess import main
from tests.radiograph_files import EDGES, lay_out, pixels


@pytest.fixture
def radiographs(tmp_path: Path) -> list[Radiograph]:
    return lay_out(tmp_path / "raw")


@pytest.fixture
def parts(radiographs: list[Radiograph]) -> dict[str, Part]:
    return {r.id: PARTS[max(0, n - 9)] for n, r in enumerate(radiographs)}


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
    models = parameters["models"]
    models["channels"] = models["deepconvnet"] | {"variant": "canny_channels"}
    parameters |= {"run": ["deepconvnet", "deepconvnet_canny", "channels"], "model": "deepconvnet"}
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
        f"12 radiographs of 16 x 16 pixels; samples: plots/preprocess/{name}/samples.png"
        in capsys.readouterr().out
    )
    with Image.open(f"plots/preprocess/{name}/samples.png") as picture:
        assert picture.width > 500


@pytest.mark.usefixtures("project")
def test_a_variant_with_channels_packs_and_shows_each_of_them() -> None:
    main("canny_channels")
    packed = arrays.read(arrays.path("canny_channels"))
    assert packed.images.shape == (12, 16, 16, 3)
    main("plain")
    plain = arrays.read(arrays.path("plain"))
    np.testing.assert_array_equal(packed.images[..., :2], np.repeat(plain.images, 2, axis=-1))
    assert set(np.unique(packed.images[..., 2])) == {0, 255}
    with Image.open(arrays.picture("canny_channels")) as picture:
        assert picture.width > 500


@pytest.mark.usefixtures("project")
def test_the_same_input_gives_the_same_bytes() -> None:
    paths = [arrays.path("plain"), Path("plots/preprocess/plain/samples.png")]
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
        PipelineError, match="the variant is 'sharpened'; expected one of: plain, canny"
    ):
        main("sharpened")
    assert not arrays.path("sharpened").exists()


@pytest.mark.usefixtures("project")
def test_a_variant_of_no_model_of_the_run_leaves_notes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stages.preprocess.variants_of", lambda _: ["plain"])
    main("canny")
    # DVC warns of what is empty, for each stage that looks at it.
    assert arrays.path("canny").read_text().startswith("No part of the last run")
    assert [file.name for file in arrays.picture("canny").parent.iterdir()] == [
        "not_in_this_run.txt"
    ]
