"""Where the radiographs of a data set lie."""

import os
from pathlib import Path

SYNTHETIC = Path("data/raw/synthetic")
"""What the ingest stage draws; a folder with a note for any other data set."""


def data_root(root: str) -> Path:
    """Return where an input named in params.yaml lies: the root of a data set, a file of weights.

    It is relative to the working directory. A DVC experiment in a temporary copy of the repository
    lacks what git ignores, so the same path in the repository itself, DVC_ROOT, comes second.
    Where neither exists, the first is returned for the error message to name.
    """
    here = Path(root).expanduser()
    repository = os.environ.get("DVC_ROOT")
    if not here.exists() and repository and (Path(repository) / here).exists():
        return Path(repository) / here
    return here
