"""Download the archive of a data set, check it and unpack it into the folder that its reader reads.

The folder appears complete or not at all, and nothing that exists is overwritten. A download that
was interrupted starts again from the beginning. An archive that you downloaded yourself and put
beside the folder is used if it is the right one.
"""

import shutil
import stat
import sys
import zlib
from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PureWindowsPath
from zipfile import BadZipFile, ZipFile, ZipInfo

import pooch
from requests import RequestException

from fracture.console import PipelineError, nearest, progress
from fracture.params import section
from fracture.params.datasets import DATASETS
from tools.archives import ARCHIVES, BY_HAND, Archive

RECEIPT = "SOURCE.txt"  # marks an unpacked data set, so that later runs recognise it
ZIP_ERRORS = (BadZipFile, EOFError, RuntimeError, zlib.error)  # cut, altered, encrypted, unknown


def main(name: str, folder: str | None) -> None:
    """Put a data set in place.

    Args:
        name: A key of `ARCHIVES`.
        folder: Where to; None for the folder that params.yaml names.

    Raises:
        PipelineError: There is no such archive, its place is taken, it could not be downloaded or
            unpacked, it is not what was expected, or the disk refused.
    """
    if name in BY_HAND:
        raise PipelineError(f"{name} cannot be downloaded by this command: {BY_HAND[name]}")
    if name not in ARCHIVES:
        names = ", ".join([*ARCHIVES, *BY_HAND])
        near = nearest(name, [*ARCHIVES, *BY_HAND])
        raise PipelineError(f"no data set {name!r} to download{near}; expected one of: {names}")
    source = ARCHIVES[name]
    key = f"datasets.{source.dataset}"
    if folder is None:
        parameters = section.value_at(section.load(), *key.split("."))
        root = Path(DATASETS[source.dataset].parse(parameters, key).root).resolve()
    else:
        root = Path(folder).expanduser().resolve()
    try:
        install(source, root)
    except OSError as error:
        raise PipelineError(
            f"{error.filename or root.parent} cannot be written ({error.strerror or error}): make "
            "room or correct that and run this again, or name another folder with --to"
        ) from None
    if folder:
        print(f"set {key}.root in params.yaml to it")


def install(source: Archive, root: Path) -> None:
    """Download an archive unless it is there, check it and unpack it.

    Args:
        source: What to download.
        root: The folder that takes the content; empty or absent before.

    Raises:
        PipelineError: The folder is taken, the disk is too small, or the archive could not be
            downloaded, is another one or cannot be unpacked.
    """
    receipt = root / RECEIPT
    if receipt.is_file() and receipt.read_text(encoding="utf-8") == source.receipt:
        print(f"{source.title} is in place, nothing to do: {root}")
        return
    if root.is_file() or (root.is_dir() and any(root.iterdir())):
        raise PipelineError(
            f"{root} is taken, expected an empty folder or none: nothing was changed; move it "
            "away, or name another folder with --to"
        )
    archive = root.with_name(source.file_name)
    with _temporary_folder(root) as temporary:
        needed = source.unpacked_bytes + (0 if archive.exists() else source.bytes)
        free = shutil.disk_usage(temporary).free
        if free < needed:
            raise PipelineError(
                f"the disk of {root.parent} has {_megabytes(free)} free, {_megabytes(needed)} are "
                "needed: make room, or name a folder on another disk with --to"
            )
        if not archive.exists():
            download(source, archive, temporary)
        elif pooch.file_hash(archive) != source.sha256:
            raise PipelineError(
                f"{archive} is not {source.title} (another SHA-256; {archive.stat().st_size:,} "
                f"bytes, expected {source.bytes:,}): move it away and run this again"
            )
        content = unpack(source, archive, temporary / "content")
        (content / RECEIPT).write_text(source.receipt, encoding="utf-8", newline="\n")
        content.replace(root)
    print(f"{source.title}: {root}\n{archive} is no longer needed")


def download(source: Archive, archive: Path, temporary: Path) -> None:
    """Download an archive, check its SHA-256 and put it in place.

    Args:
        source: What to download.
        archive: Where it is put once it is complete and right.
        temporary: A folder on the same disk for the incomplete file.
    """
    by_hand = f"download it in a browser from {source.page}, put it at {archive}, run this again"
    if source.url is None:
        raise PipelineError(f"no permanent address of {source.title} is known: {by_hand}")
    name = source.file_name
    server = pooch.create(
        temporary, "", registry={name: source.sha256}, urls={name: source.url}, retry_if_failed=2
    )
    downloader = pooch.HTTPDownloader(
        progressbar=sys.stderr.isatty(),
        chunk_size=1 << 16,
        timeout=(15, 60),  # seconds until connected, and without a byte
    )
    try:
        Path(server.fetch(name, downloader=downloader)).replace(archive)
    except (RequestException, ValueError) as error:  # pooch's ValueError is another SHA-256
        raise PipelineError(
            f"{source.title} could not be downloaded ({error}): nothing was kept; check the "
            f"network and the proxy variables and run this again, or {by_hand}"
        ) from None


def unpack(source: Archive, archive: Path, folder: Path) -> Path:
    """Unpack an archive into a new folder and write nothing outside it.

    Args:
        source: What is expected of the archive.
        archive: The file.
        folder: Where to; what an error leaves there is for the caller to remove.

    Returns:
        The folder with the content: the only folder at the top of the archive, else `folder`.
    """
    try:
        with ZipFile(archive) as opened:
            entries = opened.infolist()
            # ZipFile reads no more of an entry than the size that it states.
            if sum(entry.file_size for entry in entries) > source.unpacked_bytes:
                raise PipelineError(
                    f"{archive} unpacks to more than the {source.unpacked_bytes:,} bytes of "
                    f"{source.title}: nothing was unpacked"
                )
            for entry in entries:
                _require_harmless(archive, entry)
            for entry in progress(entries, len(entries), "unpacking", "files"):
                opened.extract(entry, folder)
    except ZIP_ERRORS as error:
        raise PipelineError(
            f"{archive} cannot be unpacked ({error}): delete it and run this again"
        ) from None
    top = list(folder.iterdir())
    return top[0] if len(top) == 1 and top[0].is_dir() else folder


def _require_harmless(archive: Path, entry: ZipInfo) -> None:
    """Refuse an entry that leads out of the folder, or is neither a file nor a folder."""
    path = PureWindowsPath(entry.filename)  # which splits at "/" too
    kind = stat.S_IFMT(entry.external_attr >> 16)  # of Unix; 0 if another system packed it
    outside = path.anchor or ".." in path.parts or not path.parts
    if outside or kind not in {0, stat.S_IFREG, stat.S_IFDIR}:
        fault = "leads out of the folder" if outside else "is a link or a device"
        raise PipelineError(
            f"{archive}: the entry {entry.filename!r} {fault}: nothing was unpacked"
        )


@contextmanager
def _temporary_folder(root: Path) -> Iterator[Path]:
    """Make an empty folder beside `root`, and remove it at the end."""
    folder = root.with_name(f".new-{root.name}")
    shutil.rmtree(folder, ignore_errors=True)  # of a run that was killed
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def _megabytes(count: int) -> str:
    return f"{count / 1e6:,.0f} MB"


def arguments() -> Namespace:
    """Return `dataset` and `to` (None unless given) of the command line."""
    parser = ArgumentParser(
        prog="python -m tools.download",
        description=__doc__,
        epilog="data sets:\n"
        + "".join(
            f"  {name}: {source.title}, {source.licence}, {_megabytes(source.bytes)}, and at most "
            f"{_megabytes(source.unpacked_bytes)} unpacked"
            + ("" if source.url else f";\n      put {source.file_name} beside the folder first")
            + "\n"
            for name, source in ARCHIVES.items()
        )
        + f"  {', '.join(BY_HAND)}: prints how to get it",
        formatter_class=RawDescriptionHelpFormatter,
    )
    parser.add_argument("dataset", help="one of those below")
    parser.add_argument(
        "--to", metavar="FOLDER", help="instead of datasets.<dataset>.root of params.yaml"
    )
    return parser.parse_args()


if __name__ == "__main__":
    given = arguments()
    try:
        main(given.dataset, given.to)
    except PipelineError as error:
        sys.exit(f"error: {error}")
    except KeyboardInterrupt:
        sys.exit("interrupted: nothing was half-written; the same command starts again")
