"""Whole radiographs out of class folders, drawn and split; and the tree that a notebook reads."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from hashlib import sha256
from itertools import cycle
from pathlib import Path

import numpy as np

from fracture.artifacts.manifest import Radiograph
from fracture.artifacts.splits import Part
from fracture.console import PipelineError
from fracture.datasets import class_folders
from fracture.datasets.findings import separate
from fracture.imaging.decode import decode_grey, read_bytes
from fracture.imaging.threads import in_threads
from fracture.imaging.unreadable import UnreadableImage
from fracture.params.datasets import ClassFolders

FORMATS = (".jpg", ".jpeg", ".png")
PATTERN: tuple[Part, ...] = (
    "train", "train", "train", "train", "train", "train", "train", "validation", "test", "test",
)  # fmt: skip
"""Parts, dealt out in turn."""
CLASSES = ("not_fractured", "fractured")
"""Folders of the tree, by label."""


@dataclass(frozen=True)
class Drawn:
    """Radiographs with absolute paths, and the part of each by its id, which is a number."""

    radiographs: list[Radiograph]
    parts: dict[str, Part]


def draw(folder: Path, count: int, seed: int) -> Drawn:
    """Draw whole radiographs, both classes in the share that the folder holds, as a manifest.

    Copies and further views of one patient are not looked for: they may stand on both sides, for
    all that is compared alike.

    Raises:
        PipelineError: There are fewer.
    """
    reader = ClassFolders(
        root=str(folder),
        body_part="unknown",
        positive=CLASSES[1:],
        negative=(CLASSES[0], "non_fractured"),  # as FracAtlas names it
    )
    found, _ = separate(class_folders.read(reader, folder))
    found = [radiograph for radiograph in found if Path(radiograph.path).suffix.lower() in FORMATS]
    examined = in_threads(partial(_examine, folder), found, "reading")
    whole = [radiograph for radiograph in examined if radiograph is not None]
    if len(whole) < count:
        raise PipelineError(f"{folder} holds {len(whole)} whole radiographs: ask for that many")
    parts = split([radiograph.fractured for radiograph in whole], count, seed)
    radiographs = [replace(whole[place], id=f"{number:05}") for number, place in enumerate(parts)]
    return Drawn(
        radiographs, {one.id: part for one, part in zip(radiographs, parts.values(), strict=True)}
    )


def split(labels: Sequence[bool], count: int, seed: int) -> dict[int, Part]:
    """Draw positions of labels and give each its part: 70, 10 and 20 of 100, of both classes.

    Args:
        labels: Of n radiographs.
        count: At most n.
        seed: Of the order within a class.
    """
    order = np.random.default_rng(seed).permutation(len(labels))
    by_class = order[np.argsort(np.asarray(labels)[order], kind="stable")]
    evenly = by_class[np.arange(count) * len(labels) // count]
    return dict(zip(evenly.tolist(), cycle(PATTERN), strict=False))


def plant(drawn: Drawn, tree: Path) -> None:
    """Link the files into <part>/<class>/<id>, as a notebook wants them."""
    for radiograph in drawn.radiographs:
        source = Path(radiograph.path)
        folder = tree / drawn.parts[radiograph.id] / CLASSES[radiograph.fractured]
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{radiograph.id}{source.suffix}").symlink_to(source)


def _examine(folder: Path, radiograph: Radiograph) -> Radiograph | None:
    """Return what the manifest says of a radiograph; None where it is not whole."""
    path = (folder / radiograph.path).resolve()
    try:
        content = read_bytes(path)
        height, width = decode_grey(content).shape
    except UnreadableImage:
        return None
    digest = sha256(content).hexdigest()
    return replace(radiograph, path=str(path), width=width, height=height, sha256=digest)
