"""How the process that predicts loads its system."""

from pathlib import Path

from fracture.inference import Predictor
from serving.app.work import Ready


def load(folder: Path) -> Ready:
    """Return the system of a bundle.

    Args:
        folder: Of the bundle.

    Raises:
        PipelineError: It cannot be loaded.
    """
    return Predictor.load(folder)
