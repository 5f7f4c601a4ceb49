"""The device that Keras computes on, and the same result on it every time."""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

from fracture.console import PipelineError

Device = Literal["auto", "cpu", "gpu", "all"]
Threads = int | Literal["all"]

FLOAT, EPSILON = "float32", 1e-7
"""Keras' own defaults."""
SHORTER = ("KERAS_MAX_EPOCHS", "KERAS_MAX_STEPS_PER_EPOCH")
"""Variables with which Keras ends every training early."""
BACKENDS = ("tensorflow", "jax", "torch")
"""What `KERAS_BACKEND` may name; the packages are called so too."""
NO_GPU = (
    "set device to auto or cpu in params.yaml, or install the GPU extra "
    '(make env EXTRAS="--extra cuda")'
)
"""What to do without one."""
DRIVERS = Path("/dev")
GPU_FILES = ("nvidia*", "kfd", "dxg")
"""Of drivers of GPUs on Linux: NVIDIA's, AMD's, and that of Windows' subsystem for Linux."""
THREADS = ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "OMP_NUM_THREADS")


def load_keras(device: Device, threads: Threads = "all") -> Any:
    """Set what the backend reads while it is imported, then import and return Keras.

    A module that imports Keras at its top must be imported after this call.

    Args:
        device: See `prepare`.
        threads: See `prepare`.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("TF_DETERMINISTIC_OPS", "1")
    # A GPU's memory is taken as it is needed: several models may share one.
    os.environ.setdefault("TF_FORCE_GPU_ALLOW_GROWTH", "true")
    os.environ.setdefault("XLA_PYTHON_CLIENT_PREALLOCATE", "false")
    if threads != "all":
        for variable in THREADS:
            os.environ[variable] = str(threads)
    if device == "cpu":
        os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
        os.environ["JAX_PLATFORMS"] = "cpu"
    with quiet():
        return settled_keras()


def settled_keras() -> Any:
    """Import and return Keras, as this project's results assume it.

    What stands in a user's keras.json, and variables that end trainings early, change nothing: the
    backend is TensorFlow where it is installed and `KERAS_BACKEND` names no other, layers take
    channels last, and numbers are float32 until `prepare` says else. Weights are still looked for
    in `KERAS_HOME`.

    Raises:
        PipelineError: Keras itself cannot read its settings, or the backend is absent.
    """
    if find_spec("tensorflow"):
        os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    if "KERAS_BACKEND" in os.environ:
        require_backend()
    for variable in SHORTER:
        os.environ.pop(variable, None)
    try:
        keras = import_module("keras")
    except ValueError as error:
        home = os.environ.get("KERAS_HOME", "~/.keras")
        text = " ".join(str(error).split())
        raise PipelineError(f"{home}/keras.json: {text} Mend that file, or remove it") from None
    if keras.config.floatx() != FLOAT:
        keras.config.set_dtype_policy(FLOAT)
    keras.config.set_floatx(FLOAT)
    keras.config.set_epsilon(EPSILON)
    keras.config.set_image_data_format("channels_last")
    return keras


def require_backend() -> str:
    """Return the backend of Keras that is chosen, without importing it.

    Raises:
        PipelineError: `KERAS_BACKEND` names none, or one that is not installed.
    """
    backend = os.environ.get("KERAS_BACKEND", BACKENDS[0])
    if backend not in BACKENDS:
        raise PipelineError(
            f"KERAS_BACKEND is {backend!r}; expected one of: {', '.join(BACKENDS)}: set it to one "
            "of them, or unset it"
        )
    if not find_spec(backend):
        raise PipelineError(
            f"KERAS_BACKEND is {backend}, which is not installed; expected it in the environment: "
            f".venv/bin/uv pip install {backend}, or unset KERAS_BACKEND"
        )
    return backend


def lacks_gpu() -> bool:
    """Return whether this machine surely has no GPU, without importing a backend."""
    found = any(any(DRIVERS.glob(name)) for name in GPU_FILES)
    return sys.platform == "linux" and not found


def prepare(device: Device, seed: int, precision: str = "float32", threads: Threads = "all") -> str:
    """Choose the device, seed every generator, set the precision; call before building a network.

    Args:
        device: `auto` and `all` take a GPU where there is one; with `all`,
            fracture/training/distribution.py spreads a training over several.
        seed: For Python, NumPy and the backend.
        precision: A Keras dtype policy, such as `mixed_bfloat16`.
        threads: Of the CPU, for TensorFlow and PyTorch; another number changes the last digits.

    Returns:
        Backend, device and precision for the log, such as `tensorflow on cpu (2 threads), float32`.

    Raises:
        PipelineError: A GPU is required and the backend finds none.
    """
    keras = load_keras(device, threads)
    with quiet():
        gpus = _gpus(keras)
        keras.utils.set_random_seed(seed)  # which loads TensorFlow where it is installed
    if device == "gpu" and not gpus:
        raise PipelineError(
            f"device is gpu, but {keras.backend.backend()} finds no GPU on this machine: {NO_GPU}"
        )
    keras.config.set_dtype_policy(precision)
    cores = os.cpu_count() if threads == "all" else threads
    where = gpus[0] if gpus else f"cpu ({cores} threads)"
    if len(gpus) > 1 and device != "all":
        where += f" of {len(gpus)} (KERAS_BACKEND=jax with device: all takes every one)"
    return f"{keras.backend.backend()} on {where}, {precision}"


@contextmanager
def quiet() -> Iterator[None]:
    """Hold back what TensorFlow's libraries write to standard error while they load.

    Each process would print lines about oneDNN and absent CUDA drivers, which no setting prevents.
    Where loading fails, they are printed after all.
    """
    sys.stderr.flush()
    terminal = os.dup(2)
    with tempfile.TemporaryFile() as output:
        os.dup2(output.fileno(), 2)
        try:
            yield
        except BaseException:
            output.seek(0)
            os.write(terminal, output.read())
            raise
        finally:
            os.dup2(terminal, 2)
            os.close(terminal)


def _gpus(keras: Any) -> list[str]:
    if keras.backend.backend() == "torch":  # whose devices Keras does not list
        return [f"gpu:{number}" for number in range(import_module("torch").cuda.device_count())]
    try:
        return list(keras.distribution.list_devices("gpu"))
    except RuntimeError:  # JAX says so where there is none
        return []
