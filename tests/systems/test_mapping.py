"""The fracture map of a mean of models: weighed as the service weighs it, as fine as the finest."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from fracture.artifacts import maps
from fracture.artifacts.maps import Maps, Measured
from fracture.inference.heat import weights_of
from fracture.judging.localisation import describe
from fracture.systems.formula import Leaf, Linear, Node, Route, leaves_of
from fracture.systems.mapping import mean_maps, shares
from tests.judging.localisation.examples import packed

A0, A1, B = (Leaf(network=name, target="fractured") for name in ("a/seed0", "a/seed1", "b/seed0"))
SEEDS = Linear(parts=[A0, A1], weights=[0.5, 0.5], intercept=[0])
ROUTE = Route(
    router=B, classes=["foot", "hand"], temperature=1, to={"foot": A0}, otherwise=B, soft=True,
    least=0,
)  # fmt: skip


def weighed(*parts: Node) -> Linear:
    return Linear(parts=list(parts), weights=[0.7, 0.3], intercept=[0])


def test_members_count_as_in_what_the_service_shows() -> None:
    formula = weighed(SEEDS, B)
    assert shares(formula) == {"a": 0.5, "b": 0.5}
    assert shares(A1) == {"a": 1}
    of_networks = weights_of(formula, {leaf: np.zeros(1) for leaf in leaves_of(formula)})
    assert {leaf.network: float(share[0]) for leaf, share in of_networks.items()} == {
        "a/seed0": 0.25, "a/seed1": 0.25, "b/seed0": 0.5,
    }  # fmt: skip
    assert shares(ROUTE) is None
    assert shares(weighed(ROUTE, B)) is None


def made(rows: int, value: float) -> Maps:
    measured = describe(packed())
    n = len(measured.ids)
    heat = np.full((n, rows, rows), value, np.float32)
    heat[:, 0, 0] = 0
    return Maps(measured, heat, 1 - heat)


def test_a_coarse_map_is_enlarged_to_the_finest_one() -> None:
    found = mean_maps({"a": 0.25, "b": 0.75}, {"a": made(2, 0.8), "b": made(4, 0.4)})
    assert found is not None
    assert found.network.shape == (12, 4, 4)
    assert found.network.dtype == np.float32
    np.testing.assert_allclose(found.network[:, 3, 3], 0.25 * 0.8 + 0.75 * 0.4, rtol=1e-6)
    np.testing.assert_allclose(found.random_weights[:, 3, 3], 0.25 * 0.2 + 0.75 * 0.6, rtol=1e-6)
    assert not found.network[:, 0, 0].any()
    assert found.measured == made(2, 0).measured


def test_maps_of_other_radiographs_have_no_mean() -> None:
    one = made(2, 0.8)
    other = replace(one, measured=replace(one.measured, ids=[*one.measured.ids[1:], "another"]))
    assert mean_maps({"a": 0.5, "b": 0.5}, {"a": one, "b": other}) is None


def test_maps_come_back_as_they_were_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    target = maps.path("small")
    target.parent.mkdir(parents=True)
    written = made(4, 0.3)
    maps.write(written, target)
    first = target.read_bytes()
    maps.write(written, target)
    assert target.read_bytes() == first
    read = maps.read("small")
    assert read.measured == written.measured
    assert isinstance(read.measured, Measured)
    np.testing.assert_array_equal(read.network, written.network)
    np.testing.assert_array_equal(read.random_weights, written.random_weights)
