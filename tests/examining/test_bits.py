"""Files of 16 bits that use fewer: the data set decides where a file does not say."""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from fracture.artifacts.manifest import Radiograph
from fracture.artifacts.notes import Note
from fracture.examining import examine as module
from fracture.examining.admission import DEPTH, UNIFORM, admit
from fracture.examining.examine import Examined, examine, notes_on
from fracture.imaging.variant import View, enhance, render
from fracture.params.radiographs import Ingest
from tests.imaging.writers import COLOURS, GREY, png


@pytest.fixture
def rules(parameters: dict[str, Any]) -> Ingest:
    return Ingest.parse(parameters["ingest"], "ingest")


def values(largest: int, seed: int = 0) -> npt.NDArray[np.uint16]:
    drawn = np.random.default_rng(seed).integers(0, largest + 1, (70, 80), np.uint16)
    drawn[0, 0] = largest
    return drawn


def examined(files: dict[str, bytes], root: Path, rules: Ingest) -> dict[str, Examined]:
    for name, content in files.items():
        (root / name).write_bytes(content)
    findings = [Radiograph(name, name, True, "hand") for name in files]
    return dict(zip(files, examine(findings, root, rules, described=True), strict=True))


def found(one: Examined) -> Radiograph:
    assert isinstance(one.finding, Radiograph)
    return one.finding


def test_one_scale_for_all_files_that_do_not_say(tmp_path: Path, rules: Ingest) -> None:
    """The darker file needs 10 bits, and is no brighter for it: ingest and packing agree."""
    bright, dark = values(3800), values(900, 1)
    files = {
        "bright.png": png(bright, 16, GREY),
        "dark.png": png(dark, 16, GREY),
        "says.png": png(values(1000, 2), 16, GREY, sBIT=b"\x0a"),
        "eight.png": png(values(255, 3), 8, GREY),
    }
    result = examined(files, tmp_path, rules)
    assert {name: found(one).bits for name, one in result.items()} == {
        "bright.png": 12, "dark.png": 12, "says.png": 0, "eight.png": 0,
    }  # fmt: skip
    assert not any(one.faults for one in result.values())
    radiographs = [found(one) for one in result.values()]
    packed = [image for (image,) in render(radiographs, tmp_path, [View(80, ())])]
    expected = np.rint(dark * (255 / 4095)).astype(np.uint8)
    np.testing.assert_array_equal(packed[1], enhance(expected, View(80, ())))
    assert packed[1].max() == 56
    notes = notes_on([*result.values()], radiographs)
    assert sorted(notes) == [
        Note("bits", "10 bits in use, as the files say: scaled by 1023", 1),
        Note("bits", "12 of 16 bits in use in files that do not say how many: scaled by 4095", 2),
    ]


def test_what_uses_a_sixteenth_of_the_range_of_the_others_is_named(
    tmp_path: Path, rules: Ingest
) -> None:
    """Of another depth, or nearly black: nobody can tell."""
    files = {
        "16.png": png(values(65535), 16, GREY),
        "12.png": png(values(4095, 1), 16, GREY),
        "lies.png": png(values(250, 2), 16, GREY, sBIT=b"\x0c"),
    }
    result = examined(files, tmp_path, rules)
    assert [one.faults for one in result.values()] == [(), (DEPTH,), (DEPTH,)]


def test_what_is_left_out_anyway_decides_nothing(tmp_path: Path, rules: Ingest) -> None:
    photo = np.stack([values(65535), values(1000), values(1000)], axis=-1)
    files = {"photo.png": png(photo, 16, COLOURS), "12.png": png(values(4095), 16, GREY)}
    result = examined(files, tmp_path, rules)
    assert found(result["12.png"]).bits == 12
    assert found(result["photo.png"]).bits == 16


def test_what_looks_uniform_alone_counts(tmp_path: Path, rules: Ingest) -> None:
    flat = np.full((70, 80), 2000, np.uint16)
    flat[0, 0] = 4095
    result = examined({"flat.png": png(flat, 16, GREY)}, tmp_path, rules)
    assert (found(result["flat.png"]).bits, result["flat.png"].faults) == (12, (UNIFORM,))


@pytest.mark.parametrize(("largest", "readings"), [((4095, 4000), 2), ((4095, 1000), 3)])
def test_files_are_read_again_only_where_another_scale_follows(
    tmp_path: Path, rules: Ingest, monkeypatch: pytest.MonkeyPatch,
    largest: tuple[int, int], readings: int,
) -> None:  # fmt: skip
    read = []
    monkeypatch.setattr(
        module,
        "admit",
        lambda *given: read.append(given) or admit(*given),  # type: ignore[func-returns-value]
    )
    examined({f"{each}.png": png(values(each), 16, GREY) for each in largest}, tmp_path, rules)
    assert len(read) == readings


def test_a_single_file_beyond_the_data_set_is_scaled_by_its_own_bits(rules: Ingest) -> None:
    beyond = admit(png(values(9000), 16, GREY), rules, 12).decoded
    assert (beyond.needs, beyond.grey.max()) == (14, round(9000 * 255 / 16383))
