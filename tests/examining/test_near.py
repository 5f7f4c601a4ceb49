"""Copies are found by looking: whatever was done to them, and no two others with them."""

from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.planted_copies import turned
from fracture.examining.groups import components
from fracture.examining.near import SAME, near_pairs
from fracture.examining.registration import MIRRORED, Picture, correlate, estimate
from fracture.examining.thumbnails import SIDE, Description, Grey, content, describe, normalised
from fracture.imaging.decode import decode_grey, read_bytes
from tests.examining.pictures import COPIES, gamma, jpeg, picture, turn


def found(*images: Grey) -> list[tuple[int, int]]:
    return [(one, other) for one, other, _ in near_pairs([describe(image) for image in images])]


def groups(*images: Grey) -> list[set[int]]:
    return components(found(*images))


@pytest.mark.parametrize("way", range(8))
def test_flips_and_rotations_are_found(way: int) -> None:
    [(first, second, correlation)] = near_pairs(
        [describe(image) for image in (picture(0), picture(1), turn(picture(0), way))]
    )
    assert (first, second) == (0, 2)
    assert 0.99 < correlation <= 1


@pytest.mark.parametrize("name", COPIES)
def test_copies_are_found_among_others(name: str) -> None:
    for seed in range(5):
        others = [picture(seed + number) for number in (10, 20, 30)]
        assert found(picture(seed), *others, COPIES[name](picture(seed))) == [(0, 4)]


def test_different_pictures_are_not() -> None:
    assert found(*map(picture, range(40))) == []
    letterboxed = (COPIES["letterbox, quality 60"](picture(seed)) for seed in range(40))
    assert found(*letterboxed) == []


def test_a_picture_of_the_same_shape_with_other_fine_structure_is_another() -> None:
    """As two exposures of one hand: the shadows lie alike, noise and trabeculae do not."""
    random = np.random.default_rng(0)
    shadows = cv2.GaussianBlur(picture(0), (0, 0), 8).astype(float)
    ends = [
        np.clip(shadows + random.normal(0, 12, shadows.shape), 0, 255).astype(np.uint8)
        for _ in range(2)
    ]
    assert found(*ends) == []


def test_a_file_cut_short_is_found_by_the_rows_it_shows() -> None:
    whole = jpeg(picture(3), 90)
    short = decode_grey(whole[: len(whole) * 4 // 5], truncated=True)
    assert (short[-20:] == 128).all()
    assert 20 < describe(short).rows < SIDE
    assert groups(picture(2), decode_grey(whole), short, picture(4)) == [{1, 2}]
    shorter = decode_grey(whole[: len(whole) // 2], truncated=True)
    assert groups(shorter, decode_grey(whole), short) == [{0, 1, 2}]


def test_a_file_that_shows_next_to_nothing_is_compared_with_none() -> None:
    image = picture(3)
    image[25:] = 128
    assert describe(image).rows < 16
    assert found(picture(3), image, image) == []


def test_a_grey_last_row_alone_is_no_missing_end() -> None:
    image = picture(3)
    image[-9:, -1] = 128
    assert describe(image).rows == SIDE


@pytest.mark.parametrize("value", [0, 20, 128, 255])
def test_uniform_images_are_like_nothing(value: int) -> None:
    blank = np.full((90, 70), value, np.uint8)
    assert found(blank, blank, picture(0), blank[:50]) == []


def test_tiny_images_are_described() -> None:
    assert len(describe(np.zeros((1, 1), np.uint8)).features) == 0
    assert found(picture(0)[:3, :3], picture(1)[:1, :9]) == []


def test_nothing_to_compare() -> None:
    assert near_pairs([]) == []
    assert near_pairs([None, describe(picture(0)), None]) == []


def test_a_description_is_small() -> None:
    description = describe(picture(0, 3000, 2400))
    assert description.thumbnail.shape == (SIDE, SIDE * 4 // 5)
    size = sum(
        array.nbytes for array in (description.thumbnail, description.points, description.features)
    )
    assert 10_000 < size < 35_000


@settings(max_examples=10)
@given(st.permutations([picture(seed % 5) for seed in range(5)] + [turned(picture(0), 50), None]))
def test_the_order_does_not_matter(images: list[Grey | None]) -> None:
    described = [None if image is None else describe(image) for image in images]
    [(first, second, correlation)] = near_pairs(described)
    pair = {images[first].tobytes(), images[second].tobytes()}  # type: ignore[union-attr]
    assert pair == {picture(0).tobytes(), turned(picture(0), 50).tobytes()}
    assert correlation == near_pairs([describe(picture(0)), describe(turned(picture(0), 50))])[0][2]


def test_a_name_lowers_what_is_asked_of_the_pictures_and_no_more() -> None:
    """Between the two thresholds a pair is one where its names say so too."""
    one, other = picture(0), picture(1)
    mixed = [
        np.rint((1 - share) * one + share * other).astype(np.uint8)
        for share in np.linspace(0.05, 0.5, 19)
    ]
    alone = [near_pairs([describe(one), describe(image)]) for image in mixed]
    named = [near_pairs([describe(one), describe(image)], [(0, 1)]) for image in mixed]
    assert alone[0]
    assert not alone[-1]
    assert not named[-1]
    between = [
        pairs[0][2] for pairs, plain in zip(named, alone, strict=True) if pairs and not plain
    ]
    assert between
    assert all(0.88 <= correlation < SAME for correlation in between)


def test_look_alikes_do_not_chain() -> None:
    """Each is like the next; the ends are not alike."""
    steps = 8
    one, other = picture(0).astype(float), picture(1).astype(float)
    between = [
        np.rint((1 - share) * one + share * other).astype(np.uint8)
        for share in np.linspace(0, 1, steps)
    ]
    for first, second in pairwise(between):
        assert found(first, second) == [(0, 1)]
    joined = groups(*between)
    assert all(len(members) < steps for members in joined)
    assert not [members for members in joined if {0, steps - 1} <= members]


def test_a_mirrored_feature_is_the_feature_of_the_mirrored_picture() -> None:
    plain, mirrored = describe(picture(2)), describe(np.ascontiguousarray(picture(2)[:, ::-1]))
    cosines = (plain.features.astype(float) / 512) @ (
        mirrored.features[:, MIRRORED].astype(float) / 512
    ).T
    assert np.median(cosines.max(axis=1)) > 0.95


def test_the_transform_is_that_of_the_copy() -> None:
    """A point of the copy lands where it came from, within half a pixel of the thumbnail."""
    image = picture(4, 320, 320)
    one, other = describe(image), describe(turned(image, 30, shift=(0.05, 0)))
    start = estimate(one, other, mirrored=False)
    assert start is not None
    correlation, affine = correlate(Picture(one), Picture(other), start)
    assert correlation > SAME
    matrix = cv2.getRotationMatrix2D((80, 80), 30, 1)
    matrix[0, 2] += 8
    there = np.linalg.inv(np.vstack([matrix, [0, 0, 1]]))
    for point in ([80, 80, 1], [60, 100, 1], [110, 70, 1]):
        np.testing.assert_allclose(affine @ point, there @ point, atol=0.5)


def test_brightness_and_contrast_are_made_alike() -> None:
    image = picture(1, SIDE, SIDE)
    mask = np.ones_like(image)
    plain = normalised(image, mask, 17)
    other = normalised(gamma(image, 0.7), mask, 17)
    assert np.corrcoef(plain.ravel(), other.ravel())[0, 1] > 0.98
    assert abs(plain.mean()) < 0.1


def test_corners_and_borders_are_no_content() -> None:
    framed = turned(picture(1, SIDE, SIDE), 45)
    mask = content(framed, SIDE)
    assert mask[SIDE // 2, SIDE // 2] == 1
    assert mask[:10, :10].sum() == 0
    assert content(framed, 50)[50:].sum() == 0
    assert isinstance(describe(framed), Description)


@pytest.mark.shared
def test_real_duplicates_are_told_from_views_of_one_study(fracatlas: Path) -> None:
    names = {
        "Fractured": "IMG0002617 IMG0002646 IMG0004072 IMG0003070",
        "Non_fractured": "IMG0004028 IMG0003044 IMG0004347 IMG0001831 IMG0001833 IMG0001978 "
        "IMG0000435 IMG0000436 IMG0001230 IMG0001231",
    }
    paths = [
        path
        for ids in names.values()
        for name in ids.split()
        for path in sorted(fracatlas.glob(f"images/*/{name}.jpg"))
    ]
    images = [decode_grey(read_bytes(path), truncated=True) for path in paths]
    assert [{paths[i].stem, paths[j].stem} for i, j in found(*images)] == [
        {"IMG0002617", "IMG0004028"},  # opposite labels; the second file is cut short
        {"IMG0002646", "IMG0004072"},
        {"IMG0003044", "IMG0004347"},
    ]
