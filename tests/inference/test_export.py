"""Networks as ONNX files: they say what Keras says, in the same bytes whenever written."""

from pathlib import Path

import keras
import numpy as np
import pytest
from ruamel.yaml import YAML

from fracture.artifacts import network as networks
from fracture.artifacts.bundle import BundledNetwork
from fracture.console import PipelineError
from fracture.inference import export as exporting
from fracture.inference import runtimes
from fracture.inference.export import difference, export, lacking
from fracture.inference.gradcam import GradCAM
from fracture.inference.runtimes import FEATURES, OnnxNetwork, choose
from tests.conftest import ROOT
from tests.inference.examples import network, radiographs

pytestmark = pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="exports with TensorFlow"
)
COUNT, SIZE = 5, 32


@pytest.fixture(scope="module")
def built() -> keras.Model:
    """Return a network with a fracture map and a deep head, its statistics far from their first."""
    parameters = YAML(typ="safe").load(ROOT / "params.yaml")
    made = network(parameters, "deepconvnet", SIZE, stride=8, units=[4], normalize=True)
    random = np.random.default_rng(0)
    for layer in made.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.set_weights(
                [random.uniform(0.5, 1.5, each.shape) for each in layer.get_weights()]
            )
    return made


@pytest.fixture(scope="module")
def exported(built: keras.Model, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("exported")
    export(built, folder)
    return folder


def test_probability_heat_and_map_are_those_of_keras(built: keras.Model, exported: Path) -> None:
    images, rows = radiographs(COUNT, SIZE), np.array([4, 1, 2, 0, 3])
    expected = GradCAM(built).explain(images, rows, 2)
    assert expected.map is not None
    for threads in ("all", 1):
        loaded = OnnxNetwork(networks.onnx_path(exported), threads)
        found = loaded.explain(images, rows, 2)
        for name in ("probabilities", "heat", "map"):
            told, known = getattr(found, name), getattr(expected, name)
            assert told.dtype == np.float32
            assert np.ptp(known) > 0
            np.testing.assert_allclose(told, known, atol=1e-5)
        one = loaded.predict_on_batch(images[4:])  # any number at a time
        np.testing.assert_allclose(one, expected.probabilities[:1], atol=1e-6)
        pooled = keras.Model(built.input, built.get_layer("pooled").output)
        features = loaded.run(images)[FEATURES]
        np.testing.assert_allclose(features, pooled.predict_on_batch(images), atol=1e-4)


def test_a_transformer_is_exported_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With GELU, which tf2onnx writes in an operation that ONNX lacks, and radiographs enlarged."""
    monkeypatch.setattr("fracture.backbones.vit.DEPTH", 1)  # each further block takes five seconds
    parameters = YAML(typ="safe").load(ROOT / "params.yaml")
    made = network(parameters, "dinov2_small", SIZE, stride=8)
    random = np.random.default_rng(0)
    for layer in made.layers:
        if "_scale" in layer.name:  # which start where a block hardly counts
            layer.set_weights([random.uniform(0.2, 0.5, layer.kernel.shape)])
    export(made, tmp_path)
    images, rows = radiographs(COUNT, SIZE), np.arange(COUNT)
    assert difference(made, tmp_path, images) < 1e-5
    found = OnnxNetwork(networks.onnx_path(tmp_path), 1).explain(images, rows, 2)
    expected = GradCAM(made).explain(images, rows, 2)
    for told, known in ((found.heat, expected.heat), (found.map, expected.map)):
        assert told is not None
        assert known is not None
        assert np.ptp(known) > 0
        np.testing.assert_allclose(told, known, atol=1e-4)


def test_the_same_network_gives_the_same_bytes(
    built: keras.Model, exported: Path, tmp_path: Path
) -> None:
    """What was converted before counts names on."""
    export(built, tmp_path)
    once, again = (networks.onnx_path(folder).read_bytes() for folder in (exported, tmp_path))
    assert once == again
    assert str(tmp_path).encode() not in again


def test_a_difference_is_told_and_a_large_one_refused(
    built: keras.Model, exported: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    images = radiographs(COUNT, SIZE)
    assert 0 < difference(built, exported, images) < 1e-6
    weights = built.get_weights()
    kernel, bias = built.get_layer("probability").get_weights()
    built.get_layer("probability").set_weights([kernel, bias + 1])
    with pytest.raises(PipelineError, match=r"differ by 0\.\d+ in a prob.*at most 0.0001: without"):
        difference(built, exported, images)
    built.set_weights(weights)
    monkeypatch.setattr(exporting, "LARGEST", 0)
    with pytest.raises(PipelineError, match="differ by"):
        difference(built, exported, images)


def test_why_networks_are_not_exported(monkeypatch: pytest.MonkeyPatch) -> None:
    assert lacking("float32") == ""
    assert lacking("mixed_bfloat16") == "precision is mixed_bfloat16"
    monkeypatch.setattr(exporting, "find_spec", lambda name: name != "tf2onnx")
    assert lacking("float32") == "tf2onnx not installed"
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    assert lacking("float32") == "Keras computes with jax, expected tensorflow"


def bundled(*files: str) -> BundledNetwork:
    return BundledNetwork(
        targets={"fractured": 1}, size=16, steps=(), mirror=False, batch_size=4,
        sha256=dict.fromkeys(files, ""),
    )  # fmt: skip


def test_onnx_runtime_is_chosen_where_all_networks_have_its_file(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    without, within = bundled(*networks.FILES), bundled(*networks.FILES, networks.ONNX)
    assert choose("auto", {"a": within, "b": within}) == "onnx"
    assert choose("auto", {"a": within, "b": without}) == "keras"
    assert choose("keras", {"a": within}) == "keras"
    with pytest.raises(PipelineError, match=r"the bundle has no network.onnx of b: use Keras, or"):
        choose("onnx", {"a": within, "b": without})
    monkeypatch.setattr(runtimes, "find_spec", lambda name: name != "onnxruntime")
    assert choose("auto", {"a": within}) == "keras"
    with pytest.raises(PipelineError, match=r"ONNX Runtime is not installed, .* extra `serving`"):
        choose("onnx", {"a": within})
    monkeypatch.setattr(runtimes, "find_spec", lambda name: name != "keras")
    assert choose("auto", {"a": within}) == "onnx"
    with pytest.raises(PipelineError, match=r"Keras is not installed, .* extra `keras`"):
        choose("auto", {"a": without})
