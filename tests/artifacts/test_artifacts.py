"""Artifacts: what is written is read back, whole or not at all, the same bytes each time."""

from pathlib import Path

import h5py
import numpy as np
import pandas as pd
import pytest

from fracture.artifacts import arrays, duplicates, left_out, manifest, notes, predictions, splits
from fracture.artifacts.atomic import read_json, replacing, write_json
from fracture.artifacts.duplicates import Pair
from fracture.artifacts.left_out import LeftOut
from fracture.artifacts.manifest import Radiograph
from fracture.artifacts.notes import Note

RADIOGRAPHS = [
    Radiograph(
        "b", "sub dir/b.png", True, "hand", "frontal", "007", "s1", True, 4.5, "female",
        ("hardware", "multiscan"), (("kind", "a, b"),), ((1.0, 2.5, 30.0, 40.0),), "synthetic",
        "test", 64, 48, 900, 75, "ab", "cd", 12, "a",
    ),
    Radiograph("a", "a,é.png", False, "NA"),
]  # fmt: skip


def test_the_manifest_is_read_back_sorted_by_id(tmp_path: Path) -> None:
    manifest.write(RADIOGRAPHS, tmp_path / "manifest.csv")
    assert manifest.read(tmp_path / "manifest.csv") == RADIOGRAPHS[::-1]


def test_the_split_is_read_back(tmp_path: Path) -> None:
    split: dict[str, splits.Part] = {"10": "train", "001": "test", "NA": "validation"}
    splits.write(split, tmp_path / "split.csv")
    assert splits.read(tmp_path / "split.csv") == split


def test_notes_are_read_back_sorted(tmp_path: Path) -> None:
    found = [Note("nobody", 'NA, 1 "x"', 3), Note("bits", "é")]
    notes.write(found, tmp_path / "notes.csv")
    assert notes.read(tmp_path / "notes.csv") == found[::-1]
    assert [str(note) for note in found] == ['NA, 1 "x"; 3 radiographs', "é"]


def test_duplicates_are_read_back_sorted(tmp_path: Path) -> None:
    pairs = [Pair("b", "c", "near", 0.9876), Pair("007", "NA", "pixels"), Pair("b", "c", "bytes")]
    duplicates.write(pairs, tmp_path / "duplicates.csv")
    assert duplicates.read(tmp_path / "duplicates.csv") == sorted(pairs)


def test_what_is_left_out_is_read_back_sorted_by_id(tmp_path: Path) -> None:
    found = [
        LeftOut("b", "empty, or so", "x/b.png", "fractured"),
        LeftOut("007", "missing", radiograph=False),
    ]
    left_out.write(found, tmp_path / "left_out.csv")
    assert left_out.read(tmp_path / "left_out.csv") == found[::-1]


def test_without_duplicates_the_table_is_empty(tmp_path: Path) -> None:
    duplicates.write([], tmp_path / "duplicates.csv")
    assert duplicates.read(tmp_path / "duplicates.csv") == []


def table(n: int) -> pd.DataFrame:
    texts = {column: [f"{column}-ü-{i}" for i in range(n)] for column in predictions.COLUMNS}
    return pd.DataFrame(texts).assign(
        seed=7,
        label=np.arange(n) % 2,
        patient="",
        part=["train", "validation", "test", "test"][:n],
        fractured=np.arange(n) % 2,
        labels="[]",
        width=2304 + np.arange(n),
        height=2880,
    )


def test_arrays_are_read_back_as_a_map_and_the_same_bytes(tmp_path: Path) -> None:
    images = np.random.default_rng(0).integers(0, 256, (4, 6, 6, 1), np.uint8)
    boxes = ["[]", "[[0.5, 1.25, 2.0, 6.0], [1.0, 1.0, 3.0, 3.0]]", "[]", "[]"]
    written = table(4).assign(boxes=boxes)
    for name in ("one.h5", "two.h5"):
        arrays.write(tmp_path / name, written, 6, images)
    packed = arrays.read(tmp_path / "one.h5")
    assert isinstance(packed.images, np.memmap)
    np.testing.assert_array_equal(packed.images, images)
    pd.testing.assert_frame_equal(packed.table, written[arrays.COLUMNS], check_dtype=False)
    assert packed.boxes(0) == []
    assert packed.boxes(1) == [(0.5, 1.25, 2, 6), (1, 1, 3, 3)]
    assert packed.rows("test").tolist() == [2, 3]
    assert (tmp_path / "one.h5").read_bytes() == (tmp_path / "two.h5").read_bytes()


def test_arrays_are_read_by_hdf5_alone(tmp_path: Path) -> None:
    images = np.random.default_rng(0).integers(0, 256, (4, 6, 6, 1), np.uint8)
    squares = (image[:, :, 0].T.copy().T for image in images)  # laid out by columns
    arrays.write(tmp_path / "arrays.h5", table(4).assign(boxes="[]"), 6, squares)
    with h5py.File(tmp_path / "arrays.h5") as file:
        np.testing.assert_array_equal(file["images"], images)
        assert file["images"].chunks is None


def test_channels_of_a_pixel_stand_side_by_side_in_the_file(tmp_path: Path) -> None:
    images = np.arange(4 * 6 * 6 * 3, dtype=np.uint16).reshape(4, 6, 6, 3).astype(np.uint8)
    by_channel = (np.moveaxis(np.moveaxis(image, -1, 0).copy(), 0, -1) for image in images)
    arrays.write(tmp_path / "arrays.h5", table(4).assign(boxes="[]"), 6, by_channel, channels=3)
    packed = arrays.read(tmp_path / "arrays.h5")
    assert isinstance(packed.images, np.memmap)
    np.testing.assert_array_equal(packed.images, images)
    with h5py.File(tmp_path / "arrays.h5") as file:
        np.testing.assert_array_equal(file["images"], images)
        offset = file["images"].id.get_offset()
    content = (tmp_path / "arrays.h5").read_bytes()
    assert content[offset : offset + images.size] == images.tobytes()


def test_arrays_of_other_channels_than_said_are_not_written(tmp_path: Path) -> None:
    images = np.zeros((4, 6, 6, 3), np.uint8)
    with pytest.raises(ValueError, match="reshape"):
        arrays.write(tmp_path / "arrays.h5", table(4).assign(boxes="[]"), 6, images)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("shape", "refusal"), [((3, 6, 6), "zip"), ((5, 6, 6), "zip"), ((4, 6, 5), "reshape")]
)
def test_arrays_of_another_shape_than_the_table_says_are_not_written(
    tmp_path: Path, shape: tuple[int, ...], refusal: str
) -> None:
    images = np.zeros(shape, np.uint8)
    with pytest.raises(ValueError, match=refusal):
        arrays.write(tmp_path / "arrays.h5", table(4).assign(boxes="[]"), 6, images)
    assert list(tmp_path.iterdir()) == []


def test_predictions_keep_every_float32(tmp_path: Path) -> None:
    probability = np.array([0.1, 1 / 3, np.float32(1e-9), 1], np.float32)
    predictions.write(table(4).assign(probability=probability), tmp_path / "p.csv")
    read = predictions.read(tmp_path / "p.csv")
    np.testing.assert_array_equal(read["probability"].to_numpy(np.float32), probability)
    assert list(read.columns) == [*predictions.COLUMNS, "probability"]


def write_half(path: Path) -> None:
    with replacing(path) as beside:
        beside.write_text("half")
        raise RuntimeError("power cut")


def test_a_failed_write_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "scores.json"
    write_json(path, {"auroc": 0.9})
    with pytest.raises(ValueError, match="not JSON compliant"):
        write_json(path, {"auroc": float("nan")})
    with pytest.raises(RuntimeError, match="power cut"):
        write_half(path)
    assert read_json(path) == {"auroc": 0.9}
    assert [file.name for file in tmp_path.iterdir()] == ["scores.json"]


def test_a_folder_is_replaced_whole(tmp_path: Path) -> None:
    for content in ("old", "new"):
        with replacing(tmp_path / "folder") as beside:
            beside.mkdir()
            (beside / content).touch()
    assert [file.name for file in (tmp_path / "folder").iterdir()] == ["new"]
