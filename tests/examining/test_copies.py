from dataclasses import replace

import numpy as np

from benchmarks.planted_copies import turned
from fracture.artifacts.duplicates import Pair
from fracture.artifacts.left_out import LeftOut
from fracture.artifacts.notes import Note
from fracture.examining.copies import find_copies
from fracture.examining.examine import Examined
from fracture.examining.thumbnails import describe
from tests.examining.ingested import radiograph
from tests.examining.pictures import picture


def examined(name: str, pixels: np.ndarray, content: str = "", folder: str = "") -> Examined:
    found = radiograph(name, pixels=str(hash(pixels.tobytes())))
    if folder:
        found = replace(found, path=f"{folder}/{name}.png")
    return Examined(replace(found, sha256=content or found.sha256), (), describe(pixels))


def test_each_pair_is_told_once_in_the_strictest_way() -> None:
    one, other = picture(1), picture(2)
    pairs, notes = find_copies(
        [
            examined("a", one, "same"),
            examined("b", one, "same"),
            examined("c", one),
            examined("d", np.rot90(one)),
            examined("e", other),
            examined("e - Copy", turned(other, 20)),
            Examined(LeftOut("f", "missing")),
        ]
    )
    assert [(pair.first, pair.second, pair.kind) for pair in pairs] == [
        ("a", "b", "bytes"),
        ("a", "c", "pixels"),
        ("a", "d", "near"),
        ("e", "e - Copy", "near"),
    ]
    assert pairs[2].correlation > 0.99
    assert notes == []


def test_names_alone_join_nothing_and_are_told() -> None:
    names = ["3", "3 (1)", "3 - Copy", "4_aug1", "4"]
    pairs, notes = find_copies([examined(name, picture(n)) for n, name in enumerate(names)])
    assert pairs == []
    text = (
        "3 pairs of file names say that one is a copy of the other, such as 3 and 3 (1), but their "
        "pictures differ: they are taken for two exposures"
    )
    assert notes == [Note("named_copies", text, 5)]


def test_of_a_family_of_names_those_that_look_alike_are_joined() -> None:
    one = picture(5)
    files = {"7": one, "7_aug1": turned(one, 33), "7_aug2": one[:, ::-1], "7_aug3": picture(6)}
    pairs, (note,) = find_copies([examined(name, pixels) for name, pixels in files.items()])
    joined = {name for pair in pairs for name in (pair.first, pair.second)}
    assert joined == {"7", "7_aug1", "7_aug2"}
    assert note.radiographs == 2
    assert "7 and 7_aug3" in note.text


def test_the_order_does_not_matter() -> None:
    found = [examined(name, picture(seed)) for name, seed in zip("dcba", (1, 1, 2, 1), strict=True)]
    assert find_copies(found) == find_copies(found[::-1])
    assert Pair("a", "c", "pixels") in find_copies(found)[0]


def test_without_radiographs_there_are_no_copies() -> None:
    assert find_copies([]) == ([], [])
