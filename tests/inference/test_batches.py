import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from fracture.inference.batches import in_batches

IMAGES = np.arange(30, dtype=np.uint8)[:, None, None, None]


@given(rows=st.lists(st.integers(0, 29), min_size=1, max_size=30), batch_size=st.integers(1, 40))
def test_each_radiograph_once_in_order_in_batches_of_one_size(
    rows: list[int], batch_size: int
) -> None:
    batches = list(in_batches(IMAGES, np.array(rows), batch_size, "test"))
    assert {len(batch) for batch, _ in batches} == {min(batch_size, len(rows))}
    assert np.concatenate([batch[:count, 0, 0, 0] for batch, count in batches]).tolist() == rows


def test_the_last_batch_is_filled_with_its_own_radiographs() -> None:
    *_, (last, count) = in_batches(IMAGES, np.array([3, 1, 4, 1, 5]), 3, "test")
    assert count == 2
    assert last[:, 0, 0, 0].tolist() == [1, 5, 1]
