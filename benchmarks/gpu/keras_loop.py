"""Our fine-tuning of ResNet-50, raced against its bare step, and where the time goes."""

import time
from functools import partial
from typing import TYPE_CHECKING, Any
from unittest import mock

from benchmarks.gpu.work import Work, answer
from benchmarks.machine import versions
from benchmarks.textures import first_batch, pack
from fracture.device import prepare
from fracture.params import section
from fracture.params.train import Train, merge, resolve

if TYPE_CHECKING:
    import keras

    from benchmarks.bare import Runner

PRECISION = "mixed_bfloat16"


def measure(work: Work) -> dict[str, Any]:
    """Return seconds of `fit`, of the bare step and of what stands around it, and the device."""
    model, settings = resolve(section.load(), "resnet50", "transfer")
    changes: dict[str, Any] = {
        "weights": None,
        "precision": PRECISION,
        "batch_size": work.batch,
        "localise": {"stride": 0},
        "frozen": {"epochs": 0},
        "finetune": {
            "epochs": work.repetitions + 1,
            "patience": 0,
            "unfreeze": 1.0,
            "batch_norm": "train",
        },
    }
    settings = Train.parse(merge(settings.model_dump(), changes), "the benchmark")
    prepare("auto", 0, PRECISION)
    import jax  # noqa: PLC0415 - once the device is chosen
    import keras  # noqa: PLC0415

    from benchmarks.bare import race  # noqa: PLC0415
    from fracture.training import training  # noqa: PLC0415
    from fracture.training.network import build  # noqa: PLC0415

    packed = pack({"train": work.batch * work.steps, "validation": work.batch}, work.size)

    def around(fitted: keras.Model, batches: Any) -> "dict[str, Runner]":
        return runners(fitted, batches, first_batch(packed, work.batch))

    if not work.augmented:
        mock.patch.object(training, "augmentation", return_value=keras.layers.Identity()).start()
    with race(work.steps, around) as seconds:
        training.train(build(model, settings, work.size), packed, settings, 0)
    device = jax.devices()[0]
    return {
        "device": device.device_kind,
        "platform": device.platform,
        "versions": versions("keras", "jax"),
        "seconds": seconds,
    }


def runners(model: "keras.Model", batches: Any, batch: tuple[Any, Any, Any]) -> "dict[str, Runner]":
    """Return the step by itself, and what fit does besides.

    Args:
        model: That is fitted.
        batches: That it is fitted to.
        batch: One of them.
    """
    import jax  # noqa: PLC0415

    from benchmarks.bare import bare_step  # noqa: PLC0415

    step = bare_step(model, batch)

    def take(steps: int) -> float:
        begun = time.perf_counter()
        for position in range(steps):
            _ = batches[position % len(batches)]
        return time.perf_counter() - begun

    def transfer(steps: int) -> float:
        begun = time.perf_counter()
        for _ in range(steps):
            jax.block_until_ready(jax.device_put(batch))
        return time.perf_counter() - begun

    return {
        "bare step": step,
        "bare step, each batch sent": partial(step, resident=False),
        "batch taken from memory": take,
        "batch sent to the device": transfer,
    }


if __name__ == "__main__":
    answer(measure)
