"""Weights files of other libraries: found, read, and carried over into layers of Keras."""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
from safetensors.numpy import load_file

from fracture.backbones import torch_file
from fracture.backbones.packaged import RANDOM
from fracture.backbones.rotary import RotaryAttention
from fracture.backbones.table import WeightsFile
from fracture.console import PipelineError

Array = npt.NDArray[np.float32]

# Classification layers, and PyTorch's counts of batches, which nothing reads.
UNUSED = re.compile(r"(_?fc|head)\.(weight|bias)|.+\.num_batches_tracked")

REMEDY = "it belongs to another network; move it away, and the right one is fetched"


def fetch(file: WeightsFile) -> Path:
    """Return the path of a weights file; download it if it is not there or is another one.

    It lies in the folder where Keras keeps its own.

    Raises:
        PipelineError: It could not be downloaded, or is not the published file.
    """
    with explaining_failed_downloads(file.name):
        path = keras.utils.get_file(
            file.name, file.address, cache_subdir="models", file_hash=file.sha256
        )
    return Path(path)


@contextmanager
def explaining_failed_downloads(name: str | None = None) -> Iterator[None]:
    """Say what to do where a download fails inside.

    Args:
        name: Of the file in the folder `models` of Keras; None: the last part of its address.

    Raises:
        PipelineError: The download failed.
    """
    try:
        yield
    except Exception as error:  # a failed download raises nothing narrower than Exception
        if not _is_download(error):
            raise
        raise PipelineError(_advice(error, name)) from None


def _is_download(error: Exception) -> bool:
    # OSError: a broken connection, or a file that was fetched and is none of Keras'.
    failures = "URL fetch failure|Incomplete or corrupted file"
    return isinstance(error, OSError) or re.match(failures, str(error)) is not None


def _advice(error: Exception, name: str | None) -> str:
    text = " ".join(str(error).split())
    match = re.match(r"URL fetch failure on (\S+): (?:None -- )?(.*)", text)
    url, why = match.groups() if match else (None, text)
    name = name or (url and url.rpartition("/")[2])
    home = Path(os.environ.get("KERAS_HOME", "~/.keras")).expanduser()
    place = home / "models" / name if name else home / "models"
    writable = "" if os.access(home, os.W_OK) else f" (Keras passes over {home}: it is read-only)"
    return (
        f"{url or name or 'the file of ImageNet weights'} could not be had ({why}): fetch it where "
        f"there is a network and put it in place as {place}{writable}, or run the same command "
        f"with a network. {RANDOM}"
    )


class Tensors:
    """The tensors of a weights file; each is used once, in the shape that is expected."""

    def __init__(self, tensors: dict[str, npt.NDArray[Any]], file: str) -> None:
        """Start with no tensor used.

        Args:
            tensors: Each by its name.
            file: What error messages call the file.
        """
        self._left = dict(tensors)
        self._file = file

    def pop(self, name: str, *shape: int) -> Array:
        """Return the tensor of a name, and count it as used.

        Args:
            name: As in the file.
            *shape: That it must have.

        Raises:
            PipelineError: It is not there, was used before, or has another shape.
        """
        if name not in self._left:
            raise PipelineError(f"{self._file} holds no tensor {name}: {REMEDY}")
        tensor = self._left.pop(name)
        if tensor.shape != shape:
            raise PipelineError(
                f"{self._file}: {name} has the shape {tensor.shape}, expected {shape}: {REMEDY}"
            )
        return tensor.astype(np.float32, copy=False)

    def require_all_used(self) -> None:
        """Make sure that all tensors were used, but those that a feature map has no use for.

        Raises:
            PipelineError: Another one was not.
        """
        left = sorted(name for name in self._left if not UNUSED.fullmatch(name))
        if left:
            raise PipelineError(
                f"{self._file} holds {len(left)} tensors that the network has no place for, "
                f"{left[0]} first: {REMEDY}"
            )


class Translated(Tensors):
    """Tensors of a file whose names differ from those that are asked for."""

    def __init__(self, tensors: Tensors) -> None:
        """Keep the tensors.

        Args:
            tensors: Under the names of their file.
        """
        super().__init__({}, "")
        self.theirs = tensors

    def require_all_used(self) -> None:
        """Make sure that all tensors of the file were used; see `Tensors`."""
        self.theirs.require_all_used()


def read(path: Path) -> Tensors:
    """Read a safetensors file, which holds numbers and names and, unlike a pickle, no code."""
    return Tensors(load_file(path), str(path))


def read_packaged(path: Path) -> Tensors:
    """Read a PyTorch file, of whose pickles nothing is run; see torch_file.py."""
    return Tensors(torch_file.read(path), str(path))


def fill_layer(layer: keras.Layer, name: str, tensors: Tensors) -> None:
    """Fill a layer as PyTorch names and lays out its weights.

    Args:
        layer: Of one of the types in `WEIGHTS`.
        name: What PyTorch calls it.
        tensors: Of the weights file.

    Raises:
        PipelineError: A tensor is missing or has another shape than in the layer.
    """
    layer.set_weights(WEIGHTS[type(layer)](layer, name, tensors))


def _convolution(layer: Any, name: str, tensors: Tensors) -> list[Array]:
    # There without bias, (out, in, rows, columns).
    rows, columns, inputs, outputs = layer.kernel.shape
    kernel = tensors.pop(f"{name}.weight", outputs, inputs, rows, columns)
    return [kernel.transpose(2, 3, 1, 0)]


def _depthwise_convolution(layer: Any, name: str, tensors: Tensors) -> list[Array]:
    # There (channels, 1, rows, columns).
    rows, columns, channels, _ = layer.kernel.shape
    kernel = tensors.pop(f"{name}.weight", channels, 1, rows, columns)
    return [kernel.transpose(2, 3, 0, 1)]


def _batch_normalization(layer: Any, name: str, tensors: Tensors) -> list[Array]:
    parts = ("weight", "bias", "running_mean", "running_var")
    return [tensors.pop(f"{name}.{part}", *layer.gamma.shape) for part in parts]


def _layer_normalization(layer: Any, name: str, tensors: Tensors) -> list[Array]:
    return [tensors.pop(f"{name}.{part}", *layer.gamma.shape) for part in ("weight", "bias")]


def _dense(layer: Any, name: str, tensors: Tensors) -> list[Array]:
    # There (out, in).
    inputs, outputs = layer.kernel.shape
    kernel = tensors.pop(f"{name}.weight", outputs, inputs)
    return [kernel.T, tensors.pop(f"{name}.bias", outputs)]


def _attention(layer: Any, name: str, tensors: Tensors) -> list[Array]:
    # There one projection makes queries, keys and values of all heads; its outputs stand as
    # (query, key or value; head; channel of the head).
    heads, channels = layer.num_heads, layer.key_dim
    width = heads * channels
    kernels = tensors.pop(f"{name}.qkv.weight", 3 * width, width)
    biases = tensors.pop(f"{name}.qkv.bias", 3 * width).reshape(3, heads, channels)
    weights: list[Array] = []
    for kernel, bias in zip(kernels.reshape(3, heads, channels, width), biases, strict=True):
        weights += [kernel.transpose(2, 0, 1), bias]
    output = tensors.pop(f"{name}.proj.weight", width, width).T.reshape(heads, channels, width)
    return [*weights, output, tensors.pop(f"{name}.proj.bias", width)]


def _factors(layer: Any, name: str, tensors: Tensors) -> list[Array]:
    # LayerScale, one factor for each channel.
    return [tensors.pop(f"{name}.gamma", *layer.kernel.shape)]


WEIGHTS: dict[Any, Callable[[Any, str, Tensors], list[Array]]] = {
    keras.layers.Conv2D: _convolution,
    keras.layers.DepthwiseConv2D: _depthwise_convolution,
    keras.layers.BatchNormalization: _batch_normalization,
    keras.layers.LayerNormalization: _layer_normalization,
    keras.layers.Dense: _dense,
    keras.layers.EinsumDense: _factors,
    keras.layers.MultiHeadAttention: _attention,
    RotaryAttention: _attention,
}
"""The weights of a type of layer, in its order, from PyTorch's tensors."""
