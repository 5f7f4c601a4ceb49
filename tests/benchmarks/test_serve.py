"""What the benchmark of serving counts and divides."""

from collections.abc import Sequence

import pytest

from benchmarks.serve.__main__ import BASE, BY_HAND, HEADER, rows
from benchmarks.serve.ways import TOGETHER, WARM, Cost, time_answers


def test_one_by_one_then_together() -> None:
    asked: list[list[int]] = []

    def answer(numbers: Sequence[int]) -> None:
        asked.append(list(numbers))

    spent = iter([5.0, 5.64])
    alone, together, processor = time_answers(answer, [0, 1, 2], 10, lambda: next(spent))
    single, batches = asked[: WARM + 10], asked[WARM + 10 :]
    assert single == [[place % 3] for place in range(WARM + 10)]
    assert [len(batch) for batch in batches] == [TOGETHER] * 3  # one of them warms up
    assert len(alone) == 10
    assert together > 0
    assert processor == pytest.approx(1000 * 0.64 / (2 * TOGETHER))


def test_ratios_are_to_onnx_runtime_alone_and_to_the_way_by_hand() -> None:
    costs = {
        BASE: Cost(0.5, 100, [0.01, 0.02, 0.03], 50, 20),
        BY_HAND: Cost(0.5, 100, [0.06], 40, 24),
        "service": Cost(1, 300, [0.03] * 3, 25, 30),
    }
    base, _, service = rows(costs)
    told = dict(zip(HEADER, base, strict=True))
    assert [told[name] for name in ("x p50", "x slower", "x processor")] == ["1.00"] * 3
    assert service == [
        "service", "1.0", "300", "30", "30", "1.50", "0.50", "25.0", "2.00", "30", "1.50", "1.25",
    ]  # fmt: skip
