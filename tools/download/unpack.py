"""A ZIP archive into a data set's folder: whole or not at all, and nothing outside of it."""

import lzma
import stat
import zlib
from collections.abc import Sequence
from pathlib import Path, PurePosixPath, PureWindowsPath
from zipfile import BadZipFile, ZipFile, ZipInfo

from fracture.artifacts.atomic import replacing
from fracture.console import PipelineError, progress
from tools.download.sources import Archive

CHUNK = 1 << 20
RECEIPT = "SOURCE.txt"
DAMAGE = (BadZipFile, EOFError, NotImplementedError, lzma.LZMAError, zlib.error)
"""What Python's reader raises for an archive that is cut, altered or of a kind it does not know."""
ENCRYPTED = 0x1  # bit 0 of an entry's flags, ZIP specification 4.4.4


def unpacked(source: Archive, root: Path) -> bool:
    """Return whether the archive has been unpacked into `root` before.

    Raises:
        PipelineError: Something else stands there.
    """
    receipt = root / RECEIPT
    if receipt.is_file() and receipt.read_text(encoding="utf-8") == source.receipt:
        return True
    require_free(root)
    return False


def require_free(root: Path) -> None:
    """Refuse a place that is taken.

    Raises:
        PipelineError: `root` is a file or a folder that is not empty.
    """
    if root.exists() and not (root.is_dir() and not any(root.iterdir())):
        raise PipelineError(
            f"{root} is taken, expected an empty folder or none: nothing was changed; move it "
            "away, or name another folder with --to"
        )


def unpack(source: Archive, archive: Path, root: Path) -> int:
    """Unpack a verified archive, without its top folder, and return the number of files.

    Args:
        source: What is expected of it.
        archive: The file.
        root: The folder that the reader takes; it appears when everything is in it.

    Raises:
        PipelineError: The archive is broken, encrypted, larger than expected, not what the reader
            takes, or would write outside of the folder, or `root` is taken.
    """
    try:
        with ZipFile(archive) as opened, replacing(root) as beside:
            members = _harmless(source, archive, opened.infolist())
            beside.mkdir()
            _write(source, opened, members, beside)
            if absent := [name for name in source.holds if not (beside / name).exists()]:
                raise PipelineError(f"{archive} holds no {', '.join(absent)}, expected at its top")
            (beside / RECEIPT).write_text(source.receipt, encoding="utf-8", newline="\n")
            require_free(root)  # another command may have filled it in the meantime
    except DAMAGE as error:
        raise PipelineError(
            f"{archive} cannot be unpacked ({error}): delete it and run this again"
        ) from None
    return len(members)


def _harmless(
    source: Archive, archive: Path, entries: Sequence[ZipInfo]
) -> list[tuple[ZipInfo, PurePosixPath]]:
    """Return the files among the entries, each with its place in the data set's folder."""
    if len(entries) > source.unpacked_files:
        raise PipelineError(
            f"{archive} has {len(entries):,} entries, {source.title} at most "
            f"{source.unpacked_files:,}: nothing was unpacked"
        )
    for entry in entries:
        if fault := _fault(entry):
            raise PipelineError(
                f"{archive}: the entry {entry.filename!r} {fault}: nothing was unpacked"
            )
    files = [(entry, PurePosixPath(entry.filename)) for entry in entries if not entry.is_dir()]
    tops = {path.parts[0] for _, path in files}
    if len(tops) == 1 and all(len(path.parts) > 1 for _, path in files):
        return [(entry, path.relative_to(*tops)) for entry, path in files]
    return files


def _fault(entry: ZipInfo) -> str:
    """Return why an entry is not unpacked, or an empty text."""
    path = PurePosixPath(entry.filename)
    windows = PureWindowsPath(entry.filename)
    kind = stat.S_IFMT(entry.external_attr >> 16)  # of Unix; 0 where another system packed it
    if not path.parts or ".." in windows.parts or windows.anchor or "\\" in entry.filename:
        return "leads out of the folder"
    if kind not in {0, stat.S_IFREG, stat.S_IFDIR}:
        return "is a link or a device, expected a file or a folder"
    if entry.flag_bits & ENCRYPTED:
        return "is encrypted"
    return ""


def _write(
    source: Archive,
    opened: ZipFile,
    files: Sequence[tuple[ZipInfo, PurePosixPath]],
    folder: Path,
) -> None:
    """Write the files, counting what really comes: an archive's own figures may lie."""
    room = source.unpacked_bytes
    for entry, path in progress(files, len(files), "unpacking", "files"):
        target = folder / path
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            file = target.open("xb")
        except (FileExistsError, NotADirectoryError):
            raise PipelineError(
                f"{opened.filename} names {path} twice: nothing was unpacked"
            ) from None
        with file, opened.open(entry) as content:
            while block := content.read(CHUNK):
                room -= len(block)
                if room < 0:
                    raise PipelineError(
                        f"{opened.filename} unpacks to more than the {source.unpacked_bytes:,} "
                        f"bytes of {source.title}: nothing was unpacked"
                    )
                file.write(block)
