import json
from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import get_args

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from fracture.artifacts.manifest import Radiograph
from fracture.artifacts.splits import PARTS, Part
from fracture.console import PipelineError
from fracture.imaging.decode import decode_grey
from fracture.imaging.letterbox import fit, pad
from fracture.imaging.variant import STEPS, View, canny, enhance, find_edges, render, tabulate_parts
from fracture.params.radiographs import Canny, CannyChannel, Clahe
from tests.radiograph_files import EDGES, lay_out, pixels


@pytest.fixture
def radiographs(tmp_path: Path) -> list[Radiograph]:
    return lay_out(tmp_path / "raw")


def test_every_step_that_params_allow_has_a_function() -> None:
    names = {
        get_args(section.model_fields["step"].annotation)[0]
        for section in (Canny, CannyChannel, Clahe)
    }
    assert names == STEPS.keys()


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
        np.testing.assert_array_equal(image, pad(expected, 16)[..., None])


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
    np.testing.assert_array_equal(image[:13, :, 0], there)
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
    assert np.abs(image[..., 0] - whole.astype(float)).max() <= 2


def step(**changes: float) -> Canny:
    return Canny.parse(
        {"step": "canny", "blur": 0.0, "low": 40, "high": 110, "blend": 1.0} | changes, "test"
    )


def square() -> npt.NDArray[np.uint8]:
    image = np.zeros((40, 40), np.uint8)
    image[10:30, 10:30] = 200
    return image


def test_edges_alone_outline_a_square() -> None:
    edges = canny(square(), step())
    assert set(np.unique(edges)) == {0, 255}
    rows, columns = np.nonzero(edges)
    from_outline = np.minimum(np.abs(rows - 9.5), np.abs(rows - 29.5))
    from_outline = np.minimum(
        from_outline, np.minimum(np.abs(columns - 9.5), np.abs(columns - 29.5))
    )
    assert from_outline.max() <= 1
    assert 70 <= len(rows) <= 80  # one pixel wide
    np.testing.assert_array_equal(edges, cv2.Canny(square(), 40, 110))


def test_no_blend_is_the_radiograph() -> None:
    np.testing.assert_array_equal(canny(square(), step(blend=0.0)), square())


def test_blend_is_a_weighted_mean_rounded() -> None:
    edges = canny(square(), step()).astype(float)
    blended = canny(square(), step(blend=0.3))
    assert blended.dtype == np.uint8
    np.testing.assert_allclose(blended, 0.7 * square() + 0.3 * edges, atol=0.5001)


def test_blur_removes_the_edges_of_noise_and_only_before_the_search() -> None:
    noisy = np.random.default_rng(0).integers(90, 130, (64, 64), np.uint8)
    assert canny(noisy, step(blur=0.0)).mean() > 20 * canny(noisy, step(blur=2.0)).mean()
    np.testing.assert_array_equal(canny(noisy, step(blur=2.0, blend=0.0)), noisy)


@pytest.mark.parametrize(("contrast", "found"), [(20, False), (60, True)])
def test_thresholds_decide_which_contrast_is_an_edge(contrast: int, found: bool) -> None:
    """Sobel's 3 x 3 operator weighs a step of c grey levels 4 c: 80 and 240."""
    image = np.full((20, 20), 50, np.uint8)
    image[:, 10:] += np.uint8(contrast)
    assert canny(image, step(low=100, high=110)).any() == found


def channel(**changes: float) -> CannyChannel:
    return CannyChannel.parse(
        {"step": "canny_channel", "blur": 0.0, "low": 40, "high": 110} | changes, "test"
    )


@pytest.mark.parametrize(("high", "found"), [(70, True), (90, False)])
def test_the_third_channel_holds_the_edges_that_pass_the_thresholds(high: int, found: bool) -> None:
    """Sobel's 3 x 3 operator weighs a step of c grey levels 4 c, here 80.

    Of the two columns beside the step, whose gradients are equal, Canny keeps the left one.
    """
    image = np.full((8, 8), 50, np.uint8)
    image[:, 4:] += 20
    view = View(8, (channel(low=60, high=high),))
    rendered = enhance(image, view)
    assert (view.channels, rendered.shape) == (3, (8, 8, 3))
    for radiograph in (0, 1):
        np.testing.assert_array_equal(rendered[..., radiograph], image)
    expected = np.zeros((8, 8), np.uint8)
    expected[:, 3] = 255 * found
    np.testing.assert_array_equal(rendered[..., 2], expected)


def test_channels_are_padded_after_the_search() -> None:
    rendered = enhance(np.full((8, 16), 200, np.uint8), View(16, (channel(),)))
    assert (rendered[4:12, :, :2] == 200).all()
    assert not rendered[[0, 1, 2, 3, 12, 13, 14, 15]].any()
    assert not rendered[..., 2].any()  # the border of the padding is no edge


def test_edges_are_those_of_what_earlier_steps_made() -> None:
    image = np.random.default_rng(0).integers(0, 256, (16, 16), np.uint8)
    rendered = enhance(image, View(16, (step(blend=0.5), channel())))
    blended = canny(image, step(blend=0.5))
    np.testing.assert_array_equal(rendered[..., 0], blended)
    np.testing.assert_array_equal(rendered[..., 2], find_edges(blended, channel()))


def test_clahe_is_that_of_opencv_and_spares_the_padding() -> None:
    """Grey levels 100 to 103 in every tile are drawn apart; the border stays black."""
    image = np.tile(np.arange(100, 104, dtype=np.uint8), (16, 8))
    step = Clahe.parse({"step": "clahe", "clip": 40.0, "tiles": 2}, "test")
    rendered = enhance(image, View(32, (step,)))[..., 0]
    np.testing.assert_array_equal(rendered[8:24], cv2.createCLAHE(40.0, (2, 2)).apply(image))
    assert np.ptp(rendered[8:24]) > 60
    assert not rendered[:8].any()
    assert not rendered[24:].any()


@pytest.fixture
def parts(radiographs: list[Radiograph]) -> dict[str, Part]:
    return {r.id: PARTS[max(0, n - 9)] for n, r in enumerate(radiographs)}


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
