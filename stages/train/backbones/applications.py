"""Backbones out of keras.applications, and the ImageNet weights that Keras publishes for them."""

import os
import re
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras

from stages.console import PipelineError

Build = Callable[[keras.KerasTensor, str | None], keras.KerasTensor]
"""From scaled input (n, height, width, 3), and `imagenet` or None, to a feature map."""


def application(builder: Callable[..., keras.Model], **options: Any) -> Build:
    """Return a builder that continues the graph of its input with one of keras.applications.

    Args:
        builder: Such as keras.applications.ResNet50.
        **options: Further arguments of `builder`.
    """

    def build(scaled: keras.KerasTensor, weights: str | None) -> keras.KerasTensor:
        shape = tuple(scaled.shape[1:])
        return load(builder, weights, input_tensor=scaled, input_shape=shape, **options).output

    return build


def own(builder: Callable[[keras.KerasTensor], keras.KerasTensor]) -> Build:
    """Return `builder` as a row of the table wants it; no weights are published for it."""
    return lambda scaled, _: builder(scaled)


def load(builder: Callable[..., keras.Model], weights: str | None, **options: Any) -> keras.Model:
    """Call a builder of keras.applications, without its classifier.

    Raises:
        PipelineError: The weights could not be downloaded.
    """
    with warnings.catch_warnings():
        # MobileNets have weights for some sizes; at all others Keras warns that it takes 224's.
        warnings.filterwarnings("ignore", "`input_shape` is undefined or non-square", UserWarning)
        try:
            return builder(include_top=False, weights=weights, **options)
        except Exception as error:  # a failed download raises nothing narrower than Exception
            if weights is None or not _is_download(error):
                raise
            raise PipelineError(_advice(error)) from None


def _is_download(error: Exception) -> bool:
    # OSError: a broken connection, or a file that was fetched and is none of Keras'.
    failures = "URL fetch failure|Incomplete or corrupted file"
    return isinstance(error, OSError) or re.match(failures, str(error)) is not None


def _advice(error: Exception) -> str:
    text = " ".join(str(error).split())
    match = re.match(r"URL fetch failure on (\S+): (?:None -- )?(.*)", text)
    what, why = match.groups() if match else ("the file of ImageNet weights", text)
    folder = Path(os.environ.get("KERAS_HOME", "~/.keras")) / "models"
    return (
        f"{what} could not be had ({why}): try again with a network, put it into {folder} yourself,"
        " or set `weights: null` in params.yaml to start from random ones"
    )
