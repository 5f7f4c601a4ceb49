"""The device that Keras computes on, and the same result on it every time."""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from stages.console import PipelineError

THREADS = ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "OMP_NUM_THREADS")


def prepare(
    device: Literal["auto", "cpu", "gpu"],
    seed: int,
    precision: str = "float32",
    threads: int | Literal["all"] = "all",
) -> str:
    """Choose the device, seed every generator, set the precision; call before building a network.

    Args:
        device: `auto` takes a GPU where there is one.
        seed: For Python, NumPy and the backend.
        precision: A Keras dtype policy, such as `mixed_bfloat16`.
        threads: Of the CPU, for TensorFlow and PyTorch; another number, other last digits.

    Returns:
        What is computed on, for the log, such as `tensorflow on cpu (2 threads)`.

    Raises:
        PipelineError: A GPU is asked for and the backend finds none.
    """
    # These are read when the backend is imported, hence before Keras is.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("TF_DETERMINISTIC_OPS", "1")
    os.environ.setdefault("TF_FORCE_GPU_ALLOW_GROWTH", "true")
    if threads != "all":
        for variable in THREADS:
            os.environ[variable] = str(threads)
    if device == "cpu":
        os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
        os.environ["JAX_PLATFORMS"] = "cpu"
    with _quiet():
        import keras  # noqa: PLC0415

        gpus = _gpus()
    if device == "gpu" and not gpus:
        raise PipelineError(
            f"device is gpu, but {keras.backend.backend()} finds no GPU on this machine: "
            "set device to auto or cpu in params.yaml, or install the GPU extra "
            '(make env EXTRAS="--extra cuda")'
        )
    keras.utils.set_random_seed(seed)
    keras.config.set_dtype_policy(precision)
    cores = os.cpu_count() if threads == "all" else threads
    where = ", ".join(gpus) if gpus else f"cpu ({cores} threads)"
    return f"{keras.backend.backend()} on {where}, {precision}"


@contextmanager
def _quiet() -> Iterator[None]:
    """Hold back what TensorFlow's libraries write to standard error while they load.

    They tell each process of oneDNN and of absent CUDA drivers, and no setting keeps them from it.
    It is shown after all where loading fails.
    """
    sys.stderr.flush()
    terminal = os.dup(2)
    with tempfile.TemporaryFile() as held:
        os.dup2(held.fileno(), 2)
        try:
            yield
        except BaseException:
            held.seek(0)
            os.write(terminal, held.read())
            raise
        finally:
            os.dup2(terminal, 2)
            os.close(terminal)


def _gpus() -> list[str]:
    import keras  # noqa: PLC0415

    try:
        return list(keras.distribution.list_devices("gpu"))
    except RuntimeError:  # JAX says so where there is none
        return []
