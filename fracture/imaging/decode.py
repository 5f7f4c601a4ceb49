"""Image files to upright 8-bit grey, refused unless they decode whole."""

import io
import stat
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, UnidentifiedImageError
from PIL.JpegImagePlugin import JpegImageFile
from PIL.MpoImagePlugin import MpoImageFile
from PIL.PngImagePlugin import PngImageFile

from fracture.imaging.jpeg import END_OF_JPEG, START_OF_JPEG
from fracture.imaging.orientation import orientation_of, turn
from fracture.imaging.samples import Decoded, to_grey
from fracture.imaging.unreadable import UnreadableImage, warnings_held

FORMATS = ("JPEG", "PNG", "BMP", "WEBP")
TIFF = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")  # how such files begin; with a plus: BigTIFF
DEPTH_OF_PNG, DEEP = 24, 16  # where a PNG file says how many bits a sample has
MPO_ENTRIES = 0xB002

DIVISORS = {
    8: cv2.IMREAD_REDUCED_GRAYSCALE_8,
    4: cv2.IMREAD_REDUCED_GRAYSCALE_4,
    2: cv2.IMREAD_REDUCED_GRAYSCALE_2,
    1: cv2.IMREAD_GRAYSCALE,
}
"""A JPEG can be decoded at such a fraction of its size, from its low frequencies: OpenCV's flag."""
MARGIN = 2.5
"""A reduced radiograph keeps this many pixels for each one that it will be shrunk to."""


def read_grey(path: Path) -> npt.NDArray[np.uint8]:
    """Return the upright radiograph in a file as uint8 (height, width), 0 to 255.

    Raises:
        UnreadableImage: The file is missing, or `decode_grey` refuses it.
    """
    return decode_grey(read_bytes(path))


def read_bytes(path: Path) -> bytes:
    """Return the content of a file.

    Raises:
        UnreadableImage: There is no such file, it is a pipe or the like, it may not be read, or it
            is empty.
    """
    try:
        if not stat.S_ISREG(mode := path.stat().st_mode) and not stat.S_ISDIR(mode):
            raise UnreadableImage("neither file nor folder")  # to open a pipe is to wait for ever
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


def decode_grey(
    content: bytes, *, bits: int = 0, at_least: int | None = None, truncated: bool = False
) -> npt.NDArray[np.uint8]:
    """Return the pixels alone of what `decode` returns."""
    return decode(content, bits=bits, at_least=at_least, truncated=truncated).grey


def decode(
    content: bytes, *, bits: int = 0, at_least: int | None = None, truncated: bool = False
) -> Decoded:
    """Return the upright radiograph in a file's content, and what the file says beside it.

    The format is known by the content. The orientation is applied that EXIF tells, else XMP. Colour
    is weighed after ITU-R 601, what is transparent is laid on black, and the first of several pages
    is taken. Of 16-bit samples the largest value that the bits in use can hold is white: see
    `fracture.imaging.samples.to_grey`. DICOM: see `fracture.imaging.dicom`.

    Args:
        content: Of a JPEG, PNG, TIFF, BMP, WebP or DICOM file.
        bits: What the data set uses where a file does not say; 0 where that is not known.
        at_least: Pixels to which the longer side will be shrunk. A JPEG may then come back at 1/2,
            1/4 or 1/8 of both sides, still `MARGIN` times as long or longer. Shrunk to 80, 224, 384
            and 512 pixels, FracAtlas' 2304 x 2880 radiographs then differ from those decoded whole
            by 0.2 grey levels in the mean (0.31 in the worst), 99.9 % of the pixels by 11 or less,
            and the edge of a marker by 34. Those of 373 x 454 have an odd side: always whole.
        truncated: Whether a JPEG or PNG that was cut short is taken as far as it goes. What is lost
            is black in a PNG, and one grey in a JPEG, as OpenCV and Keras show it.

    Raises:
        UnreadableImage: It is no such image, it is damaged, it is cut short and may not be, or it
            claims more pixels than Pillow considers safe.
    """
    try:
        # Only now: pydicom and tifffile take half a second to import.
        if is_dicom(content):
            from fracture.imaging.dicom import decode_dicom  # noqa: PLC0415

            return decode_dicom(content, bits)
        if content.startswith(TIFF):
            from fracture.imaging.tiff import decode_tiff  # noqa: PLC0415

            return decode_tiff(content, bits)
        return _decode(content, bits, at_least, truncated)
    except UnreadableImage:
        raise
    except UnidentifiedImageError:
        raise UnreadableImage("not an image") from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise UnreadableImage("too many pixels") from None
    except Exception as error:  # whatever a damaged file makes a decoder stumble over
        raise UnreadableImage("truncated" if "truncated" in str(error) else "damaged") from None


def is_dicom(content: bytes) -> bool:
    """Return whether a file's content bears DICOM's mark, `DICM` after a preamble of 128 bytes.

    Files without a preamble, which the standard does not allow, are not recognised: nothing else
    in them tells them safely from any other file.
    """
    return content[128:132] == b"DICM"


def decode_again(
    content: bytes, *, bits: int = 0, at_least: int | None = None
) -> npt.NDArray[np.uint8]:
    """Return what `decode_grey` returns for content that it has decoded before, cut short or not.

    A JPEG is left to OpenCV: the same pixels in two thirds of Pillow's time, but damage unnoticed.

    Args:
        content: As ingested.
        bits: As it was ingested with.
        at_least: See `decode`.

    Raises:
        UnreadableImage: Nothing can be decoded.
    """
    grey = _by_opencv(content, at_least)
    if grey is None:
        return decode_grey(content, bits=bits, at_least=at_least, truncated=True)
    return grey


def is_reduced(content: bytes, at_least: int) -> bool:
    """Return whether `decode_again` may return other pixels than `decode` without `at_least`.

    So it is of a large JPEG, and of one whose header says too little.

    Args:
        content: Of a file.
        at_least: See `decode`.
    """
    if not content.startswith(START_OF_JPEG):
        return False
    try:
        return _divisor(_open(content).size, at_least) > 1
    except Exception:  # whoever decodes it says what is wrong
        return True


def _by_opencv(content: bytes, at_least: int | None) -> npt.NDArray[np.uint8] | None:
    """Return a JPEG's grey pixels; None where OpenCV has none, or weighs colours in its own way."""
    if not content.startswith(START_OF_JPEG):
        return None
    try:
        image = _open(content)
        if image.mode not in {"L", "RGB"}:
            return None
        flag = DIVISORS[_divisor(image.size, at_least)] | cv2.IMREAD_IGNORE_ORIENTATION
        grey = cv2.imdecode(np.frombuffer(content, np.uint8), flag)
        if grey is None:
            return None
        with warnings_held():
            orientation = orientation_of(image)
        return turn(np.asarray(grey, np.uint8), orientation)
    except Exception:  # Pillow, asked next, says what is wrong
        return None


def _open(content: bytes) -> Image.Image:
    """Read a file's header."""
    with warnings_held(Image.DecompressionBombWarning):
        return Image.open(io.BytesIO(content), formats=FORMATS)


def _decode(content: bytes, bits: int, at_least: int | None, truncated: bool) -> Decoded:
    if truncated and content.startswith(START_OF_JPEG):
        content += END_OF_JPEG  # libjpeg fills what is missing; behind a whole file it is not read
    if content[8:12] == b"WEBP" and len(content) < 8 + int.from_bytes(content[4:8], "little"):
        raise UnreadableImage("truncated")
    try:
        image = _open(content)
    except UnidentifiedImageError:
        if not content.startswith(START_OF_JPEG):
            raise
        from fracture.imaging.deep import jpeg_samples  # noqa: PLC0415 - imagecodecs is slow

        samples, orientation = jpeg_samples(content, truncated)
        return _turned(to_grey(samples), orientation)
    if isinstance(image, JpegImageFile):
        divisor = _divisor(image.size, at_least)
        # As grey: the luma that the file holds, without a detour through RGB.
        image.draft("L", (image.width // divisor, image.height // divisor))
    try:
        image.load()  # here Pillow, unlike OpenCV, notices a missing end
    except OSError as error:
        if not (truncated and isinstance(image, PngImageFile) and "truncated" in str(error)):
            raise
        image.tile = []  # nothing more to load: the rows decoded so far stay
    with warnings_held():
        orientation = orientation_of(image)
    depth = content[DEPTH_OF_PNG] if isinstance(image, PngImageFile) else 8
    if depth == DEEP:
        from fracture.imaging.deep import png_samples  # noqa: PLC0415 - imagecodecs is slow

        return _turned(to_grey(png_samples(content, image), bits, _frames(image)), orientation)
    if image.mode == "L" and isinstance(hidden := image.info.get("transparency"), int):
        # Pillow scales 2 and 4 bits to 8, and leaves out the grey level that is transparent.
        image.info["transparency"] = hidden * 255 // ((1 << depth) - 1)
    return _turned(Decoded(_grey(image), frames=_frames(image)), orientation)


def _turned(decoded: Decoded, orientation: int) -> Decoded:
    return replace(decoded, grey=turn(decoded.grey, orientation))


def _divisor(size: tuple[int, int], at_least: int | None) -> int:
    """Return the largest of `DIVISORS` that keeps the margin and divides both sides.

    A rest would make the last pixels cover more than the radiograph, and so shift all others.
    """
    fitting = (
        divisor
        for divisor in DIVISORS
        if at_least
        and max(size) >= MARGIN * at_least * divisor
        and not any(side % divisor for side in size)
    )
    return next(fitting, 1)


def _grey(image: Image.Image) -> npt.NDArray[np.uint8]:
    """Return the grey pixels of an image of 8 bits or fewer."""
    if image.has_transparency_data:
        black = Image.new("RGBA", image.size, (0, 0, 0, 255))
        image = Image.alpha_composite(black, image.convert("RGBA"))
    return np.asarray(image if image.mode == "L" else image.convert("L"))


def _frames(image: Image.Image) -> int:
    """Return how many frames an image has; what a camera adds for itself to a JPEG is none."""
    if isinstance(image, MpoImageFile):
        kinds = [
            entry["Attribute"]["MPType"] for entry in (image.mpinfo or {}).get(MPO_ENTRIES, ())
        ]
        return 1 + sum(kind.startswith("Multi-Frame") for kind in kinds[1:])
    return int(getattr(image, "n_frames", 1))
