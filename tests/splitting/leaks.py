"""Radiographs of which each is alone, and what ties two of them together."""

from collections.abc import Callable
from dataclasses import replace

from fracture.artifacts.duplicates import Pair
from fracture.artifacts.manifest import Radiograph
from fracture.artifacts.splits import Part
from fracture.splitting.leaks import Kind

RADIOGRAPHS = [
    Radiograph(
        name, f"{name}.png", n % 2 == 0, "hand",
        patient=f"patient {n}", study=f"study {n}", dataset="mine",
        sha256=f"bytes {n}", pixels_sha256=f"pixels {n}", group=name,
    )
    for n, name in enumerate("abcdef")
]  # fmt: skip
PARTS_OF: dict[str, Part] = {
    "a": "train", "b": "train", "c": "validation", "d": "validation", "e": "test", "f": "test",
}  # fmt: skip
TIES: dict[str, Callable[[Radiograph], Radiograph]] = {
    "group": lambda radiograph: replace(radiograph, group="same"),
    "patient": lambda radiograph: replace(radiograph, patient="same"),
    "study": lambda radiograph: replace(radiograph, patient="", study="same"),
    "bytes": lambda radiograph: replace(radiograph, sha256="same"),
    "pixels": lambda radiograph: replace(radiograph, pixels_sha256="same"),
}
"""What makes radiographs share one key alone, for each kind that the manifest tells."""


def plant(kind: Kind, *names: str) -> tuple[list[Radiograph], list[Pair]]:
    """Return the radiographs and the duplicates, the named radiographs tied by one kind alone."""
    if kind in TIES:
        return [TIES[kind](r) if r.id in names else r for r in RADIOGRAPHS], []
    return RADIOGRAPHS, [Pair(names[0], name, kind, 0.97) for name in names[1:]]  # type: ignore[arg-type]
