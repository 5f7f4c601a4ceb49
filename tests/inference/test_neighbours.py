"""What lies near a picture: whether anything does, its body part, what may be shown."""

from pathlib import Path

import cv2
import numpy as np
import pandas as pd
import pytest

from fracture.artifacts import known as known_radiographs
from fracture.artifacts import network as networks
from fracture.artifacts.arrays import COLUMNS, PackedImages
from fracture.artifacts.known import KnownRadiographs
from fracture.imaging.variant import View
from fracture.inference import neighbours
from fracture.inference.gradcam import Explained
from fracture.inference.neighbours import Known, compare, furthest, know
from fracture.inference.networks import Member
from fracture.systems.body_part import fit
from fracture.targets import FRACTURE

MEMBER = Member(Path("none"), (("fractured", 1),), View(32, ()), mirror=False, batch_size=4)


def at(*degrees: float) -> np.ndarray:
    """Return features of two dimensions at angles from the first, of different lengths."""
    angles = np.radians(np.array(degrees))
    lengths = np.arange(1, len(degrees) + 1)[:, None]
    return np.asarray(lengths * np.stack([np.cos(angles), np.sin(angles)], axis=1), np.float32)


def chord(degrees: float) -> float:
    """Return the distance on the unit circle of two points so many degrees apart."""
    return float(2 * np.sin(np.radians(degrees) / 2))


def known(
    *degrees: float,
    parts: list[str] | None = None,
    groups: str = "",
    hidden: str = "",
    weights: np.ndarray | None = None,
) -> Known:
    """Return radiographs called a, b, ... at angles.

    Args:
        degrees: The angle of each.
        parts: What each shows; else hands.
        groups: Of each a letter; else each is alone.
        hidden: Names of those that may not be shown.
        weights: By which body parts are told; else by none.
    """
    count = len(degrees)
    names = [chr(ord("a") + number) for number in range(count)]
    features = at(*degrees)
    ids = ["" if name in hidden else name for name in names]
    return Known(
        KnownRadiographs(
            (features / np.linalg.norm(features, axis=1, keepdims=True)).astype(np.float16),
            np.array([ord(letter) for letter in groups or "".join(names)], np.int32),
            parts or ["hand"] * count,
            ["fractured" if name else "" for name in ids],
            ids,
            [name.encode() for name in ids],
            np.empty((0, 3), np.float32) if weights is None else weights,
        ),
        furthest=chord(28),
    )


def test_the_limit_by_hand() -> None:
    """Of 20 degrees the fifth nearest of 0, 10, ..., 50 is 30 away, of 60 degrees 50."""
    features = known(0, 10, 20, 30, 40, 50).radiographs.features
    assert furthest(at(20, 60), features) == pytest.approx(
        np.quantile([chord(30), chord(50)], 0.99), abs=2e-3
    )


def test_the_fifth_nearest_counts_and_lengths_do_not() -> None:
    beside = known(0, 1, 2, 3, 30)
    assert not compare(at(3), beside)[0].unlike  # 27 degrees from the fifth
    assert compare(1000 * at(1), beside)[0].unlike  # 29 degrees


def test_the_body_part_is_what_the_weights_make_of_the_direction_alone() -> None:
    """Of the first direction logits 2 and 0, of the second 0 and 1, whatever the length."""
    weights = np.array([[2, 0, 0], [0, 1, 0]], np.float32)
    beside = known(*range(6), parts=["hand", "leg"] * 3, weights=weights)
    for features, (hand, leg) in ((9 * at(0), (2, 0)), (at(90), (0, 1))):
        expected = np.exp([hand, leg]) / np.exp([hand, leg]).sum()
        assert [*compare(features, beside)[0].body_parts.values()] == pytest.approx(expected)


@pytest.mark.parametrize("parts", [["hand"] * 6, ["hand"] * 3 + ["unknown", "", ""]])
def test_no_body_part_where_fewer_than_two_are_named(parts: list[str]) -> None:
    (beside,) = compare(at(0), known(*range(6), parts=parts))
    assert beside.body_parts == {}


def test_similar_are_the_nearest_of_different_groups() -> None:
    found = compare(at(20), known(0, 10, 18, 19, 40, 90, groups="ppqqrr"))[0].similar
    assert [one.id for one in found] == ["d", "b", "e"]
    assert [one.distance for one in found] == pytest.approx(
        [chord(1), chord(10), chord(20)], abs=1e-3
    )
    assert [one.picture for one in found] == [b"d", b"b", b"e"]


def test_what_may_not_be_shown_is_not() -> None:
    found = compare(at(20), known(0, 10, 18, 19, 41, 90, hidden="cd"))[0].similar
    assert [one.id for one in found] == ["b", "a", "e"]


class Brightness:
    """Stands for a network whose features are an angle: the grey level of a radiograph."""

    def __init__(self, _: object) -> None: ...

    def explain(self, images: np.ndarray, rows: np.ndarray, _: int) -> Explained:
        nothing = np.zeros((len(rows), 1), np.float32)
        return Explained(nothing, nothing, features=at(*images[rows].mean(axis=(1, 2, 3))))


def packed(parts: str, groups: str) -> PackedImages:
    """Return radiographs of grey level 0, 1, ...; a letter for the part and the group of each."""
    whole = {"t": "train", "v": "validation", "s": "test"}
    table = pd.DataFrame(
        {
            "id": [f"image{number}" for number in range(len(parts))],
            "part": [whole[letter] for letter in parts],
            "group": list(groups),
            "fractured": [number % 2 for number in range(len(parts))],
            "body_part": [["hand", "leg"][number // 3 % 2] for number in range(len(parts))],
        },
        columns=COLUMNS,
    )
    levels = np.arange(len(parts), dtype=np.uint8)[:, None, None, None]
    return PackedImages(np.tile(levels, (1, 200, 200, 1)), table)


@pytest.fixture
def brightness(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(neighbours, "GradCAM", Brightness)
    monkeypatch.setattr(networks, "read", lambda _: None)


@pytest.mark.usefixtures("brightness")
def test_what_is_known_are_training_radiographs_alone(tmp_path: Path) -> None:
    images = packed("tttttttvvs", "abcdefghij")
    shown = {"image0", "image1", "image8"}
    found = know(MEMBER, images, FRACTURE, shown, fit)
    assert found is not None
    assert found.radiographs.ids == ["image0", "image1", "", "", "", "", ""]
    assert found.radiographs.labels == ["not fractured", "fractured", "", "", "", "", ""]
    assert found.body_parts == ["hand", "leg"]
    assert [bool(each) for each in found.radiographs.pictures] == [True] * 2 + [False] * 5
    small = cv2.imdecode(
        np.frombuffer(found.radiographs.pictures[1], np.uint8), cv2.IMREAD_UNCHANGED
    )
    assert small is not None
    assert small.shape == (96, 96)
    # Of level 7 the fifth nearest of 0 to 6 is at 2, of 8 likewise.
    limit = np.quantile([chord(5), chord(6)], 0.99)
    assert found.furthest == pytest.approx(limit, abs=2e-3)
    known_radiographs.write(found.radiographs, tmp_path)
    again = known_radiographs.read(tmp_path)
    np.testing.assert_array_equal(again.features, found.radiographs.features)
    np.testing.assert_array_equal(again.groups, found.radiographs.groups)
    np.testing.assert_array_equal(again.weights, found.radiographs.weights)
    for name in ("body_parts", "labels", "ids", "pictures"):
        assert getattr(again, name) == getattr(found.radiographs, name)


@pytest.mark.usefixtures("brightness")
def test_nothing_of_radiographs_that_are_not_shown_is_written(tmp_path: Path) -> None:
    found = know(MEMBER, packed("ttttttvs", "abcdefgh"), FRACTURE, set(), fit)
    assert found is not None
    known_radiographs.write(found.radiographs, tmp_path)
    again = known_radiographs.read(tmp_path)
    assert {*again.ids} == {*again.labels} == {""}
    assert {*again.pictures} == {b""}
    assert compare(at(3), Known(again, found.furthest))[0].similar == ()


@pytest.mark.usefixtures("brightness")
def test_a_group_that_leaks_is_not_known() -> None:
    """Where `gate` only reports, a group may stand on both sides."""
    found = know(MEMBER, packed("tttttttvs", "abcdefgaa"), FRACTURE, {"image0", "image1"}, fit)
    assert found is not None
    assert found.radiographs.ids == ["image1", "", "", "", "", ""]


@pytest.mark.usefixtures("brightness")
@pytest.mark.parametrize(
    ("parts", "groups"), [("ttttv", "abcde"), ("tttttt", "abcdef"), ("tttttv", "aaaaba")]
)
def test_too_few_are_none(parts: str, groups: str) -> None:
    assert know(MEMBER, packed(parts, groups), FRACTURE, set(), fit) is None
