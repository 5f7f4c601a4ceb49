"""PNG files of 16 bits and JPEG files of more than 8: what Pillow does not decode in full."""

import imagecodecs
import numpy as np
from PIL import ExifTags, Image, UnidentifiedImageError

from fracture.imaging.jpeg import FRAME_OF_JPEG_LS, is_whole, jpeg_size, segments
from fracture.imaging.orientation import choose
from fracture.imaging.samples import Samples, Values
from fracture.imaging.unreadable import UnreadableImage

APPLICATION_1 = 0xE1
EXIF, XMP = b"Exif\0\0", b"http://ns.adobe.com/xap/1.0/\0"
CHANNELS = (1, 3)
BYTE, WORD = 8, 16
LARGEST = 65535


def jpeg_samples(content: bytes, truncated: bool) -> tuple[Samples, int]:
    """Return the samples of a JPEG file of 9 to 16 bits or of a JPEG-LS file, and its orientation.

    Args:
        content: Of a file that begins as a JPEG file and is none of 8 bits.
        truncated: See `fracture.imaging.decode.decode`; a JPEG-LS file must be whole.

    Raises:
        UnidentifiedImageError: It is no such file.
        UnreadableImage: It is cut short, or claims more pixels than Pillow considers safe.
    """
    headers = list(segments(content))
    lossless = FRAME_OF_JPEG_LS in dict(headers)
    try:
        size = jpeg_size(content)
    except ValueError:
        raise UnidentifiedImageError from None
    if (size.bits == BYTE and not lossless) or size.samples not in CHANNELS:
        raise UnidentifiedImageError
    if size.height * size.width > (Image.MAX_IMAGE_PIXELS or np.inf):
        raise UnreadableImage("too many pixels")
    # With truncated, an end was appended: CharLS, which may never return, must not see that.
    if not is_whole(content) or (truncated and lossless and not is_whole(content[:-2])):
        raise UnreadableImage("truncated")
    values = (imagecodecs.jpegls_decode if lossless else imagecodecs.jpeg8_decode)(content)
    parts = [part for marker, part in headers if marker == APPLICATION_1]
    exif = Image.Exif()
    exif.load(next((part for part in parts if part.startswith(EXIF)), b""))
    xmp = next((part for part in parts if part.startswith(XMP)), b"")
    return Samples(values, size.bits), choose(exif.get(ExifTags.Base.Orientation), xmp)


def png_samples(content: bytes, image: Image.Image) -> Samples:
    """Return the samples of a PNG file of 16 bits.

    Args:
        content: Of the file.
        image: The same, loaded by Pillow: it keeps the 16 bits of grey alone.

    Raises:
        UnreadableImage: It is in colour and cut short.
    """
    if image.mode.startswith("I"):
        values, opacity = np.asarray(image), None
        if isinstance(hidden := image.info.get("transparency"), int):
            opacity = (values != hidden).astype(np.float32)
        return Samples(values, _stated(content, values), opacity)
    try:
        stored = imagecodecs.png_decode(content)
    except imagecodecs.PngError:
        raise UnreadableImage("truncated") from None  # Pillow found no other damage
    values, opacity = stored, None
    if stored.shape[-1] in {2, 4}:
        values, opacity = stored[..., :-1], stored[..., -1].astype(np.float32) / LARGEST
    values = values[..., 0] if values.shape[-1] == 1 else values
    return Samples(values, _stated(content, values), opacity)


def _stated(content: bytes, values: Values) -> int:
    """Return the bits in use that sBIT tells; 0 where it is absent, or contradicts the values.

    The standard (PNG 11.3.2.7) has samples scaled up to 16 bits, and sBIT tell how many there were;
    many files hold them as they were. The values show which.
    """
    bits = _significant_bits(content)
    if bits in {0, WORD} or values.max() < 1 << bits:
        return bits
    shift = WORD - bits
    high = values >> shift
    if shift > bits:
        return 0
    scaled_up = ((high << shift), (high << shift) | (high >> (bits - shift)))
    return WORD if any(np.array_equal(values, scaled) for scaled in scaled_up) else 0


def _significant_bits(content: bytes) -> int:
    position = 8  # behind the signature: length, type, data and checksum of each chunk
    while (kind := content[position + 4 : position + 8]) not in {b"IDAT", b""}:
        length = int.from_bytes(content[position : position + 4])
        if kind == b"sBIT" and length:
            bits = content[position + 8]
            return bits if bits <= WORD else 0
        position += length + 12
    return 0
