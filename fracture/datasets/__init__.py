"""One reader for each data set: from its own layout and tables to radiographs.

A reader takes the data set's section of params.yaml and its folder, opens no image, and returns
what the data set names: a `Radiograph` or, where its label cannot be told, a `LeftOut`.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from fracture.datasets import class_folders, dicom, fracatlas, grazpedwri, mura, synthetic
from fracture.datasets.findings import Finding

READERS: dict[str, Callable[[Any, Path], Sequence[Finding]]] = {
    "synthetic": synthetic.read,
    "fracatlas": fracatlas.read,
    "mura": mura.read,
    "grazpedwri": grazpedwri.read,
    "class_folders": class_folders.read,
    "dicom": dicom.read,
}
