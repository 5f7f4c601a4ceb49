"""A small archive and its row of the table."""

import io
from hashlib import sha256
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from tools.archives import Archive

ENTRIES = {
    "FracAtlas/dataset.csv": b"image_id\n",
    "FracAtlas/images/Fractured/IMG1.jpg": b"jpeg" * 100,
    "FracAtlas/Annotations/COCO JSON/COCO_fracture_masks.json": b"{}",
}


def zipped(*entries: tuple[ZipInfo | str, bytes]) -> bytes:
    """Return a ZIP archive of `ENTRIES` and further ones, the same bytes each time."""
    memory = io.BytesIO()
    with ZipFile(memory, "w", ZIP_DEFLATED) as archive:
        for name, content in [*ENTRIES.items(), *entries]:
            # Of a fixed date: each process that runs tests makes the same bytes.
            info = ZipInfo(name) if isinstance(name, str) else name
            archive.writestr(info, content, ZIP_DEFLATED)
    return memory.getvalue()


CONTENT = zipped()


def archive_of(content: bytes, url: str | None = None) -> Archive:
    return Archive(
        dataset="fracatlas",
        title="FracAtlas v0",
        page="https://doi.org/10.0/example",
        licence="CC BY 4.0",
        file_name="FracAtlas.zip",
        url=url,
        bytes=len(content),
        sha256=sha256(content).hexdigest(),
        unpacked_bytes=10_000,
    )


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def files(root: Path) -> dict[str, bytes]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file()
    }
