"""The bare train step of a Keras model, raced against the fit that it is part of."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

import keras

from fracture.console import PipelineError

Runner = Callable[..., float]
"""From a number of steps to the seconds that they take."""

Batch = tuple[Any, Any, Any]
"""Radiographs, labels (batch, 1) and weights (batch,)."""


def bare_step(model: keras.Model, batch: Batch, *, xla: bool = False) -> Runner:
    """Return the compiled train step of a model, to be run on one batch again and again.

    Args:
        model: Compiled and built, optimizer and metrics included.
        batch: NumPy arrays.
        xla: Whether TensorFlow compiles it with XLA, as JAX always does.

    Returns:
        Takes the number of steps and, as `resident`, whether the batch stays on the device, as it
        does where nothing is said, or is sent there for each step.

    Raises:
        PipelineError: The backend has no compiled step.
    """
    backend = keras.backend.backend()
    if backend not in BARE:
        raise PipelineError(f"KERAS_BACKEND is {backend}: expected one of: {', '.join(BARE)}")
    return BARE[backend](model, batch, xla)


def _tensorflow(model: keras.Model, batch: Batch, xla: bool) -> Runner:
    import tensorflow as tf  # noqa: PLC0415 - another backend may be all there is

    placed = tuple(tf.constant(part) for part in batch)
    step = tf.function(model.train_step, jit_compile=xla, autograph=False)

    def run(steps: int, *, resident: bool = True) -> float:
        given = placed if resident else batch
        begun = time.perf_counter()
        for _ in range(steps):
            logs = step(given)
        float(logs["loss"])
        return time.perf_counter() - begun

    return run


def _jax(model: keras.Model, batch: Batch, _: bool) -> Runner:
    import jax  # noqa: PLC0415

    placed = jax.device_put(batch)
    step = jax.jit(model.train_step, donate_argnums=0)
    # Copies, because the step writes over its state and the model needs its own.
    state = tuple(
        [jax.numpy.copy(variable.value) for variable in variables]
        for variables in (
            model.trainable_variables,
            model.non_trainable_variables,
            model.optimizer.variables,
            model.metrics_variables,
        )
    )

    def run(steps: int, *, resident: bool = True) -> float:
        nonlocal state
        given = placed if resident else batch
        begun = time.perf_counter()
        for _ in range(steps):
            logs, state = step(state, given)
        jax.block_until_ready((logs, state))
        return time.perf_counter() - begun

    return run


BARE: dict[str, Callable[[keras.Model, Batch, bool], Runner]] = {
    "tensorflow": _tensorflow,
    "jax": _jax,
}


@contextmanager
def race(
    steps: int, opponents: Callable[[keras.Model, Any], dict[str, Runner]]
) -> Iterator[list[dict[str, float]]]:
    """Time each epoch of Keras' fit, validation left out, and then its opponents.

    They take turns, so that a busy machine slows all of them.

    Args:
        steps: Of an epoch, and of each opponent after it.
        opponents: Makes them of the model that is fitted and the batches that it is fitted to.

    Yields:
        Filled while fit runs: seconds of `fit` and of each opponent, a row for each epoch but the
        first, in which all of them are compiled.
    """
    rows: list[dict[str, float]] = []
    runners: dict[str, Runner] = {}
    fed: Any = None
    begun = taken = 0.0

    def begin(_: int, __: dict[str, float] | None) -> None:
        nonlocal begun
        begun = time.perf_counter()

    def stop(_: dict[str, float] | None) -> None:
        nonlocal taken
        float(clock.model.metrics[0].result())  # the mean loss waits for the device
        taken = time.perf_counter() - begun

    def end(_: int, __: dict[str, float] | None) -> None:
        if runners:
            rows.append({"fit": taken} | {name: run(steps) for name, run in runners.items()})
        else:
            runners.update(opponents(clock.model, fed))
            for run in runners.values():
                run(1)

    clock = keras.callbacks.LambdaCallback(begin, end, on_test_begin=stop)
    fit = keras.Model.fit

    def clocked(model: Any, batches: Any, *, callbacks: Any = (), **kwargs: Any) -> Any:
        nonlocal fed
        fed = batches
        if isinstance(callbacks, keras.callbacks.CallbackList):
            clock.set_model(model)
            callbacks.callbacks.append(clock)
        else:
            callbacks = [*callbacks, clock]
        return fit(model, batches, callbacks=callbacks, **kwargs)

    with mock.patch.object(keras.Model, "fit", clocked):
        yield rows
