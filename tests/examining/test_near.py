from collections.abc import Callable
from itertools import combinations
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.fft import dctn
from scipy.ndimage import gaussian_filter

from fracture.examining.near import correlations, near_pairs
from fracture.examining.thumbnails import (
    RADIUS,
    SIDE,
    Description,
    Grey,
    candidates,
    describe,
    perceptual_hash,
)
from fracture.imaging.decode import decode_grey, read_bytes
from fracture.imaging.letterbox import fit, pad

SEEDS = st.integers(0, 2**32 - 1)


def picture(seed: int, height: int = 300, width: int = 240) -> Grey:
    """Return coarse shadows, as of bones, with fine structure; never darker than 40."""
    random = np.random.default_rng(seed)
    image = np.zeros((height, width))
    for cells, contrast in ((5, 80), (12, 30), (40, 12)):
        grid = random.normal(0, contrast, (cells, cells))
        image += cv2.resize(grid, (width, height), interpolation=cv2.INTER_CUBIC)
    return np.clip(image + 130, 40, 250).astype(np.uint8)


def turn(image: Grey, way: int) -> Grey:
    turned = np.rot90(image, way % 4)
    return np.ascontiguousarray(turned if way < 4 else turned.T)


def jpeg(image: Grey, quality: int) -> bytes:
    return cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes()


def encoded(image: Grey, quality: int) -> Grey:
    return decode_grey(jpeg(image, quality))


COPIES: dict[str, Callable[[Grey], Grey]] = {
    "quality 60": lambda image: encoded(image, 60),
    "half size": lambda image: fit(image, 150),
    "double size": lambda image: fit(image, 600),
    "letterbox": lambda image: pad(fit(image, 224), 224),
    "letterbox, quality 60": lambda image: encoded(pad(fit(image, 224), 224), 60),
    "black frame": lambda image: np.pad(image, ((30, 9), (0, 50))),
    "stretched": lambda image: np.asarray(cv2.resize(image, (224, 224)), np.uint8),
    "darker": lambda image: np.rint(0.8 * image - 5).astype(np.uint8),
    "turned, half size, quality 60": lambda image: encoded(fit(turn(image, 3), 150), 60),
}


def found(*images: Grey) -> list[tuple[int, int]]:
    return [(one, other) for one, other, _ in near_pairs([describe(image) for image in images])]


@pytest.mark.parametrize("way", range(8))
def test_flips_and_rotations_are_found(way: int) -> None:
    [(first, second, correlation)] = near_pairs(
        [describe(image) for image in (picture(0), picture(1), turn(picture(0), way))]
    )
    assert (first, second) == (0, 2)
    assert 0.999 < correlation <= 1


@pytest.mark.parametrize("name", COPIES)
def test_copies_are_found_among_others(name: str) -> None:
    for seed in range(5):
        others = [picture(seed + number) for number in (10, 20, 30)]
        assert found(picture(seed), *others, COPIES[name](picture(seed))) == [(0, 4)]


def test_different_pictures_are_not() -> None:
    assert found(*map(picture, range(40))) == []
    letterboxed = (COPIES["letterbox, quality 60"](picture(seed)) for seed in range(40))
    assert found(*letterboxed) == []


def test_a_file_cut_short_is_found_by_the_rows_it_shows() -> None:
    whole = jpeg(picture(3), 90)
    short = decode_grey(whole[: len(whole) * 2 // 3], truncated=True)
    assert (short[-40:] == 128).all()
    assert 20 < describe(short).rows < SIDE
    assert found(picture(2), decode_grey(whole), short, picture(4)) == [(1, 2)]
    shorter = decode_grey(whole[: len(whole) // 2], truncated=True)
    assert found(shorter, decode_grey(whole), short) == [(0, 1), (0, 2), (1, 2)]


def test_a_file_that_shows_next_to_nothing_is_compared_with_none() -> None:
    image = picture(3)
    image[60:] = 128
    assert describe(image).rows < 20
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
    assert describe(np.zeros((1, 1), np.uint8)).thumbnails.shape == (1, SIDE, SIDE)
    assert found(picture(0)[:3, :3], picture(1)[:1, :9]) == []


def test_nothing_to_compare() -> None:
    assert near_pairs([]) == []
    assert near_pairs([None, describe(picture(0)), None]) == []


def test_a_description_is_small_and_doubtful_borders_take_a_second_thumbnail() -> None:
    assert describe(picture(0)).thumbnails.nbytes == 4096
    faded = picture(0)
    faded[:50] = 24  # darker than the one notion of black, brighter than the other
    assert describe(faded).thumbnails.nbytes == 8192


@settings(max_examples=10)
@given(st.permutations([picture(seed % 5) for seed in range(5)] + [turn(picture(0), 6), None]))
def test_the_order_does_not_matter(images: list[Grey | None]) -> None:
    described = [None if image is None else describe(image) for image in images]
    [(first, second, correlation)] = near_pairs(described)
    pair = {images[first].tobytes(), images[second].tobytes()}  # type: ignore[union-attr]
    assert pair == {picture(0).tobytes(), turn(picture(0), 6).tobytes()}
    assert correlation == near_pairs([describe(picture(0)), describe(turn(picture(0), 6))])[0][2]


def test_look_alikes_do_not_chain() -> None:
    """Both ends correlate with the middle by 0.94, with each other by 0.77 only."""
    random = np.random.default_rng(0)
    shadow = cv2.resize(random.normal(0, 60, (4, 4)), (SIDE, SIDE), interpolation=cv2.INTER_CUBIC)
    shared, apart = random.normal(0, 12, (2, SIDE, SIDE))
    ends = [
        Description(np.clip(128 + shadow + shared + share * apart, 0, 255).astype(np.uint8)[None])
        for share in (0.36, 0, -0.37)
    ]
    alone = [next(correlations(one, [other])) for one, other in combinations(ends, 2)]
    assert alone[0] > 0.93 < alone[2]
    assert alone[1] < 0.85
    assert [(one, other) for one, other, _ in near_pairs(ends)] == [(0, 1)]


@settings(max_examples=30)
@given(SEEDS, st.integers(0, 7))
def test_a_hash_is_the_same_for_all_flips_and_rotations(seed: int, way: int) -> None:
    thumbnail = picture(seed, SIDE, SIDE)
    np.testing.assert_allclose(
        perceptual_hash(turn(thumbnail, way)), perceptual_hash(thumbnail), atol=1e-5
    )


def test_a_hash_holds_the_low_frequencies_of_the_cosine_transform() -> None:
    thumbnail = picture(5, SIDE, SIDE)
    spectrum = np.abs(dctn(thumbnail.astype(float), norm="ortho"))
    values = [spectrum[u, v] for u in range(8) for v in range(8) if 0 < u + v < 8]
    expected = np.sort(values) / np.linalg.norm(values)
    np.testing.assert_allclose(np.sort(perceptual_hash(thumbnail)), expected, atol=1e-5)


@settings(max_examples=30)
@given(SEEDS, SEEDS, st.floats(0, 1), st.integers(0, 7))
def test_the_distance_of_hashes_is_bounded_by_the_correlation(
    seed: int, other_seed: int, share: float, way: int
) -> None:
    one = picture(seed, SIDE, SIDE)
    other = np.rint((1 - share) * one + share * picture(other_seed, SIDE, SIDE)).astype(np.uint8)
    low = np.add.outer(np.arange(8), np.arange(8)) < 8
    low[0, 0] = False
    a, b = (dctn(image.astype(float), norm="ortho")[:8, :8][low] for image in (one, other))
    correlation = a @ b / (np.linalg.norm(a) * np.linalg.norm(b))
    distance = np.linalg.norm(perceptual_hash(one) - perceptual_hash(turn(other, way)))
    assert distance <= np.sqrt(max(0, 2 - 2 * correlation)) + 1e-3


@settings(max_examples=20)
@given(
    st.lists(st.tuples(st.integers(0, 5), st.floats(0, 0.4), st.booleans()), min_size=1, max_size=8)
)
def test_candidates_are_those_of_a_plain_search(plan: list[tuple[int, float, bool]]) -> None:
    thumbnails = [
        np.rint((1 - share) * picture(seed, SIDE, SIDE) + share * picture(9, SIDE, SIDE)).astype(
            np.uint8
        )
        for seed, share, _ in plan
    ]
    asking = np.array([asks for _, _, asks in plan])
    hashes = [perceptual_hash(thumbnail) for thumbnail in thumbnails]
    proposed = candidates(thumbnails, asking)
    assert {frozenset(pair) for pair in proposed.tolist() if pair[0] != pair[1]} == {
        frozenset((i, j))
        for i, j in combinations(range(len(plan)), 2)
        if (asking[i] or asking[j]) and np.linalg.norm(hashes[i] - hashes[j]) <= RADIUS
    }


def test_the_correlation_is_pearsons_after_a_high_pass() -> None:
    one, other = (Description(picture(seed, SIDE, SIDE)[None]) for seed in (6, 7))
    detail, turned = (
        thumbnail - gaussian_filter(thumbnail, 2, mode="reflect", truncate=4)
        for thumbnail in (one.thumbnails[0].astype(float), other.thumbnails[0].astype(float))
    )
    ways = [np.corrcoef(detail.ravel(), turn(turned, way).ravel())[0, 1] for way in range(8)]
    assert list(correlations(one, [other, one])) == pytest.approx([max(ways), 1], abs=1e-3)
    assert next(correlations(other, [one])) == next(correlations(one, [other]))


@pytest.mark.shared
def test_real_duplicates_are_told_from_views_of_one_study(fracatlas: Path) -> None:
    names = {
        "Fractured": "IMG0002617 IMG0002646 IMG0004072 IMG0003070",
        "Non_fractured": "IMG0004028 IMG0003044 IMG0004347 IMG0001831 IMG0001833 IMG0001978",
    }
    paths = [
        fracatlas / "images" / folder / f"{name}.jpg"
        for folder, ids in names.items()
        for name in ids.split()
    ]
    images = [decode_grey(read_bytes(path), truncated=True) for path in paths]
    assert [(paths[i].stem, paths[j].stem) for i, j in found(*images)] == [
        ("IMG0002617", "IMG0004028"),  # opposite labels; the second file is cut short
        ("IMG0002646", "IMG0004072"),
        ("IMG0003044", "IMG0004347"),
    ]
