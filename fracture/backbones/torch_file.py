"""PyTorch's file format before version 1.6, read with NumPy alone and without running its pickles.

Five pickles (a magic number, the version, sizes of C types, the tensors by name, the keys of their
storages), then of each storage its length, int64, and its values. A pickle can call any function
that it names. Ours may name what tensors are made of, and even of those no function of PyTorch is
called: each becomes plain data, which is checked before it is used.
"""

import pickle
from collections import OrderedDict
from collections.abc import Callable
from io import BytesIO
from itertools import starmap
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from fracture.console import PipelineError

MAGIC = 0x1950A86A20F9469CFC6C
VERSION = 1001

STORAGES = {
    "DoubleStorage": "<f8", "FloatStorage": "<f4", "HalfStorage": "<f2", "LongStorage": "<i8",
    "IntStorage": "<i4", "ShortStorage": "<i2", "CharStorage": "<i1", "ByteStorage": "<u1",
}  # fmt: skip
"""NumPy's types of the storages' values, by PyTorch's names."""

Array = npt.NDArray[Any]


class _PlainData(pickle.Unpickler):
    """Turns a pickle into dicts, tuples, numbers and texts."""

    def find_class(self, module: str, name: str) -> Any:
        """Return what stands for a name in the pickle.

        Raises:
            UnpicklingError: Tensors have no need of it.
        """
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return _arguments()
        if module == "torch" and name in STORAGES:
            return STORAGES[name]
        raise pickle.UnpicklingError(f"it names {module}.{name}, which is no tensor")

    def persistent_load(self, reference: Any) -> Any:
        """Return the reference to a storage as it stands in the file."""
        return reference


def _arguments() -> Callable[..., tuple[Any, ...]]:
    # A new function each time, as a pickle can set attributes of what it gets.
    return lambda *arguments: arguments


def read(path: Path) -> dict[str, Array]:
    """Return the tensors of a file by their names; arrays are read-only.

    Args:
        path: Of a dict of tensors that PyTorch saved, before 1.6 or in the format of that time.

    Raises:
        PipelineError: The file is something else, is cut off, or names anything but tensors.
    """
    content = path.read_bytes()
    try:
        return _tensors(BytesIO(content))
    except Exception as error:  # a pickle that is none fails in any way
        reason = " ".join(str(error).split()) or type(error).__name__
        raise PipelineError(
            f"{path} is not a file of tensors as PyTorch wrote them before version 1.6 ({reason}); "
            "nothing of it was run: put the published file in its place"
        ) from None


def _tensors(file: BytesIO) -> dict[str, Array]:
    magic, version, system = (_PlainData(file).load() for _ in range(3))
    if magic != MAGIC or version != VERSION or not system["little_endian"]:
        raise ValueError("its header is another one")
    tensors, keys = _PlainData(file).load(), _PlainData(file).load()
    references = [reference for reference, *_ in tensors.values()]
    announced = {key: (dtype, length) for _, dtype, key, _, length, _ in references}
    storages = {key: _storage(file, *announced.pop(key)) for key in keys}
    if announced or file.read(1):
        raise ValueError("its storages are not those of its tensors")
    return {
        str(name): _view(storages[reference[2]], offset, shape, strides)
        for name, (reference, offset, shape, strides, *_) in tensors.items()
    }


def _storage(file: BytesIO, dtype: str, length: int) -> Array:
    """Read the values of a storage.

    Args:
        file: At the beginning of the storage.
        dtype: One of `STORAGES`.
        length: How many values its tensors expect.

    Raises:
        ValueError: The file holds another number of values, or the type is none of a storage.
    """
    if dtype not in STORAGES.values():
        raise ValueError(f"{dtype!r} is no type of values")
    (found,) = np.frombuffer(file.read(8), "<i8")
    values = np.frombuffer(file.read(length * np.dtype(dtype).itemsize), dtype)
    if not found == length == len(values):
        raise ValueError(f"a storage of {length} values has {found}, of which {len(values)} follow")
    return values


def _view(storage: Array, offset: int, shape: tuple[int, ...], strides: tuple[int, ...]) -> Array:
    """Return a tensor, whose values stand in a storage in any order.

    Raises:
        ValueError: It reaches out of its storage.
    """
    steps = list(zip(shape, strides, strict=True))
    last = offset + sum(starmap(lambda size, stride: (size - 1) * stride, steps))
    if min((offset, *shape, *strides)) < 0 or max(last + 1, prod(shape)) > len(storage):
        raise ValueError("a tensor reaches out of its storage")
    places = [stride * storage.itemsize for stride in strides]
    return np.lib.stride_tricks.as_strided(storage[offset:], shape, places, writeable=False)
