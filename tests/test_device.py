"""The device: its description, and what is set for the backends."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from fracture.console import PipelineError
from fracture.device import lacks_gpu, prepare, require_backend
from tests.conftest import ROOT


def found(gpus: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fracture.device._gpus", lambda _: gpus)


def test_the_one_gpu_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    found(["gpu:0"], monkeypatch)
    assert prepare("auto", 0).endswith("on gpu:0, float32")


@pytest.mark.parametrize("device", ["auto", "gpu"])
def test_what_takes_the_other_gpus_is_told(device: str, monkeypatch: pytest.MonkeyPatch) -> None:
    found(["gpu:0", "gpu:1"], monkeypatch)
    description = prepare(device, 0)  # type: ignore[arg-type]
    assert (
        "on gpu:0 of 2 (KERAS_BACKEND=jax with device: all takes every one), float32" in description
    )
    assert "takes" not in prepare("all", 0)


def test_all_of_a_machine_without_gpus_is_its_cpu(monkeypatch: pytest.MonkeyPatch) -> None:
    found([], monkeypatch)
    assert "on cpu (" in prepare("all", 0)
    with pytest.raises(PipelineError, match=r"device is gpu, but \w+ finds no GPU"):
        prepare("gpu", 0)


@pytest.mark.parametrize(
    ("backend", "message"),
    [
        ("foo", r"^KERAS_BACKEND is 'foo'; expected one of: tensorflow, jax, torch: set it"),
        ("torch", r"^KERAS_BACKEND is torch, which is not installed; .*uv pip install torch, or"),
    ],
)
def test_a_backend_that_is_absent_is_named(
    monkeypatch: pytest.MonkeyPatch, backend: str, message: str
) -> None:
    monkeypatch.setenv("KERAS_BACKEND", backend)
    monkeypatch.setattr("fracture.device.find_spec", lambda name: name != "torch")
    with pytest.raises(PipelineError, match=message):
        require_backend()


def test_the_backend_is_tensorflow_where_none_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KERAS_BACKEND", raising=False)
    assert require_backend() == "tensorflow"


@pytest.mark.parametrize(("file", "without"), [("nvidiactl", False), ("kfd", False), ("tty", True)])
def test_a_gpu_has_a_driver(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: str, without: bool
) -> None:
    (tmp_path / file).touch()
    monkeypatch.setattr("fracture.device.DRIVERS", tmp_path)
    monkeypatch.setattr("sys.platform", "linux")
    assert lacks_gpu() == without
    monkeypatch.setattr("sys.platform", "darwin")
    assert not lacks_gpu()


def test_no_backend_takes_all_memory_of_a_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("TF_FORCE_GPU_ALLOW_GROWTH", "XLA_PYTHON_CLIENT_PREALLOCATE"):
        monkeypatch.delenv(variable, raising=False)
    prepare("cpu", 0)
    assert os.environ["TF_FORCE_GPU_ALLOW_GROWTH"] == "true"
    assert os.environ["XLA_PYTHON_CLIENT_PREALLOCATE"] == "false"


SETTINGS = {
    "half precision": {
        "image_data_format": "channels_first", "floatx": "float16", "epsilon": 0.1, "backend": "jax"
    },
    "double precision": {"image_data_format": "channels_first", "floatx": "float64"},
}  # fmt: skip
PROGRAM = """
import sys
from pathlib import Path
from fracture.device import load_keras
keras = load_keras("cpu", 1)
from fracture.artifacts import network
import numpy as np
from keras import layers
keras.utils.set_random_seed(0)
radiograph = keras.Input((8, 12, 1))
kernel = layers.Conv2D(3, 3, activation="relu")(radiograph)
pooled = layers.GlobalAveragePooling2D()(layers.BatchNormalization()(kernel))
outcome = layers.Dense(1, "sigmoid")(pooled)
made = keras.Model(radiograph, outcome)
made.compile("adam", "binary_crossentropy")
images = np.arange(4 * 96, dtype=np.uint8).reshape(4, 8, 12, 1)
history = made.fit(images, np.array([0, 1, 0, 1]), epochs=3, verbose=0, shuffle=False)
network.write(made, Path("made"))
again = network.read(Path("made")).predict(images, verbose=0)
print(keras.backend.backend(), made.output.dtype, len(history.epoch), again.tobytes().hex())
print((Path("made") / "network.json").read_text())
print(keras.config.floatx(), keras.config.epsilon(), keras.config.image_data_format())
"""


def computed(folder: Path, settings: str, **variables: str) -> str:
    home = folder / "keras"
    home.mkdir(parents=True)
    (home / "keras.json").write_text(settings)
    environment = {name: text for name, text in os.environ.items() if not name.startswith("KERAS_")}
    environment |= {"KERAS_HOME": str(home), "PYTHONPATH": str(ROOT), **variables}
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=folder, env=environment, capture_output=True,
        text=True, check=False,
    )  # fmt: skip
    return run.stdout or run.stderr


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> str:
    return computed(tmp_path_factory.mktemp("plain") / "of", "{}")


@pytest.mark.parametrize("name", SETTINGS)
def test_a_users_settings_of_keras_change_nothing(name: str, tmp_path: Path, plain: str) -> None:
    assert plain.startswith("tensorflow float32 3 ")
    assert plain.splitlines()[-1] == "float32 1e-07 channels_last"
    assert computed(tmp_path, json.dumps(SETTINGS[name]), KERAS_MAX_EPOCHS="1") == plain


def test_settings_that_keras_cannot_read_are_named(tmp_path: Path) -> None:
    failure = computed(tmp_path, '{"floatx": "bfloat17"}').splitlines()[-1]
    assert "keras.json: Invalid `floatx` configuration" in failure
    assert failure.endswith("Mend that file, or remove it")
