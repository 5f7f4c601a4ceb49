from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import get_args

import cv2
import numpy as np
import pytest
from PIL import Image

from fracture.artifacts.manifest import Radiograph
from fracture.console import PipelineError
from fracture.imaging.canny import canny
from fracture.imaging.decode import decode_grey
from fracture.imaging.letterbox import fit, pad
from fracture.imaging.variant import STEPS, View, render
from fracture.params.radiographs import Canny
from tests.radiograph_files import EDGES, lay_out, pixels


@pytest.fixture
def radiographs(tmp_path: Path) -> list[Radiograph]:
    return lay_out(tmp_path / "raw")


def test_every_step_that_params_allow_has_a_function() -> None:
    assert set(get_args(Canny.model_fields["step"].annotation)) == STEPS.keys()


@pytest.mark.parametrize("steps", [[], [EDGES], [EDGES, EDGES]])
def test_steps_follow_one_another_before_the_padding(
    radiographs: list[Radiograph], tmp_path: Path, steps: Sequence[Canny]
) -> None:
    rendered = [
        image for (image,) in render(radiographs, tmp_path / "raw", [View(16, tuple(steps))])
    ]
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
        list(render(radiographs, tmp_path / "raw", [View(16, ())]))
    path.write_bytes(b"")
    with pytest.raises(PipelineError, match=r"03\.png is empty, unlike when it was ingested"):
        list(render(radiographs, tmp_path / "raw", [View(16, ())]))
    path.unlink()
    with pytest.raises(PipelineError, match=r"03\.png is missing, unlike"):
        list(render(radiographs, tmp_path / "raw", [View(16, ())]))


def replaced(radiograph: Radiograph, content: bytes, root: Path) -> Radiograph:
    """Return the radiograph as if its file had had this content when it was ingested."""
    (root / radiograph.path).write_bytes(content)
    return replace(radiograph, sha256=sha256(content).hexdigest())


def test_a_cut_file_that_was_ingested_is_packed(
    radiographs: list[Radiograph], tmp_path: Path
) -> None:
    content = (tmp_path / "raw/03.png").read_bytes()
    cut = replaced(radiographs[3], content[: len(content) // 2], tmp_path / "raw")
    ((image,),) = render([cut], tmp_path / "raw", [View(33, ())])
    there = pad(fit(pixels(3), 33), 33)[:13]
    np.testing.assert_array_equal(image[:13], there)
    assert not image[20:].any()


def test_a_file_that_never_was_a_radiograph_is_named(
    radiographs: list[Radiograph], tmp_path: Path
) -> None:
    text = replaced(radiographs[3], b"text", tmp_path / "raw")
    with pytest.raises(PipelineError, match=r"03\.png is not an image, unlike"):
        list(render([text], tmp_path / "raw", [View(16, ())]))


def test_a_large_jpeg_is_packed_as_if_decoded_whole(
    radiographs: list[Radiograph], tmp_path: Path
) -> None:
    coarse = np.random.default_rng(0).integers(0, 256, (8, 5), np.uint8)
    smooth = cv2.resize(coarse, (400, 640), interpolation=cv2.INTER_LINEAR)
    content = cv2.imencode(".jpg", smooth)[1].tobytes()
    large = replaced(radiographs[3], content, tmp_path / "raw")
    ((image,),) = render([large], tmp_path / "raw", [View(16, ())])
    whole = pad(fit(decode_grey(content), 16), 16)
    assert np.abs(image - whole.astype(float)).max() <= 2
