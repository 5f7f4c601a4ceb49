"""How fast a phase goes, worked out by hand."""

import pytest

from fracture.training.pace import Pace, duration, speed


def test_the_rest_of_a_phase_is_told_from_its_batches_and_all_else() -> None:
    pace = Pace(steps=10, images=8)
    pace.begin_phase(100)
    pace.begin_epoch(101)
    pace.end_batches(1, 131)  # 30 s, almost all of them of the compilation
    assert pace.left(3, 1) is None
    pace.end_batches(3, 135)
    assert pace.batch == 2
    assert pace.images_per_second == 4
    assert pace.left(3, 3) == 2 * (30 - 3)
    pace.end_batches(10, 149)
    assert pace.end_epoch(155) == 55
    # 55 s, of which 48 went to batches.
    assert pace.others == 7
    assert pace.left(2, 0) == 2 * 20 + 7 * 2

    pace.begin_epoch(156)
    pace.end_batches(5, 176)
    assert pace.batch == 4
    assert pace.images_per_second == 2
    # Ten batches of 2 s in the epoch before, five of 4 s in this one.
    assert pace.left(2, 5) == pytest.approx((10 * 2 + 5 * 4) / 15 * 15 + 7 * 2)
    pace.end_batches(10, 186)
    assert pace.batch == 3
    assert pace.end_epoch(187) == 32
    assert pace.others == 2
    assert pace.left(1, 0) == 3 * 10 + 2
    assert pace.left(0, 0) == 0


def test_an_epoch_that_is_told_of_once_is_measured_from_its_begin() -> None:
    pace = Pace(steps=4, images=16)
    pace.begin_phase(0)
    pace.begin_epoch(0)
    pace.end_batches(4, 2)
    assert pace.batch == 0.5
    assert pace.images_per_second == 32
    assert pace.end_epoch(2.5) == 2.5
    assert pace.left(3, 0) == 3 * 2 + 3 * 0.5


@pytest.mark.parametrize(
    ("images", "expected"),
    [
        (0.44, "0.4 images/s"),
        (9.94, "9.9 images/s"),
        (56.7, "57 images/s"),
        (1234, "1,234 images/s"),
    ],
)
def test_speeds_have_a_unit(images: float, expected: str) -> None:
    assert speed(images) == expected


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(0.0213, "0.02 s"), (9.87, "9.87 s"), (45.6, "46 s"), (125, "02:05"), (7384, "2:03:04")],
)
def test_durations_have_a_unit(seconds: float, expected: str) -> None:
    assert duration(seconds) == expected
