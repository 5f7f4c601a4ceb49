"""The tensors of a weights file: each is taken once, in the shape that is expected."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from safetensors.numpy import load_file

from fracture.console import PipelineError

Array = npt.NDArray[np.float32]

# The classifiers of ResNet and ViT, and PyTorch's counts of batches, which nothing reads.
UNUSED = re.compile(r"(fc|head)\.(weight|bias)|.+\.num_batches_tracked")

MEND = "it belongs to another network; move it away, and the right one is fetched"


class Tensors:
    """What a weights file holds, less what was taken from it."""

    def __init__(self, found: dict[str, npt.NDArray[Any]], file: str) -> None:
        """Start with all of them.

        Args:
            found: Each tensor by its name.
            file: What error messages call the file.
        """
        self._left = dict(found)
        self._file = file

    def take(self, name: str, *shape: int) -> Array:
        """Return the tensor of a name.

        Raises:
            PipelineError: It is not there, was taken before, or has another shape.
        """
        if name not in self._left:
            raise PipelineError(f"{self._file} holds no tensor {name}: {MEND}")
        tensor = self._left.pop(name)
        if tensor.shape != shape:
            raise PipelineError(
                f"{self._file}: {name} has the shape {tensor.shape}, expected {shape}: {MEND}"
            )
        return tensor.astype(np.float32, copy=False)

    def finish(self) -> None:
        """Make sure that nothing is left over but what a feature map has no use for.

        Raises:
            PipelineError: Something is.
        """
        left = sorted(name for name in self._left if not UNUSED.fullmatch(name))
        if left:
            raise PipelineError(
                f"{self._file} holds {len(left)} tensors that the network has no place for, "
                f"{left[0]} first: {MEND}"
            )


def read(path: Path) -> Tensors:
    """Read a safetensors file, which holds numbers and names and, unlike a pickle, no code."""
    return Tensors(load_file(path), str(path))
