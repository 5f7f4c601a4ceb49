"""One reader for each data set: from its own layout and tables to radiographs.

A reader takes the data set's section of params.yaml and its folder, decodes no image, and returns
what the data set names: a `Radiograph` with ids as they stand there or, where its label cannot be
told, a `LeftOut`.
"""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from fracture.artifacts.notes import Note
from fracture.datasets import class_folders, fracatlas, grazpedwri, mura, synthetic, table
from fracture.datasets.findings import Finding
from fracture.datasets.identity import identify

READERS: dict[str, Callable[[Any, Path], Sequence[Finding]]] = {
    "synthetic": synthetic.read,
    "fracatlas": fracatlas.read,
    "mura": mura.read,
    "grazpedwri": grazpedwri.read,
    "class_folders": class_folders.read,
    "table": table.read,
    "dicom": table.read,
}


def read(
    name: str, section: Any, root: Path, nobody: Iterable[str]
) -> tuple[list[Finding], list[Note]]:
    """Return what a data set names, and what is odd about the ids of its patients and studies.

    Args:
        name: A key of `READERS`.
        section: As that reader wants it.
        root: The folder that holds the data set.
        nobody: Ids that mean none.

    Raises:
        PipelineError: The data set cannot be read.
    """
    return identify(READERS[name](section, root), nobody)
