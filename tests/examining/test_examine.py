import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from fracture.artifacts.left_out import LeftOut
from fracture.artifacts.manifest import Radiograph
from fracture.console import PipelineError
from fracture.datasets.findings import Finding
from fracture.examining.admission import REASONS
from fracture.examining.examine import apply, examine, summary
from fracture.params.radiographs import Ingest
from tests.examining.ingested import radiograph as examined_radiograph

PIXELS = np.arange(12, dtype=np.uint8).reshape(3, 4)


def radiograph(name: str) -> Radiograph:
    return Radiograph(id=name, path=f"folder/{name}", fractured=True, body_part="hand")


@pytest.fixture
def limits(parameters: dict[str, Any]) -> Ingest:
    harmless = {"smallest_side": 1, "least_deviation": 0, "largest_chroma": 255, "nobody": []}
    return Ingest.parse(parameters["ingest"] | harmless, "ingest")


def found(names: list[str], root: Path, limits: Ingest) -> list[Finding]:
    return [
        one.finding for one in examine([*map(radiograph, names)], root, limits, described=False)
    ]


def test_size_and_hashes_are_filled_in_and_failures_named_in_order(
    tmp_path: Path, limits: Ingest
) -> None:
    (tmp_path / "folder").mkdir()
    Image.fromarray(PIXELS).save(tmp_path / "folder/a.png")
    (tmp_path / "folder/b.png").write_bytes(b"no image")
    Image.fromarray(PIXELS).save(tmp_path / "folder/c.bmp")
    earlier = LeftOut("d", "stands in both class folders")
    names = ["c.bmp", "b.png", "gone.png", "a.png"]
    examined = examine([*map(radiograph, names), earlier], tmp_path, limits, described=False)
    bitmap, broken, gone, png, same = (one.finding for one in examined)

    assert broken == LeftOut("b.png", "not an image", "folder/b.png", "fractured")
    assert gone == LeftOut("gone.png", "missing", "folder/gone.png", "fractured")
    assert same is earlier
    assert isinstance(png, Radiograph)
    assert isinstance(bitmap, Radiograph)
    assert (png.width, png.height) == (4, 3)
    assert png.file_size == (tmp_path / "folder/a.png").stat().st_size
    assert png.jpeg_quality == 0
    assert png.sha256 == hashlib.sha256((tmp_path / "folder/a.png").read_bytes()).hexdigest()
    assert png.sha256 != bitmap.sha256
    assert png.pixels_sha256 == bitmap.pixels_sha256


def test_the_same_bytes_in_another_shape_are_other_pixels(tmp_path: Path, limits: Ingest) -> None:
    (tmp_path / "folder").mkdir()
    for name, pixels in (("wide", PIXELS), ("tall", PIXELS.reshape(4, 3))):
        Image.fromarray(pixels).save(tmp_path / f"folder/{name}.png")
    wide, tall = found(["wide.png", "tall.png"], tmp_path, limits)
    assert isinstance(wide, Radiograph)
    assert isinstance(tall, Radiograph)
    assert wide.pixels_sha256 != tall.pixels_sha256


def test_orientation_counts_before_size_and_pixels(tmp_path: Path, limits: Ingest) -> None:
    (tmp_path / "folder").mkdir()
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(np.rot90(PIXELS)).save(tmp_path / "folder/lying.png", exif=exif)
    Image.fromarray(PIXELS).save(tmp_path / "folder/upright.png")
    lying, upright = found(["lying.png", "upright.png"], tmp_path, limits)
    assert isinstance(lying, Radiograph)
    assert isinstance(upright, Radiograph)
    assert (lying.width, lying.height) == (4, 3)
    assert lying.pixels_sha256 == upright.pixels_sha256


def test_faults_are_noted_and_the_cut_off_file_is_still_described(
    parameters: dict[str, Any], tmp_path: Path
) -> None:
    (tmp_path / "folder").mkdir()
    noise = np.random.default_rng(0).integers(0, 256, (100, 90), np.uint8)
    pictures = {
        "good.jpg": noise,
        "small.jpg": noise[:63],
        "flat.jpg": noise // 64 + 100,
        "red.jpg": np.stack([noise // 2 + 100, noise // 2, noise // 2], axis=-1),
        "cut.jpg": noise,
    }
    for name, pixels in pictures.items():
        Image.fromarray(pixels).save(tmp_path / "folder" / name, quality=90)
    cut = tmp_path / "folder/cut.jpg"
    cut.write_bytes(cut.read_bytes()[:-900])
    settings = Ingest.parse(parameters["ingest"], "ingest")
    examined = examine([*map(radiograph, pictures)], tmp_path, settings, described=True)
    assert [one.faults for one in examined] == [
        (), ("tiny",), ("uniform",), ("colour",), ("truncated",),
    ]  # fmt: skip
    assert all(one.description is not None for one in examined)
    assert {
        one.finding.jpeg_quality for one in examined if isinstance(one.finding, Radiograph)
    } == {90}


def doing(parameters: dict[str, Any], **actions: str) -> Ingest:
    return Ingest.parse(parameters["ingest"] | actions, "ingest")


@pytest.mark.parametrize("fault", REASONS)
def test_each_fault_excludes_is_kept_or_fails(parameters: dict[str, Any], fault: str) -> None:
    findings = [examined_radiograph("a", fractured=True), examined_radiograph("b")]
    faulty = {"a": {fault}}
    assert apply(findings, faulty, doing(parameters, **{fault: "keep"})) == findings
    assert apply(findings, faulty, doing(parameters, **{fault: "exclude"})) == [
        LeftOut("a", REASONS[fault], "folder/a.png", "fractured"),
        *findings[1:],
    ]
    with pytest.raises(PipelineError, match=rf"^{REASONS[fault]}: a; ingest\.{fault} is fail"):
        apply(findings, faulty, doing(parameters, **{fault: "fail"}))


def test_of_two_faults_the_first_that_excludes_is_told(parameters: dict[str, Any]) -> None:
    settings = doing(parameters, truncated="keep", tiny="exclude", colour="exclude")
    (found,) = apply([examined_radiograph("a")], {"a": {"colour", "tiny", "truncated"}}, settings)
    assert found == LeftOut("a", "too small", "folder/a.png", "not_fractured")


def test_a_refusal_names_the_first_and_counts_the_rest(parameters: dict[str, Any]) -> None:
    findings = [examined_radiograph(name) for name in "gfedcba"]
    faulty = {name: {"uniform"} for name in "abcdefg"}
    with pytest.raises(PipelineError, match="nearly uniform: a, b, c, d, e and 2 more; "):
        apply(findings, faulty, doing(parameters, uniform="fail"))


def test_what_is_left_out_already_keeps_its_reason(parameters: dict[str, Any]) -> None:
    earlier = LeftOut("c", "missing")
    assert apply([earlier], {"c": {"truncated"}}, doing(parameters, truncated="fail")) == [earlier]


KEPT = [
    replace(examined_radiograph("a", fractured=True), group="a"),
    replace(examined_radiograph("b"), group="a"),
]


def test_the_summary_counts_everything() -> None:
    left = [LeftOut("c", "truncated"), LeftOut("d", "missing"), LeftOut("e", "truncated")]
    assert summary(KEPT, left) == (
        "5 found, 3 left out (1 missing, 2 truncated), 2 kept, 1 of them fractured, "
        "in 1 groups that a split must keep whole"
    )
    assert summary(KEPT, []).startswith("2 found, 0 left out, 2 kept")
