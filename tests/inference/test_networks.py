"""Networks: each loaded once, every radiograph in order, memory bounded."""

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fracture.artifacts import network as networks
from fracture.imaging.variant import View
from fracture.inference.networks import Member, Networks, in_batches, predict
from fracture.systems.formula import Leaf

IMAGES = np.arange(30, dtype=np.uint8)[:, None, None, None]
VIEW = View(8, ())


def member(batch_size: int = 2, *, mirror: bool = False, folder: str = "one") -> Member:
    return Member(Path(folder), (("fractured", 1),), VIEW, mirror, batch_size)


def mean_network(scale: float = 1 / 255) -> keras.Model:
    """Return a network whose probability is a radiograph's mean, as a fraction of 255."""
    radiograph = keras.Input((8, 8, 1))
    mean = keras.layers.GlobalAveragePooling2D()(radiograph)
    return keras.Model(radiograph, keras.layers.Rescaling(scale)(mean))


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


def test_each_chosen_radiograph_is_predicted_in_order() -> None:
    levels = 10 * np.arange(25, dtype=np.uint8)
    images = np.broadcast_to(levels[:, None, None, None], (25, 8, 8, 1))
    rows = np.array([3, 1, 24, 7, 9])
    for batch_size in (1, 2, 5, 64):
        probabilities = predict(mean_network(), member(batch_size), images, rows)
        assert probabilities.dtype == np.float32
        np.testing.assert_allclose(probabilities[:, 0], levels[rows] / 255, rtol=1e-6)


def test_the_mirror_image_counts_as_much_as_the_radiograph() -> None:
    radiograph = keras.Input((2, 2, 1))
    weights = np.array([[0.8], [0.2], [0], [0]], np.float32)  # of the upper left, the upper right
    dense = keras.layers.Dense(1, use_bias=False)
    network = keras.Model(radiograph, dense(keras.layers.Flatten()(radiograph)))
    dense.set_weights([weights])
    images = np.array([[1, 0, 0, 0], [0, 1, 1, 1]], np.uint8).reshape(2, 2, 2, 1)
    rows = np.array([1, 0])
    alone = predict(network, member(), images, rows)
    np.testing.assert_allclose(alone[:, 0], [0.2, 0.8], rtol=1e-6)
    both = predict(network, member(mirror=True), images, rows)
    np.testing.assert_allclose(both[:, 0], [0.5, 0.5], rtol=1e-6)


@pytest.mark.parametrize("count", [0, 1, 3, 4, 9])
def test_networks_look_at_any_number_of_radiographs(
    count: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded, lengths = [], set()
    originals = {"one": mean_network(), "two": mean_network(1 / 510)}

    def read(folder: Path) -> Any:
        loaded.append(folder.name)
        network = originals[folder.name]

        class Counted:
            def predict_on_batch(self, images: Any) -> Any:
                lengths.add(len(images))
                return network.predict_on_batch(images)

        return Counted()

    monkeypatch.setattr(networks, "read", read)
    one, two = member(folder=str(tmp_path / "one")), member(folder=str(tmp_path / "two"))
    both = Networks({"a": one, "b": two})
    assert loaded == ["one", "two"]
    assert both.views == [VIEW]
    seen = ([np.full((8, 8, 1), 10 * level, np.uint8)] for level in range(count))
    predicted = both.predict(seen)
    expected = 10 * np.arange(count) / 255
    first, second = (predicted[Leaf(network=name, target="fractured")] for name in "ab")
    np.testing.assert_allclose(first, expected, rtol=1e-6)
    np.testing.assert_allclose(second, expected / 2, rtol=1e-6)
    assert len(lengths) <= 1  # traced once


def test_a_network_of_several_targets_says_each(monkeypatch: pytest.MonkeyPatch) -> None:
    """Outputs stand side by side, those of the first target first, and are recorded."""
    told = np.array([[0.25, 0.1, 0.2, 0.7], [1 / 3, 0.5, 0.25, 0.25]], np.float32)

    class Fixed:
        def predict_on_batch(self, images: Any) -> Any:
            return told[: len(images)]

    monkeypatch.setattr(networks, "read", lambda _: Fixed())
    targets = (("fractured", 1), ("body_part", 3))
    two = Member(Path("two"), targets, VIEW, mirror=False, batch_size=2)
    found = Networks({"two/seed0": two}).predict([[np.zeros((8, 8), np.uint8)]] * 2)
    fractured, part = (Leaf(network="two/seed0", target=name) for name, _ in targets)
    assert found[fractured].tolist() == [0.25, 0.333333343]
    assert found[part].shape == (2, 3)
    assert found[part][0].tolist() == [0.100000001, 0.200000003, 0.699999988]
