"""Weights files: fetched once into the folder where Keras keeps its own, checked at each use."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import keras

from fracture.console import PipelineError


def fetch(url: str, name: str, sha256: str) -> Path:
    """Return the path of a weights file; download it if it is not there or is another one.

    Args:
        url: Where it is published.
        name: What it is called in the folder `models` of Keras.
        sha256: Of the file, as published.

    Raises:
        PipelineError: It could not be downloaded, or is not the published file.
    """
    with advising(name):
        path = keras.utils.get_file(name, url, cache_subdir="models", file_hash=sha256)
    return Path(path)


@contextmanager
def advising(name: str | None = None) -> Iterator[None]:
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
        f"{url or name or 'the file of ImageNet weights'} could not be had ({why}): try again with "
        f"a network, put it in place yourself as {place}{writable}, or set `weights: null` in "
        "params.yaml to start from random ones"
    )
