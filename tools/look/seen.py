"""What lies in a folder: images by kind and size, tables, folders, and what is neither."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from PIL import Image
from pydicom import dcmread

from fracture.console import PipelineError, progress, some
from fracture.datasets.dicom_header import Header, headers_of
from fracture.datasets.findings import counted
from fracture.datasets.tree import File, read_tree
from fracture.imaging.dicom import quiet
from fracture.imaging.unreadable import warnings_held
from fracture.tables import TABLES, Row, read_table, sheets
from fracture.texts import normalised

MEASURED = 200  # images whose size is looked up
SHOWN, FEW = 12, 3  # folders in a line: where these are all, where there are more
MOST_ABOVE = 20  # tables beside the folder that are read
LARGEST = 100_000_000  # bytes of a table that is read
KINDS = {
    ".jpg": "JPEG", ".jpeg": "JPEG", ".jpe": "JPEG", ".jfif": "JPEG", ".png": "PNG", ".bmp": "BMP",
    ".dib": "BMP", ".tif": "TIFF", ".tiff": "TIFF", ".webp": "WebP",
}  # fmt: skip


@dataclass(frozen=True)
class TableSeen:
    """A table that can be read.

    Attributes:
        path: Relative to the folder.
        sheet: Of a workbook with several; None for the first.
        columns: Their names, in order.
        rows: Cells as text, by column.
    """

    path: str
    sheet: str | None
    columns: tuple[str, ...]
    rows: tuple[Row, ...]

    @property
    def name(self) -> str:
        """How people call it."""
        return f"{self.path}, sheet {self.sheet}" if self.sheet else self.path


@dataclass(frozen=True)
class Seen:
    """What lies in a folder.

    Attributes:
        root: The folder.
        images: What may be a radiograph.
        others: All other files, with the reason.
        headers: Of DICOM files, by path.
        tables: Those that can be read.
        unreadable: Why other tables cannot, by path.
    """

    root: Path
    images: tuple[File, ...]
    others: tuple[File, ...]
    headers: dict[str, Header]
    tables: tuple[TableSeen, ...]
    unreadable: dict[str, str]

    @property
    def paths(self) -> list[str]:
        """Paths of the images, relative to the folder."""
        return [file.path for file in self.images]

    @property
    def uids(self) -> dict[str, str]:
        """SOPInstanceUIDs of the DICOM files that have one, by path."""
        uids = {path: header["SOPInstanceUID"] for path, header in self.headers.items()}
        return {path: uid for path, uid in uids.items() if uid}


def look_into(root: Path) -> Seen:
    """Return what lies in a folder.

    Raises:
        PipelineError: There is no such folder, or nothing in it.
    """
    if not root.is_dir():
        kind = "is a file" if root.is_file() else "does not exist"
        raise PipelineError(f"{root} {kind}, expected a folder of radiographs: name another")
    files = read_tree(root)
    if not files:
        raise PipelineError(f"{root} is empty, expected a folder of radiographs: name another")
    images = tuple(file for file in files if not file.fault)
    headers, faults = headers_of([file.path for file in images if file.dicom], root)
    tables, unreadable = _tables([file.path for file in files], root)
    return Seen(
        root,
        tuple(file for file in images if file.path not in faults),
        tuple(
            File(file.path, faults.get(file.path, file.fault), file.dicom, file.radiograph)
            for file in files
            if file.fault or file.path in faults
        ),
        headers,
        tables,
        unreadable,
    )


def tables_above(seen: Seen) -> tuple[TableSeen, ...]:
    """Return the tables that lie beside a folder, a few; none where they cannot be listed."""
    above = seen.root.resolve().parent
    try:
        names = sorted(path.name for path in above.iterdir() if path.is_file())
    except OSError:
        return ()
    return _tables([name for name in names if _is_table(name)][:MOST_ABOVE], above)[0]


def _is_table(name: str) -> bool:
    return PurePosixPath(name).suffix.lower() in TABLES and not name.startswith(".")


def _tables(names: Sequence[str], root: Path) -> tuple[tuple[TableSeen, ...], dict[str, str]]:
    found: list[TableSeen] = []
    unreadable: dict[str, str] = {}
    paths = [name for name in names if PurePosixPath(name).suffix.lower() in TABLES]
    for path in progress(paths, len(paths), "reading tables", "tables"):
        try:
            if (root / path).stat().st_size <= LARGEST:
                found += _sheets(root, path)
            else:
                unreadable[path] = f"{path} is larger than {LARGEST // 1_000_000} MB"
        except PipelineError as error:
            unreadable[path] = str(error).removesuffix(": mend it")
        except OSError as error:
            unreadable[path] = str(error.strerror)
    return tuple(found), unreadable


def _sheets(root: Path, path: str) -> Iterator[TableSeen]:
    names = sheets(root / path, "mend it")
    for place, name in enumerate(names):
        sheet = name if place else None
        try:
            rows = read_table(root / path, [], "mend it", sheet)
        except PipelineError:
            if place == 0:
                raise
            continue  # a further sheet that holds no table
        if rows:
            columns = tuple(column for column in map(normalised, rows[0]) if column)
            yield TableSeen(path, sheet, columns, tuple(rows))


def describe(seen: Seen) -> list[str]:
    """Return what lies in a folder, in lines for people."""
    kinds = defaultdict(list)
    for file in seen.images:
        suffix = PurePosixPath(file.path).suffix.lower()
        kinds["DICOM" if file.dicom else KINDS.get(suffix, "of another suffix")].append(file.path)
    lines = [f"{seen.root.resolve()} holds {len(seen.images)} images:"]
    for kind, paths in sorted(kinds.items()):
        size = sum((seen.root / path).stat().st_size for path in paths) / 1e6
        lines.append(f"  {kind:<6} {len(paths)}, {size:.1f} MB{_pixels(seen.root, paths)}")
    folders = Counter(str(PurePosixPath(path).parent) for path in seen.paths)
    named = [f"{name}/ {count}" for name, count in sorted(folders.items()) if name != "."]
    if 0 < len(named) <= SHOWN:
        lines.append(f"  in {', '.join(named)}")
    elif named:
        lines.append(f"  in {len(named)} folders, such as {', '.join(named[:FEW])}")
    lines += [
        f"  table {table.name}: {len(table.rows)} rows; columns {', '.join(table.columns)}"
        for table in seen.tables
    ]
    lines += [f"  no table: {reason}" for reason in seen.unreadable.values()]
    tables = {table.path for table in seen.tables} | {*seen.unreadable}
    if others := [file for file in seen.others if file.path not in tables]:
        names = some([PurePosixPath(file.path).name for file in others], 3)
        why = counted(file.fault for file in others)
        lines.append(f"  {len(others)} other files ({why}), such as {names}")
    return lines


def _pixels(root: Path, paths: Sequence[str]) -> str:
    """Return the smallest and the largest size of some of the images."""
    step = max(1, len(paths) // MEASURED)
    sizes = [size for path in paths[::step] if (size := _size(root / path)) != (0, 0)]
    if not sizes:
        return ""
    smallest, largest = min(sizes, key=min), max(sizes, key=max)
    spread = "" if smallest == largest else f" to {largest[0]} x {largest[1]}"
    return f", {smallest[0]} x {smallest[1]}{spread} pixels"


def _size(path: Path) -> tuple[int, int]:
    """Return width and height, without decoding; 0 where they cannot be told."""
    try:
        with warnings_held(), Image.open(path) as image:
            return image.size
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        pass  # DICOM, perhaps
    try:
        with quiet():
            header = dcmread(path, stop_before_pixels=True, specific_tags=["Rows", "Columns"])
        return int(header.Columns), int(header.Rows)
    except Exception:  # whatever a damaged file makes pydicom stumble over
        return 0, 0
