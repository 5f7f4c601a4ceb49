"""Cached features: those that would be computed, under a key of all that they depend on."""

import random
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fracture.artifacts.arrays import PackedImages
from fracture.device import prepare
from fracture.params.train import Model, Train
from fracture.training import features
from fracture.training.batches import Rows
from fracture.training.cache import Cache
from fracture.training.features import HARMLESS, compute, gather, keys, moments, view_seeds
from fracture.training.network import Network, build
from tests.training.conftest import SIZE, settings

SMALL = Model(backbone="deepconvnet", variant="plain", target="fractured")


@pytest.fixture
def network(demo: dict[str, Any]) -> Network:
    prepare("cpu", 0)
    return build(SMALL, settings(demo), SIZE)


@pytest.fixture
def images(packed: PackedImages) -> Rows:
    return Rows(packed.images, np.arange(1, 20, 2))


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "features", 1e9)


def forbidden(*_: Any) -> Any:
    raise AssertionError("computed")


def test_the_first_view_is_the_radiograph_itself(
    network: Network, images: Rows, demo: dict[str, Any]
) -> None:
    views = gather(network, images, settings(demo), view_seeds(3, 0))
    assert len(views) == 3
    plain, one, two = (view[:] for view in views)
    assert plain.shape == (10, network.features.output_shape[1])
    assert plain.dtype == np.float32
    expected = keras.ops.convert_to_numpy(network.features(images[:].astype(np.float32)))
    np.testing.assert_allclose(plain, expected, atol=1e-5)
    assert not np.allclose(one, plain, atol=1e-3)
    assert not np.allclose(two, one, atol=1e-3)


def test_cached_features_are_those_computed_anew(
    network: Network,
    images: Rows,
    demo: dict[str, Any],
    cache: Cache,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    chosen, seeds = settings(demo), view_seeds(3, 0)
    state = random.getstate()
    anew = gather(network, images, chosen, seeds)
    cold = gather(network, images, chosen, seeds, cache)
    assert "taken from" not in capsys.readouterr().out
    monkeypatch.setattr(features, "compute", forbidden)
    warm = gather(network, images, chosen, seeds, cache)
    assert capsys.readouterr().out == "features of 10 radiographs: taken from data/features\n"
    for views in (cold, warm):
        assert [view[:].tobytes() for view in views] == [view[:].tobytes() for view in anew]
        assert all(view.file is not None for view in views)
    assert random.getstate() == state  # which the head's dropout and the order are drawn from


def test_more_views_compute_what_is_new_alone(
    network: Network,
    images: Rows,
    demo: dict[str, Any],
    cache: Cache,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    chosen = settings(demo)
    two = gather(network, images, chosen, view_seeds(2, 0), cache)
    labels, computed = [], features.compute

    def noted(*arguments: Any) -> Any:
        labels.append(arguments[3])
        return computed(*arguments)

    monkeypatch.setattr(features, "compute", noted)
    four = gather(network, images, chosen, view_seeds(4, 0), cache)
    assert labels == [f"features of 10 radiographs, view {n} of 4" for n in (3, 4)]
    assert "radiographs: 2 of 4 views taken from" in capsys.readouterr().out
    assert [view[:].tobytes() for view in four[:2]] == [view[:].tobytes() for view in two]
    # The plain view is any seed's and any augmentation's.
    labels.clear()
    other = settings(demo, augmentation={"rotation": 5})
    gather(network, images, other, view_seeds(2, 1), cache)
    assert labels == ["features of 10 radiographs, view 2 of 2"]


def test_each_view_has_a_seed_of_its_own() -> None:
    assert view_seeds(1, 7) == [None]
    assert view_seeds(3, 7) == [None, 7, 1_000_007]
    assert view_seeds(8, 7)[:3] == view_seeds(3, 7)
    seeds = view_seeds(1000, 2**31 - 1)[1:]
    assert len(set(seeds)) == 999
    assert all(seed is not None and 0 <= seed < 2**31 for seed in seeds)


def key(network: Network, images: Rows, chosen: Train, seed: int | None = None) -> str:
    (only,) = keys(network, images, chosen, [seed])
    return only


@pytest.mark.parametrize(
    "overrides",
    [
        {"scaling": "unit"},
        {"batch_size": 4},
        {"precision": "mixed_bfloat16"},
        {"threads": 2},
        {"head": {"pooling": "max"}},
    ],
    ids=lambda overrides: next(iter(overrides)),
)
def test_a_parameter_of_the_features_changes_the_key(
    network: Network, images: Rows, demo: dict[str, Any], overrides: dict[str, Any]
) -> None:
    chosen = settings(demo)
    assert key(network, images, chosen) == key(network, images, chosen)
    assert key(network, images, chosen) != key(network, images, settings(demo, **overrides))


def test_the_augmentation_changes_the_key_of_augmented_views(
    network: Network, images: Rows, demo: dict[str, Any]
) -> None:
    chosen, other = settings(demo), settings(demo, augmentation={"shift": 0.06})
    seeds = [None, 0, 1]
    assert len(set(keys(network, images, chosen, seeds) + keys(network, images, other, seeds))) == 5


def test_network_and_radiographs_change_the_key(
    network: Network, images: Rows, packed: PackedImages, demo: dict[str, Any]
) -> None:
    chosen = settings(demo)
    first = key(network, images, chosen)
    # Equal bytes are the same radiographs, wherever they lie.
    assert key(network, Rows(images[:]), chosen) == first
    others = packed.images.copy()
    others[1, 0, 0, 0] ^= 1
    found = {
        first,
        key(network, Rows(others, images.chosen), chosen),
        key(network, Rows(packed.images, images.chosen[::-1]), chosen),
        key(network, Rows(packed.images, images.chosen[:-1]), chosen),
    }
    keras.utils.set_random_seed(1)
    found.add(key(build(SMALL, chosen, SIZE), images, chosen))
    weights = network.features.get_weights()
    weights[-1] = np.nextafter(weights[-1], np.inf)
    network.features.set_weights(weights)
    found.add(key(network, images, chosen))
    network.whole.name = "another"
    found.add(key(network, images, chosen))
    assert len(found) == 7


def test_code_and_libraries_change_the_key(
    network: Network,
    images: Rows,
    demo: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    chosen, found = settings(demo), set()
    found.add(key(network, images, chosen))
    with monkeypatch.context() as patch:
        patch.setattr(features, "code_of", lambda _: ["fracture/training/network.py edited"])
        found.add(key(network, images, chosen))
    with monkeypatch.context() as patch:
        patch.setattr(keras.backend, "backend", lambda: "another")
        found.add(key(network, images, chosen))
    assert len(found) == 3


def test_parameters_of_the_head_alone_keep_the_key(
    network: Network, images: Rows, demo: dict[str, Any]
) -> None:
    chosen = settings(demo)
    other = settings(
        demo,
        optimizer="adam",
        learning_rate=0.5,
        weight_decay=0.5,
        schedule="constant",
        warmup=0.5,
        label_smoothing=0.5,
        class_weights="none",
        batch_norm_momentum=0.5,
        head={"normalize": False, "units": [3], "dropout": 0.5},
        frozen={"epochs": 9, "views": 9, "patience": 9},
        finetune={"epochs": 9, "unfreeze": 0.5, "batch_norm": "frozen", "patience": 9},
    )
    assert keys(network, images, chosen, [None, 0]) == keys(network, images, other, [None, 0])
    assert HARMLESS.keys() <= Train.model_fields.keys()


@given(
    shape=st.tuples(st.integers(1, 3), st.integers(1, 2500), st.integers(2, 40)),
    seed=st.integers(0, 99),
)
def test_moments_are_those_of_one_array_of_all_views(
    shape: tuple[int, int, int], seed: int
) -> None:
    views = np.random.default_rng(seed).normal(1, 3, shape).astype(np.float32)
    mean, variance = moments(list(views))
    assert mean.tobytes() == views.mean((0, 1)).tobytes()
    assert variance.tobytes() == views.var((0, 1)).tobytes()


def test_features_come_batch_by_batch(network: Network, images: Rows) -> None:
    sizes = [len(batch) for batch in compute(network.features, images, 4, "features")]
    assert sizes == [4, 4, 2]
