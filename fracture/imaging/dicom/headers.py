"""Headers of many DICOM files, without their pixels."""

import logging
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from pydicom import dcmread

from fracture.imaging.dicom import is_dicom
from fracture.imaging.threads import in_threads
from fracture.imaging.unreadable import UnreadableImage, warnings_held

END_OF_FILE = "End of file reached"
BEHIND_ALL = "Rows"  # elements stand in order: where it is, no patient's name before it was cut off


@contextmanager
def quiet() -> Iterator[None]:
    """Hold back what pydicom warns of and logs: it quotes header values, names among them.

    A missing end, of which it only warns, is an error.
    """
    logging.getLogger("pydicom").setLevel(logging.CRITICAL + 1)
    with warnings_held():
        warnings.filterwarnings("error", END_OF_FILE)
        yield


def read(paths: Sequence[Path], keywords: Sequence[str]) -> list[dict[str, str] | UnreadableImage]:
    """Return elements of each header; see `fracture.imaging.dicom.read_headers`.

    Warnings are held back once for all threads, so that they can read at the same time.
    """
    with quiet():
        work = partial(_header, keywords=keywords)
        return list(in_threads(work, paths, "reading headers"))


def _header(path: Path, keywords: Sequence[str]) -> dict[str, str] | UnreadableImage:
    try:
        with path.open("rb") as file:
            if not is_dicom(file.read(132)):
                return UnreadableImage("not a DICOM file")
            file.seek(0)
            header = dcmread(file, stop_before_pixels=True, specific_tags=[*keywords, BEHIND_ALL])
        if BEHIND_ALL not in header:
            return UnreadableImage("no pixels")
        return {keyword: str(header.get(keyword) or "").strip() for keyword in keywords}
    except OSError as error:
        return UnreadableImage(f"not readable: {error.strerror}")
    except Exception:  # whatever a damaged file makes pydicom stumble over
        return UnreadableImage("damaged header")
