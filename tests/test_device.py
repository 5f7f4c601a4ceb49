"""The device: its description, and what is set for the backends."""

import os

import pytest

from fracture.console import PipelineError
from fracture.device import prepare


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


def test_no_backend_takes_all_memory_of_a_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("TF_FORCE_GPU_ALLOW_GROWTH", "XLA_PYTHON_CLIENT_PREALLOCATE"):
        monkeypatch.delenv(variable, raising=False)
    prepare("cpu", 0)
    assert os.environ["TF_FORCE_GPU_ALLOW_GROWTH"] == "true"
    assert os.environ["XLA_PYTHON_CLIENT_PREALLOCATE"] == "false"
