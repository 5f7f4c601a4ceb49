"""TIFF files to 8-bit grey, refused unless they decode whole.

tifffile takes half a second to import, and most data sets hold no TIFF file: import this module in
the function that needs it.
"""

import io
import logging
from dataclasses import replace
from itertools import islice
from typing import Any

import numpy as np
from PIL import Image
from tifffile import PHOTOMETRIC, SAMPLEFORMAT, TiffFile, TiffFileError, TiffPage

from fracture.imaging.orientation import choose, turn
from fracture.imaging.samples import DEPTHS, Decoded, Samples, Values, to_grey
from fracture.imaging.unreadable import UnreadableImage, warnings_held

WHITE_IS_ZERO = PHOTOMETRIC.MINISWHITE
CHANNELS = {
    PHOTOMETRIC.MINISWHITE: 1,
    PHOTOMETRIC.MINISBLACK: 1,
    PHOTOMETRIC.RGB: 3,
    PHOTOMETRIC.PALETTE: 1,
    PHOTOMETRIC.SEPARATED: 4,
    PHOTOMETRIC.YCBCR: 3,
}
JPEG = (7, 34892)  # compressions whose decoder makes RGB of YCbCr
ORIENTATION, XMP = 274, 700
RANGES = ((340, 341), (280, 281))  # SMinSampleValue and SMaxSampleValue, then Min and Max
ASSOCIATED, UNASSOCIATED = 1, 2  # kinds of extra samples: opacity, multiplied in or not
MOST_PAGES = 1000  # that are counted: in a file whose directories form a circle they never end
BYTE, LARGEST_DEPTH = 255, 16
UNSIGNED = (SAMPLEFORMAT.UINT, SAMPLEFORMAT.VOID)

logging.getLogger("tifffile").setLevel(logging.CRITICAL + 1)


def decode_tiff(content: bytes, bits: int = 0) -> Decoded:
    """Return the first page of a TIFF file, upright.

    Takes 1 to 16 bits, and more or floating point where the file says the range of its values;
    grey of both photometric interpretations, palettes, RGB, CMYK, and YCbCr in JPEG. Smaller copies
    and masks are no pages.

    Args:
        content: Of the file.
        bits: See `fracture.imaging.samples.to_grey`.

    Raises:
        UnreadableImage: It is damaged, cut short, or of a kind that is not decoded.

    Reference:
        Adobe, "TIFF Revision 6.0" (1992).
    """
    try:
        with warnings_held():
            file = TiffFile(io.BytesIO(content))
            looked_at = islice(file.pages, MOST_PAGES)
            pages = [page for page in looked_at if isinstance(page, TiffPage)]
    except TiffFileError:
        raise UnreadableImage("not an image") from None
    with file:
        whole = [page for page in pages if not page.is_reduced and not page.is_mask] or pages
        if not whole:
            raise UnreadableImage("damaged")
        page = whole[0]
        _require_decodable(page, len(content))
        stack = (file.imagej_metadata or {}).get("images", 1) if file.is_imagej else 1
        decoded = to_grey(_samples(page, page.asarray(maxworkers=1)), bits, max(len(whole), stack))
        upright = choose(_tag(page, ORIENTATION), _tag(page, XMP) or b"")
    return replace(decoded, grey=turn(decoded.grey, upright))


def _require_decodable(page: TiffPage, size: int) -> None:
    if page.imagelength * page.imagewidth > (Image.MAX_IMAGE_PIXELS or np.inf):
        raise UnreadableImage("too many pixels")
    if any(
        offset + count > size
        for offset, count in zip(page.dataoffsets, page.databytecounts, strict=True)
    ):
        raise UnreadableImage("truncated")
    photometric = page.photometric
    undecoded = photometric == PHOTOMETRIC.YCBCR and page.compression not in JPEG
    if photometric not in CHANNELS or undecoded or page.imagedepth > 1:
        name = getattr(photometric, "name", "unknown")
        raise UnreadableImage(f"TIFF of photometric interpretation {name}, which is not decoded")


def _samples(page: TiffPage, stored: Values) -> Samples:
    """Return the samples of a page, from what tifffile decodes of it."""
    if page.samplesperpixel == 1:
        stored = stored.reshape(page.imagelength, page.imagewidth, 1)
    elif page.planarconfig != 1:
        stored = np.moveaxis(stored.reshape(-1, page.imagelength, page.imagewidth), 0, -1)
    channels = CHANNELS[PHOTOMETRIC(page.photometric)]
    values, extra = stored[..., :channels], stored[..., channels:]
    kinds = [*page.extrasamples] or [UNASSOCIATED] * min(1, extra.shape[-1])
    opacity = None
    if UNASSOCIATED in kinds:
        largest = np.iinfo(extra.dtype).max if page.bitspersample >= 8 else 1  # noqa: PLR2004
        opacity = extra[..., kinds.index(UNASSOCIATED)].astype(np.float32) / np.float32(largest)
    if page.photometric == PHOTOMETRIC.PALETTE:
        colours = np.asarray(page.colormap)[:, values[..., 0].astype(np.intp)]
        deep = np.asarray(page.colormap).max() > BYTE  # 16 bits, but some write 8
        return Samples(np.moveaxis(colours, 0, -1), 16 if deep else 8, opacity)
    if page.photometric == PHOTOMETRIC.SEPARATED:
        if values.dtype != np.uint8:
            raise UnreadableImage("TIFF of photometric interpretation SEPARATED, of 16 bits")
        inks = Image.fromarray(np.ascontiguousarray(values), "CMYK")
        return Samples(np.asarray(inks.convert("RGB")), 8, opacity)
    values, depth = _ranged(page, values)
    return Samples(
        values[..., 0] if channels == 1 else values,
        depth,
        opacity,
        white_is_zero=page.photometric == WHITE_IS_ZERO,
    )


def _ranged(page: TiffPage, values: Values) -> tuple[Values, int]:
    """Return values that are not negative, and the bits in use; 0 where the file does not say."""
    bits, integers = page.bitspersample, values.dtype.kind in "bui"
    if page.sampleformat in UNSIGNED and bits < LARGEST_DEPTH:
        return values, bits
    low, high = _range(page)
    fits = integers and values.min() >= 0 and values.max() < 1 << LARGEST_DEPTH
    if fits and bits < LARGEST_DEPTH:
        return values, bits - 1
    if fits and low in {None, 0}:
        # Another maximum is a statistic of this file alone: it would mean another white in each.
        stated = next((depth for depth in DEPTHS[:-1] if high == (1 << depth) - 1), 0)
        return values, stated if values.max() < 1 << stated else 0
    if low is None or high is None or not low < high:
        kind = "floating-point pixels" if not integers else "more than 16 bits"
        kind = "negative pixels" if integers and values.min() < 0 else kind
        raise UnreadableImage(f"{kind}, and no range stated")
    scaled = (np.nan_to_num(values.astype(np.float64)) - low) * (65535 / (high - low))
    return np.rint(np.clip(scaled, 0, 65535)).astype(np.uint16), LARGEST_DEPTH


def _range(page: TiffPage) -> tuple[float | None, float | None]:
    """Return the smallest and the largest value that the file says its samples have."""
    for smallest, largest in RANGES:
        low, high = _tag(page, smallest), _tag(page, largest)
        if high is not None:
            return float(np.min(low if low is not None else 0)), float(np.max(high))
    return None, None


def _tag(page: TiffPage, number: int) -> Any:
    return page.tags[number].value if number in page.tags else None
