"""What computes a network: Keras, or ONNX Runtime, which loads in a fraction of the time."""

import os
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from fracture.artifacts import network as networks
from fracture.artifacts.bundle import BundledNetwork
from fracture.console import PipelineError
from fracture.device import Threads, load_keras
from fracture.inference.gradcam import Explained, Explainer, Floats, GradCAM

Runtime = Literal["auto", "keras", "onnx"]
Chosen = Literal["keras", "onnx"]

PROBABILITIES, FEATURES, HEAT, MAP = "probabilities", "features", "heat", "map"
"""What a network gives that was exported: `heat` and `map` as in `Explained`, `features` the pooled
ones, float32 (n, d). A network without a fracture map has no `map`."""
RADIOGRAPHS = "radiographs"
"""What it takes, uint8 (n, height, width, channels)."""


def choose(runtime: Runtime, bundled: Mapping[str, BundledNetwork]) -> Chosen:
    """Return the runtime of a system's networks.

    Args:
        runtime: `auto`: ONNX Runtime where it is installed and all of the networks were exported.
        bundled: The networks, by name.

    Raises:
        PipelineError: It is not installed, or a network was not exported.
    """
    whole = [name for name, each in bundled.items() if networks.ONNX not in each.sha256]
    has = {"keras": bool(find_spec("keras")), "onnx": bool(find_spec("onnxruntime"))}
    if runtime == "auto":
        runtime = "onnx" if has["onnx"] and not whole else "keras"
    if runtime == "onnx" and whole:
        raise PipelineError(
            f"the bundle has no {networks.ONNX} of {whole[0]}: use Keras, or seal it again with "
            "`dvc repro --single-item --force bundle` where TensorFlow and tf2onnx are installed"
        )
    if not has[runtime]:
        package, extra = {"keras": ("Keras", "keras"), "onnx": ("ONNX Runtime", "serving")}[runtime]
        raise PipelineError(
            f"{package} is not installed, which these networks need: install the extra `{extra}` "
            "of pyproject.toml, or choose another runtime"
        )
    return runtime


def load(folder: Path, runtime: Chosen, threads: Threads) -> Any:
    """Load a network.

    Args:
        folder: Holds it.
        runtime: What computes it.
        threads: Of the CPU. Of Keras they are those of the first network that is loaded.

    Returns:
        What has the method `predict_on_batch`: radiographs, uint8 (n, height, width, channels), in;
        probabilities, float32 (n, outputs), out.
    """
    if runtime == "onnx":
        return OnnxNetwork(networks.onnx_path(folder), threads)
    load_keras("auto", threads)
    return networks.read(folder)


class OnnxNetwork(Explainer):
    """A network that ONNX Runtime computes, on the CPU."""

    def __init__(self, file: Path, threads: Threads) -> None:
        """Load a network that fracture/inference/export.py wrote.

        Args:
            file: Of the network.
            threads: Of the CPU; another number may change the last digits.
        """
        import onnxruntime  # noqa: PLC0415 - need not be installed

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = os.cpu_count() if threads == "all" else threads
        # Threads that wait for work would take the cores from those that decode radiographs.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session = onnxruntime.InferenceSession(
            file, options, providers=["CPUExecutionProvider"]
        )
        self.outputs = [output.name for output in self._session.get_outputs()]

    def predict_on_batch(self, images: npt.NDArray[np.uint8]) -> Floats:
        """Return the probabilities of radiographs, float32 (n, outputs)."""
        return self.run(images)[PROBABILITIES]

    def run(self, images: npt.NDArray[np.uint8]) -> dict[str, Floats]:
        """Return all that the network gives, by name; see `PROBABILITIES`.

        Args:
            images: uint8 (n, height, width, channels), any n.
        """
        given = self._session.run(None, {RADIOGRAPHS: images})
        return dict(zip(self.outputs, given, strict=True))

    def look(self, batch: npt.NDArray[np.uint8], count: int) -> Explained:
        """Return what `GradCAM.look` does."""
        given = {name: each[:count] for name, each in self.run(batch).items()}
        return Explained(given[PROBABILITIES], given[HEAT], given.get(MAP), given[FEATURES])


def explainer(network: Any) -> Explainer:
    """Return what has the method `explain`, of a network that `load` returned."""
    return network if isinstance(network, OnnxNetwork) else GradCAM(network)
