"""PyTorch's old file format: tensors in any layout are read; everything else is refused unrun."""

import os
import pickle
import struct
import sys
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from fracture.backbones.torch_file import MAGIC, VERSION, read
from fracture.console import PipelineError

VALUES = np.arange(24, dtype="<f4")
SYSTEM = {"protocol_version": VERSION, "little_endian": True, "type_sizes": {"int": 4}}
HEADER = b"".join(pickle.dumps(part, 2) for part in (MAGIC, VERSION, SYSTEM))


class FloatStorage:
    pass


class LongStorage:
    pass


def _rebuild_tensor_v2() -> None:
    pass


class Tensor:
    """Is pickled as PyTorch pickles a tensor."""

    def __init__(self, key: str, shape: tuple[int, ...], strides: tuple[int, ...], offset: int = 0):
        self.arguments: tuple[Any, ...] = (
            Storage(key),
            offset,
            shape,
            strides,
            False,
            OrderedDict(),
        )

    def __reduce__(self) -> Any:
        return _rebuild_tensor_v2, self.arguments


class Storage:
    def __init__(self, key: str):
        self.key = key


class Pickler(pickle.Pickler):
    storages: dict[str, npt.NDArray[Any]]

    def persistent_id(self, obj: Any) -> Any:
        if not isinstance(obj, Storage):
            return None
        values = self.storages[obj.key]
        kind = FloatStorage if values.dtype == np.float32 else LongStorage
        return "storage", kind, obj.key, "cpu", len(values), None


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Return a function that writes tensors and storages as PyTorch did."""

    def written(tensors: dict[str, Any], storages: dict[str, npt.NDArray[Any]]) -> Path:
        torch, utils = ModuleType("torch"), ModuleType("torch._utils")
        with monkeypatch.context() as patch, (tmp_path / "weights.pth").open("wb") as file:
            for module, thing in (
                (torch, FloatStorage),
                (torch, LongStorage),
                (utils, _rebuild_tensor_v2),
            ):
                patch.setattr(thing, "__module__", module.__name__)
                setattr(module, thing.__name__, thing)
                patch.setitem(sys.modules, module.__name__, module)
            file.write(HEADER)
            pickler = Pickler(file, 2)
            pickler.storages = storages
            pickler.dump(OrderedDict(tensors))
            file.write(pickle.dumps(sorted(storages), 2))
            for key in sorted(storages):
                file.write(struct.pack("<q", len(storages[key])) + storages[key].tobytes())
        return tmp_path / "weights.pth"

    return written


def test_tensors_are_foundas_they_lie_in_their_storages(write: Callable[..., Path]) -> None:
    tensors = {
        "kernel": Tensor("0", (2, 3, 4), (12, 4, 1)),
        "transposed": Tensor("0", (4, 6), (1, 4)),
        "part": Tensor("0", (5,), (2,), 10),
        "count": Tensor("1", (), ()),
        "none": Tensor("0", (0, 3), (3, 1)),
    }
    found = read(write(tensors, {"0": VALUES, "1": np.array([7], "<i8")}))
    assert list(found) == list(tensors)
    np.testing.assert_array_equal(found["kernel"], VALUES.reshape(2, 3, 4))
    np.testing.assert_array_equal(found["transposed"], VALUES.reshape(6, 4).T)
    np.testing.assert_array_equal(found["part"], VALUES[10:20:2])
    assert found["count"] == 7
    assert found["count"].dtype == np.int64
    assert found["none"].shape == (0, 3)


def assert_refused(path: Path, reason: str) -> None:
    message = rf"^{path} is not a file of tensors as PyTorch wrote [^\n]*{reason}[^\n]*put the "
    with pytest.raises(PipelineError, match=message):
        read(path)


class Call:
    """Is pickled as a call of a function."""

    def __init__(self, function: Callable[..., Any], *arguments: Any):
        self.call = function, arguments

    def __reduce__(self) -> Any:
        return self.call


@pytest.mark.parametrize("place", range(5))
@pytest.mark.parametrize(
    ("function", "name"),
    [(os.system, r"(posix|nt)\.system"), (eval, r"(builtins|__builtin__)\.eval")],
)
def test_a_pickle_that_calls_a_function_is_refused_and_not_run(
    function: Callable[..., Any], name: str, place: int, tmp_path: Path
) -> None:
    ran = tmp_path / "ran"
    command = f"touch {ran}" if function is os.system else f"__import__('os').mkdir({str(ran)!r})"
    parts: list[Any] = [MAGIC, VERSION, SYSTEM, OrderedDict(), []]
    parts[place] = Call(function, command)
    file = tmp_path / "weights.pth"
    file.write_bytes(b"".join(pickle.dumps(part, 2) for part in parts))
    assert_refused(file, f"it names {name}, which is no tensor")
    assert not ran.exists()
    for part in parts:  # as it would have been
        pickle.loads(pickle.dumps(part))  # noqa: S301
    assert ran.exists()


@pytest.mark.parametrize(
    ("pickled", "reason"),
    [
        (b"\x80\x04\x8c\x0bcollections\x8c\x14OrderedDict.__init__\x93.", r"OrderedDict\.__init__"),
        (b"cnumpy\nload\n.", r"numpy\.load"),
        (b"ctorch\nload\n.", r"torch\.load"),
        (b"ctorch.jit\nFloatStorage\n.", r"torch\.jit\.FloatStorage"),
        (b"ctorch\nFloatStorage\n(tR.", "'str' object is not callable"),
        (b"ctorch\nFloatStorage\n}S'a'\nI1\nsb.", "'str' object has no attribute '__dict__'"),
        (b"}S'a'\nPsomething\ns.", "not enough values to unpack"),
        (b"I1\n.", "'int' object has no attribute 'values'"),
        (b"", "Ran out of input"),
    ],
)
def test_pickles_of_anything_but_tensors_are_refused(
    pickled: bytes, reason: str, tmp_path: Path
) -> None:
    path = tmp_path / "weights.pth"
    path.write_bytes(HEADER + pickled + pickle.dumps([], 2))
    assert_refused(path, reason)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "Ran out of input"),
        (b"PK\x03\x04 as PyTorch writes today", "pickle data was truncated"),
        (b"<html>log in first</html>", "invalid load key, '<'"),
        (HEADER.replace(pickle.dumps(MAGIC, 2), pickle.dumps(MAGIC + 1, 2)), "its header"),
        (HEADER.replace(pickle.dumps(VERSION, 2), pickle.dumps(VERSION + 1, 2), 1), "its header"),
        (HEADER.replace(b"\x88", b"\x89"), "its header is another one"),
    ],
)
def test_a_file_with_another_header_is_refused(content: bytes, reason: str, tmp_path: Path) -> None:
    path = tmp_path / "weights.pth"
    path.write_bytes(content)
    assert_refused(path, reason)


def test_a_file_that_is_cut_off_anywhere_or_goes_on_is_refused(
    write: Callable[..., Path],
) -> None:
    path = write({"bias": Tensor("0", (24,), (1,))}, {"0": VALUES})
    whole = path.read_bytes()
    assert len(read(path)) == 1
    for end in range(len(whole)):
        path.write_bytes(whole[:end])
        assert_refused(path, r"\(.+\)")
    path.write_bytes(whole + b"\0")
    assert_refused(path, "its storages are not those of its tensors")


@pytest.mark.parametrize("length", [-1, 0, 23, 25, 2**62])
def test_a_storage_of_another_length_is_refused(length: int, write: Callable[..., Path]) -> None:
    path = write({"bias": Tensor("0", (24,), (1,))}, {"0": VALUES})
    content = path.read_bytes()
    path.write_bytes(content.replace(struct.pack("<q", 24), struct.pack("<q", length)))
    assert_refused(path, f"a storage of 24 values has {length}, of which 24 follow")


@pytest.mark.parametrize(
    ("shape", "strides", "offset"),
    [
        ((25,), (1,), 0),
        ((24,), (1,), 1),
        ((5, 5), (4, 2), 0),
        ((2,), (-1,), 3),
        ((2,), (1,), -1),
        ((1000, 1000), (0, 0), 0),
        ((-1,), (1,), 0),
    ],
)
def test_a_tensor_that_reaches_out_of_its_storage_is_refused(
    shape: tuple[int, ...], strides: tuple[int, ...], offset: int, write: Callable[..., Path]
) -> None:
    path = write({"bias": Tensor("0", shape, strides, offset)}, {"0": VALUES})
    assert_refused(path, "a tensor reaches out of its storage")
