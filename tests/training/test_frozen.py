"""The frozen phase: a warm cache, a cold one and none give the same bytes."""

import random
from pathlib import Path
from typing import Any

import pytest

from fracture.artifacts import arrays
from fracture.artifacts.arrays import PackedImages
from fracture.device import prepare
from fracture.params.train import Model, Train
from fracture.training import features
from fracture.training import network as building
from fracture.training.cache import Cache
from fracture.training.fitting import Support
from fracture.training.network import build
from fracture.training.resume import State, Store
from fracture.training.training import train
from tests.training.conftest import SIZE, settings
from tests.training.test_stage import small_backbone

SMALL = Model(backbone="deepconvnet", variant="plain", target="fractured")
LEARNED = ["loss", "auc", "validation_loss", "validation_auc", "learning_rate"]


@pytest.fixture
def chosen(demo: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> Train:
    """Return settings of a head for which everything draws: dropout, views, augmentation."""
    monkeypatch.setattr(building, "build_backbone", small_backbone)
    return settings(
        demo,
        frozen={"epochs": 3, "views": 3, "patience": 2},
        finetune={"epochs": 0},
        head={"normalize": True, "dropout": 0.3, "units": [4]},
    )


@pytest.fixture
def mapped(packed: PackedImages, tmp_path: Path) -> PackedImages:
    """Return the radiographs as the train stage reads them."""
    arrays.write(tmp_path / "plain.h5", packed.table, SIZE, packed.images)
    return arrays.read(tmp_path / "plain.h5")


def trained(
    packed: PackedImages, chosen: Train, cache: Cache | None, store: Store | None = None
) -> tuple[list[bytes], str, Any]:
    """Train from the start as a process of its own would; fine-tuning would go on from there."""
    prepare("cpu", 0)
    network = build(SMALL, chosen, SIZE)
    history = train(network, packed, chosen, 0, Support(store, cache))
    weights = [array.tobytes() for array in network.whole.get_weights()]
    return weights, history[LEARNED].to_csv(float_format="%.17g"), random.getstate()


def test_a_cache_changes_nothing(
    packed: PackedImages,
    mapped: PackedImages,
    chosen: Train,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    expected = trained(packed, chosen, None)
    cold = Cache(tmp_path / "features", 1e9)
    assert trained(mapped, chosen, cold) == expected
    assert len(list(cold.folder.iterdir())) == 4  # three views, and validation

    def forbidden(*_: Any) -> Any:
        raise AssertionError("computed")

    with monkeypatch.context() as patch:
        patch.setattr(features, "compute", forbidden)
        assert trained(mapped, chosen, Cache(cold.folder, 1e9)) == expected
    # No room for any: they are computed anew, and used while their files are gone.
    small = Cache(tmp_path / "small", 1)
    assert trained(mapped, chosen, small) == expected
    assert not list(small.folder.iterdir())


def test_an_interrupted_head_goes_on_with_its_features(
    mapped: PackedImages, chosen: Train, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache, store = Cache(tmp_path / "features", 1e9), Store(tmp_path / "state")
    expected = trained(mapped, chosen, None)
    save = Store.save

    def killed(store: Store, phase: str, state: State) -> None:
        save(store, phase, state)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Store, "save", killed)
        with pytest.raises(KeyboardInterrupt):
            trained(mapped, chosen, cache, store)
    kept = {path: path.read_bytes() for path in cache.folder.iterdir()}
    assert trained(mapped, chosen, Cache(cache.folder, 1e9), store) == expected
    assert {path: path.read_bytes() for path in cache.folder.iterdir()} == kept
