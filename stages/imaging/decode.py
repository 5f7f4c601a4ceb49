"""Image files to upright 8-bit grey, refused unless they decode whole."""

import io
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageOps, UnidentifiedImageError

FORMATS = ("JPEG", "PNG", "TIFF", "BMP")
WHITE_16 = 65535

_warning_filters = threading.Lock()


class UnreadableImage(Exception):  # noqa: N818 - read as "this image is unreadable"
    """A file that yields no whole radiograph; the message is a short reason, without its name."""


def read_grey(path: Path) -> npt.NDArray[np.uint8]:
    """Return the upright radiograph in a file as uint8 (height, width), 0 to 255.

    Raises:
        UnreadableImage: The file is missing, or `decode_grey` refuses it.
    """
    return decode_grey(read_bytes(path))


def read_bytes(path: Path) -> bytes:
    """Return the content of a file.

    Raises:
        UnreadableImage: There is no such file, it may not be read, or it is empty.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise UnreadableImage("missing") from None
    except IsADirectoryError:
        raise UnreadableImage("a folder") from None
    except OSError as error:
        raise UnreadableImage(f"not readable: {error.strerror}") from None
    if not content:
        raise UnreadableImage("empty")
    return content


def decode_grey(content: bytes) -> npt.NDArray[np.uint8]:
    """Return the upright radiograph in a file's content as uint8 (height, width), 0 to 255.

    The EXIF orientation is applied. 16-bit grey is scaled by 255 / 65535, colour is weighed after
    ITU-R 601, what is transparent is laid on black.

    Raises:
        UnreadableImage: It is no JPEG, PNG, TIFF or BMP image, it is damaged or cut short, or it
            claims more pixels than Pillow considers safe.
    """
    try:
        return _grey(_upright(content))
    except UnreadableImage:
        raise
    except UnidentifiedImageError:
        raise UnreadableImage("not an image") from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise UnreadableImage("too many pixels") from None
    except Exception as error:  # whatever a damaged file makes a decoder stumble over
        raise UnreadableImage("truncated" if "truncated" in str(error) else "damaged") from None


def _upright(content: bytes) -> Image.Image:
    with _warnings_held():
        image = Image.open(io.BytesIO(content), formats=FORMATS)
    image.load()  # here Pillow, unlike OpenCV, notices a missing end
    with _warnings_held():
        return ImageOps.exif_transpose(image)


def _grey(image: Image.Image) -> npt.NDArray[np.uint8]:
    if image.mode.startswith("I"):
        deep = np.asarray(image)
        if deep.min() < 0 or deep.max() > WHITE_16:
            raise UnreadableImage("more than 16 bits")
        return np.rint(deep.astype(np.float32) * (255 / WHITE_16)).astype(np.uint8)
    if image.mode == "F":
        raise UnreadableImage("floating-point pixels")
    if image.has_transparency_data:
        black = Image.new("RGBA", image.size, (0, 0, 0, 255))
        image = Image.alpha_composite(black, image.convert("RGBA"))
    return np.array(image.convert("L"))


@contextmanager
def _warnings_held() -> Iterator[None]:
    """Keep Pillow's remarks on odd metadata quiet; a decompression bomb is an error, not a remark.

    Warning filters belong to the whole process, so one thread at a time changes them.
    """
    with _warning_filters, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        yield
