"""Copies by file name: what tools append, what merely looks like it."""

from collections import defaultdict
from collections.abc import Iterable
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fracture.artifacts.manifest import Radiograph
from fracture.examining.names import named_copies

HASH = "0f3ac1de0f3ac1de0f3ac1de0f3ac1de"
APPENDED = [
    "-rotated1", "-rotated2-rotated1", "-rotated1-rotated1-rotated3", "_rotated", " rotated 2",
    "-rotate90", "_rot90", "_aug3", "_aug", "_aug_12", "-augmented-2", "_augmented", "_flip",
    "_hflip", "-vflip", "_flipped", "_copy", " copy", " copy 2", " - Copy", " - Copy (2)",
    f".rf.{HASH}", f"_jpg.rf.{HASH}", f"_hflip_png.rf.{HASH}", "-Rotated1", "_AUG3",
]  # fmt: skip
ORDINARY = [
    "1", "10", "IMG0001", "fracture (1)", "(1)", "scan_2019", "12-aug-2019", "photocopy",
    "rotated", "_flip", "rotator cuff", "flipper", "augusta", "a.b", "x (y)", "hand_jpg",
]  # fmt: skip


def radiograph(path: str, fractured: bool = True) -> Radiograph:
    return Radiograph(id=path, path=path, fractured=fractured, body_part="hand")


def pairs(*paths: str) -> list[tuple[str, str]]:
    return named_copies(map(radiograph, paths))


@pytest.mark.parametrize("mark", APPENDED)
def test_a_copy_and_its_original(mark: str) -> None:
    assert pairs(f"a/7{mark}.jpg", "b/7.jpg", "a/8.jpg") == [(f"a/7{mark}.jpg", "b/7.jpg")]


@pytest.mark.parametrize("mark", APPENDED)
def test_copies_whose_original_is_absent(mark: str) -> None:
    assert pairs(f"test/7{mark}.jpg", "train/7_flip.png", "train/77.jpg") == [
        (f"test/7{mark}.jpg", "train/7_flip.png")
    ]


@pytest.mark.parametrize("name", ORDINARY)
def test_ordinary_names(name: str) -> None:
    paths = [f"{folder}/{other}.jpg" for folder in ("a", "b") for other in {*ORDINARY, "zz"}]
    assert not [pair for pair in pairs(*paths) if f"a/{name}.jpg" in pair]


def test_numbers_of_a_bulk_rename_are_no_copies() -> None:
    names = [f"train/fracture ({number}).jpg" for number in range(1, 500)]
    assert pairs(*names, "train/fracture(7).jpg", "train/normal.jpg") == []


@pytest.mark.parametrize("numbered", ["fracture (1)", "fracture(12)"])
@pytest.mark.parametrize("folder", ["a", "b"])
def test_a_number_beside_the_file_without_it(numbered: str, folder: str) -> None:
    assert pairs(f"a/{numbered}.jpg", f"{folder}/fracture.jpg") == [
        tuple(sorted([f"a/{numbered}.jpg", f"{folder}/fracture.jpg"]))
    ]


def test_marks_upon_marks() -> None:
    found = pairs("x (1)-rotated1.jpg", "x (1).jpg", "x.jpg", "x_flip (1).jpg", "x_flip.jpg")
    assert found == [
        ("x (1)-rotated1.jpg", name)
        for name in ("x (1).jpg", "x.jpg", "x_flip (1).jpg", "x_flip.jpg")
    ]


def test_plain_files_of_one_name_are_no_copies() -> None:
    assert pairs("train/1.jpg", "test/1.jpg", "test/1.png") == []


def test_names_that_begin_again_in_each_folder_stay_apart() -> None:
    assert pairs("test/1-rotated1.jpg", "test/1.jpg", "train/1-rotated1.jpg", "train/1.jpg") == [
        ("test/1-rotated1.jpg", "test/1.jpg"),
        ("train/1-rotated1.jpg", "train/1.jpg"),
    ]


def test_a_copy_of_either_is_tied_to_both() -> None:
    assert pairs("val/1_flip.jpg", "train/1.jpg", "test/1.jpg", "val/1_aug1.jpg") == [
        ("test/1.jpg", "val/1_aug1.jpg"),
        ("train/1.jpg", "val/1_aug1.jpg"),
        ("val/1_aug1.jpg", "val/1_flip.jpg"),
    ]


def test_the_other_class_begins_its_names_again() -> None:
    copy = radiograph("fractured/1-rotated1.jpg")
    other = radiograph("normal/1.jpg", fractured=False)
    assert named_copies([copy, other]) == []


def test_ids_may_differ_from_paths() -> None:
    first = Radiograph("b", "x/1.jpg", fractured=False, body_part="hand")
    second = Radiograph("a", "x/1_flip.jpg", fractured=False, body_part="hand")
    assert named_copies([first, second]) == [("a", "b")]


def test_long_names_take_no_time() -> None:
    names = ["-rotated" * 30 + "x", "-aug-" * 50, "_copy (1)" * 25 + "x", " (1)" * 60 + "x"]
    assert pairs(*names) == []


ENDS = ["", "", "-rotated1", "_aug2", " (1)", " (2)", " - Copy", f"_jpg.rf.{HASH}", "_flip (1)"]
PLAIN = {f"{part}/{name}.jpg" for part in ("train", "test", "val") for name in ("1", "2", "12")}
PATHS = st.tuples(
    st.sampled_from(["train", "test", "val"]),
    st.sampled_from(["1", "2", "12", "x (1)"]),
    st.lists(st.sampled_from(ENDS), max_size=2).map("".join),
).map(lambda parts: f"{parts[0]}/{parts[1]}{parts[2]}.jpg")
DATA_SETS = st.dictionaries(PATHS, st.booleans(), min_size=1, max_size=15).map(
    lambda labels: [radiograph(path, fractured) for path, fractured in labels.items()]
)


def components(found: Iterable[tuple[str, str]]) -> set[frozenset[str]]:
    members: dict[str, set[str]] = defaultdict(set)
    for first, second in found:
        joined = {first, second} | members[first] | members[second]
        for name in joined:
            members[name] = joined
    return {frozenset(joined) for joined in members.values()}


@settings(max_examples=50)
@given(DATA_SETS, st.randoms())
def test_pairs_whatever_the_names(radiographs: list[Radiograph], random: Random) -> None:
    found = named_copies(radiographs)
    assert found == sorted(set(found))
    assert all(first < second for first, second in found)
    labels = {one.id: one.fractured for one in radiographs}
    assert all(labels[first] == labels[second] for first, second in found)
    assert not [pair for pair in found if {*pair} <= PLAIN]
    assert len(found) == sum(len(joined) - 1 for joined in components(found))  # no pair too many
    random.shuffle(radiographs)
    assert named_copies(radiographs) == found


@settings(max_examples=50)
@given(DATA_SETS, st.sampled_from(["-rotated1", "_aug3", " - Copy"]), st.data())
def test_one_more_copy_is_tied_to_its_original(
    radiographs: list[Radiograph], mark: str, data: st.DataObject
) -> None:
    one = data.draw(st.sampled_from(radiographs))
    copy = radiograph(one.path.removesuffix(".jpg") + f"{mark}{mark}.jpg", one.fractured)
    joined = components(named_copies([*radiographs, copy]))
    assert any({one.id, copy.id} <= members for members in joined)
