"""Digests of what DVC cannot see, as text files that the other stages depend on."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from fracture.artifacts.atomic import replacing

FOLDER = Path("data/inputs")


def write(digests: Mapping[str, Sequence[str]], folder: Path = FOLDER) -> None:
    """Write a text file for each name, such as `code/train`; older files are removed.

    Args:
        digests: Lines by name.
        folder: Replaced as a whole.
    """
    with replacing(folder) as beside:
        for name, lines in digests.items():
            path = beside / f"{name}.txt"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("".join(f"{line}\n" for line in lines), "utf-8", newline="\n")
