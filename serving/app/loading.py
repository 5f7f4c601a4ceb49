"""How the process that predicts loads its system."""

from pathlib import Path

from fracture.device import prepare
from serving.app.work import Ready


def load(folder: Path) -> Ready:
    """Return the system of a bundle.

    Args:
        folder: Of the bundle.

    Raises:
        PipelineError: It cannot be loaded.
    """
    prepare("auto", seed=0)
    from fracture.inference import Predictor  # noqa: PLC0415 - only now: it loads Keras

    return Predictor.load(folder)
