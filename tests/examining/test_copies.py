from dataclasses import replace

import cv2
import numpy as np

from fracture.artifacts.duplicates import Pair
from fracture.artifacts.left_out import LeftOut
from fracture.examining.copies import find_copies
from fracture.examining.examine import Examined
from fracture.examining.thumbnails import describe
from tests.examining.ingested import radiograph


def picture(seed: int) -> np.ndarray:
    """Smooth noise: as unlike any other as two radiographs of different bones."""
    random = np.random.default_rng(seed)
    coarse = random.integers(0, 256, (12, 10)).astype(np.uint8)
    return np.asarray(cv2.resize(coarse, (300, 360), interpolation=cv2.INTER_CUBIC))


def examined(name: str, pixels: np.ndarray, content: str = "", folder: str = "") -> Examined:
    found = radiograph(name, pixels=str(hash(pixels.tobytes())))
    if folder:
        found = replace(found, path=f"{folder}/{name}.png")
    return Examined(replace(found, sha256=content or found.sha256), (), describe(pixels))


def test_each_pair_is_told_once_in_the_strictest_way() -> None:
    one, other = picture(1), picture(2)
    pairs = find_copies(
        [
            examined("a", one, "same"),
            examined("b", one, "same"),
            examined("c", one),
            examined("d", np.rot90(one)),
            examined("e", other),
            examined("e - Copy", picture(3)),
            Examined(LeftOut("f", "missing")),
        ]
    )
    assert [(pair.first, pair.second, pair.kind) for pair in pairs] == [
        ("a", "b", "bytes"),
        ("a", "c", "pixels"),
        ("a", "d", "near"),
        ("e", "e - Copy", "name"),
    ]
    assert pairs[2].correlation > 0.99


def test_the_order_does_not_matter() -> None:
    found = [examined(name, picture(seed)) for name, seed in zip("dcba", (1, 1, 2, 1), strict=True)]
    assert find_copies(found) == find_copies(found[::-1])
    assert Pair("a", "c", "pixels") in find_copies(found)


def test_without_radiographs_there_are_no_copies() -> None:
    assert find_copies([]) == []
