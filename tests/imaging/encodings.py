"""One known picture in every encoding that is decoded, with the grey levels that are right."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import imagecodecs
import numpy as np
import numpy.typing as npt
import tifffile
from PIL import Image

from tests.imaging import writers
from tests.imaging.pictures import encode
from tests.imaging.writers import SHORT, Values, png, tiff

Array = npt.NDArray[Any]

HEIGHT, WIDTH = 40, 56
DEEP = (10, 12, 14)
"""Bits that detectors use of 16."""


@dataclass(frozen=True)
class Encoding:
    """A file of the picture.

    Attributes:
        content: Of the file.
        expected: What every way has to make of it, uint8 (height, width).
        tolerance: By how many grey levels the codec may differ.
        bits: What its data set uses in files of 16 bits.
    """

    content: bytes
    expected: Array
    tolerance: int = 0
    bits: int = 0


Encodings = Iterator[tuple[str, Encoding]]


def drawn() -> Array:
    """Return a picture from 0 to 1 that no turn maps on itself: soft shadows and a marker."""
    y, x = np.mgrid[:HEIGHT, :WIDTH] / [[[HEIGHT]], [[WIDTH]]]
    shadows = 0.6 * np.exp(-((x - 0.3) ** 2 + (y - 0.6) ** 2) * 6) + 0.35 * x + 0.1 * y
    shadows = (shadows - shadows.min()) / np.ptp(shadows)
    shadows[2:6, 2:10] = 1
    return np.asarray(shadows)


PICTURE = drawn()


def levels(bits: int) -> Array:
    """Return the picture in values of so many bits."""
    return np.rint(PICTURE * ((1 << bits) - 1)).astype(np.uint8 if bits <= 8 else np.uint16)


def grey(values: Array, bits: int) -> Array:
    """Return values of so many bits as 8-bit grey."""
    return np.rint(values.astype(float) * 255 / ((1 << bits) - 1)).astype(np.uint8)


EIGHT = levels(8)
UPRIGHT = {
    1: EIGHT,
    2: EIGHT[:, ::-1],
    3: EIGHT[::-1, ::-1],
    4: EIGHT[::-1],
    5: EIGHT.T,
    6: np.rot90(EIGHT, -1),
    7: EIGHT[::-1, ::-1].T,
    8: np.rot90(EIGHT),
}
"""What an orientation makes of the picture as stored."""
SHADES = np.stack([EIGHT, EIGHT // 2, 255 - EIGHT], axis=-1)
WEIGHED = np.rint(SHADES @ [0.299, 0.587, 0.114]).astype(np.uint8)
HALF = np.where(np.arange(WIDTH) < WIDTH // 2, 255, 0).astype(np.uint8) + np.zeros_like(EIGHT)
COVERED = np.where(HALF == 255, EIGHT, 0).astype(np.uint8)
"""The picture, of which the right half is transparent."""


def jpegs() -> Encodings:
    """Yield JPEG files: what they hold, how it is sampled, and how many bits it has."""
    image = Image.fromarray(EIGHT)
    options: dict[str, dict[str, Any]] = {
        "": {}, "progressive ": {"progressive": True}, "restarts ": {"restart_marker_rows": 1},
    }  # fmt: skip
    for name, option in options.items():
        for mode in ("L", "RGB", "CMYK"):
            for subsampling in (0, 1, 2) if mode == "RGB" else (0,):
                made = encode(
                    image.convert(mode), "JPEG", quality=97, subsampling=subsampling, **option
                )
                yield f"JPEG {name}{mode} {subsampling}", Encoding(made, EIGHT, 6)
        made = encode(image.convert("RGB"), "JPEG", quality=97, keep_rgb=True, **option)
        yield f"JPEG {name}RGB kept", Encoding(made, EIGHT, 6)
    made = encode(Image.fromarray(SHADES), "JPEG", quality=97, subsampling=0)
    yield "JPEG of shades", Encoding(made, WEIGHED, 6)
    deep = bytes(imagecodecs.jpeg8_encode(levels(12), level=99, bitspersample=12))
    yield "JPEG of 12 bits", Encoding(deep, EIGHT, 3)
    for bits in (8, *DEEP, 16):
        values = levels(bits)
        lossless = imagecodecs.jpeg8_encode(values, lossless=True, predictor=1, bitspersample=bits)
        yield f"lossless JPEG of {bits} bits", Encoding(bytes(lossless), grey(values, bits))
    yield "JPEG-LS of 8 bits", Encoding(bytes(imagecodecs.jpegls_encode(EIGHT)), EIGHT)
    yield "JPEG-LS of 16 bits", Encoding(bytes(imagecodecs.jpegls_encode(levels(16))), EIGHT)


def pngs() -> Encodings:
    """Yield PNG files of every depth and colour type, and of fewer bits than 16 in use."""
    for bits in (1, 2, 4, 8, 16):
        values = levels(bits)
        name = f"PNG of {bits} bits"
        yield name, Encoding(png(values, bits, writers.GREY), grey(values, bits))
        hidden = {"tRNS": ((1 << bits) - 1).to_bytes(2)}
        black = np.where(values == (1 << bits) - 1, 0, grey(values, bits))
        yield f"{name}, white hidden", Encoding(png(values, bits, writers.GREY, **hidden), black)
        if bits <= 8:
            entries = np.arange(1 << bits) * 255 // ((1 << bits) - 1)
            palette = {"PLTE": np.repeat(entries, 3).astype(np.uint8).tobytes()}
            made = png(values, bits, writers.PALETTE, **palette)
            yield f"{name}, palette", Encoding(made, grey(values, bits))
            made = png(values, bits, writers.PALETTE, **palette, tRNS=b"\xff" * (1 << bits))
            yield f"{name}, opaque palette", Encoding(made, grey(values, bits))
    for bits, scale in ((8, 1), (16, 257)):
        picture, half, shades = (each.astype(np.uint16) * scale for each in (EIGHT, HALF, SHADES))
        three = np.stack([picture] * 3, axis=-1)
        kinds: dict[str, tuple[Values, int, Array]] = {
            "grey, alpha": (np.stack([picture, half], axis=-1), writers.GREY_ALPHA, COVERED),
            "RGB": (three, writers.COLOURS, EIGHT),
            "shades": (shades, writers.COLOURS, WEIGHED),
            "RGB, alpha": (np.dstack([three, half]), writers.COLOURS_ALPHA, COVERED),
        }
        for name, (values, kind, expected) in kinds.items():
            made = png(values, bits, kind)
            yield f"PNG of {bits} bits, {name}", Encoding(made, expected, 1)
    for bits in (8, *DEEP):
        values, expected = levels(bits).astype(np.uint16), grey(levels(bits), bits)
        three, opaque = np.stack([values] * 3, axis=-1), np.full_like(values, 65535)
        low = {"sBIT": bytes([bits])}
        up = (values << (16 - bits)) | (values >> (2 * bits - 16))
        name = f"PNG of {bits} bits in 16"
        yield f"{name}, sBIT", Encoding(png(values, 16, writers.GREY, **low), expected, bits=16)
        yield f"{name}, scaled up", Encoding(png(up, 16, writers.GREY, **low), expected, 1, bits=8)
        yield f"{name}, of the data set", Encoding(png(values, 16, 0), expected, bits=bits)
        yield f"{name}, alone", Encoding(png(values, 16, writers.GREY), expected)
        made = png(three, 16, writers.COLOURS, sBIT=bytes([bits] * 3))
        yield f"{name}, RGB, sBIT", Encoding(made, expected, 1, bits=16)
        made = png(np.dstack([three, opaque]), 16, writers.COLOURS_ALPHA)
        yield f"{name}, RGB, alpha", Encoding(made, expected, 1, bits=bits)


def tiffs() -> Encodings:
    """Yield TIFF files: depth, photometric interpretation, order of bytes, compression, range."""
    for bits in (1, 2, 4, 8, 12, 16):
        for white_is_zero in (False, True):
            values = levels(bits)
            stored = (1 << bits) - 1 - values if white_is_zero else values
            for order in "<>":
                for compression in writers.COMPRESSIONS:
                    tags = {259: (SHORT, (compression,))}
                    made = tiff(stored, bits, 1 - white_is_zero, order=order, tags=tags)
                    name = f"TIFF of {bits} bits, {1 - white_is_zero}, {order}, {compression}"
                    yield name, Encoding(made, grey(values, bits), int(white_is_zero))
    for bits in DEEP:
        for white_is_zero in (False, True):
            largest = (1 << bits) - 1
            values = levels(bits)
            stored = largest - values if white_is_zero else values
            photometric = 1 - white_is_zero
            name = f"TIFF of {bits} bits in 16, {photometric}"
            right: dict[str, Any] = {
                "expected": grey(values, bits),
                "tolerance": int(white_is_zero),
            }
            yield (
                f"{name}, of the data set",
                Encoding(tiff(stored, 16, photometric), bits=bits, **right),
            )
            stated = tiff(stored, 16, photometric, tags={281: (SHORT, (largest,))})
            yield f"{name}, stated", Encoding(stated, bits=16, **right)
            statistic = tiff(stored, 16, photometric, tags={281: (SHORT, (largest - 9,))})
            yield f"{name}, a statistic", Encoding(statistic, bits=bits, **right)
    yield from _wide_tiffs()
    shades = tiff(SHADES, 8, 2)
    yield "TIFF, shades", Encoding(shades, WEIGHED, 1)
    deep = tiff(SHADES.astype(np.uint16) * 257, 16, 2)
    yield "TIFF, shades of 16 bits", Encoding(deep, WEIGHED, 1)
    yield "TIFF, shades in planes", Encoding(_planes(SHADES), WEIGHED, 1)
    alpha: writers.Tags = {338: (SHORT, (2,))}
    yield "TIFF, grey, alpha", Encoding(tiff(np.dstack([EIGHT, HALF]), 8, 1, tags=alpha), COVERED)
    four = np.dstack([EIGHT, EIGHT, EIGHT, HALF])
    yield "TIFF, RGB, alpha", Encoding(tiff(four, 8, 2, tags=alpha), COVERED, 1)
    multiplied = tiff(np.dstack([COVERED] * 3 + [HALF]), 8, 2, tags={338: (SHORT, (1,))})
    yield "TIFF, RGB, alpha multiplied", Encoding(multiplied, COVERED, 1)
    entries = tuple(np.tile(np.arange(256) * 257, 3).tolist())
    yield "TIFF, palette", Encoding(tiff(EIGHT, 8, 3, tags={320: (SHORT, entries)}), EIGHT)
    inks = np.asarray(Image.fromarray(EIGHT).convert("CMYK"))
    yield "TIFF, CMYK", Encoding(tiff(inks, 8, 5), EIGHT)
    for mode in ("L", "RGB"):
        made = encode(Image.fromarray(EIGHT).convert(mode), "TIFF", compression="jpeg", quality=97)
        yield f"TIFF, JPEG, {mode}", Encoding(made, EIGHT, 6)


def _wide_tiffs() -> Encodings:
    """Yield TIFF files of 32 bits, whose range is stated."""
    ends = {1: (1000, 101_000), 2: (-50_000, 50_000), 3: (-2.5, 7.5)}
    for white_is_zero in (False, True):
        picture = 1 - PICTURE if white_is_zero else PICTURE
        for sample, (low, high) in ends.items():
            field = {1: writers.LONG, 2: writers.SIGNED_LONG, 3: writers.FLOAT}[sample]
            kind = {1: np.uint32, 2: np.int32, 3: np.float32}[sample]
            values = (low + picture * (high - low)).astype(kind)
            tags = {339: (SHORT, (sample,)), 340: (field, (low,)), 341: (field, (high,))}
            made = tiff(values, 32, 1 - white_is_zero, tags=tags)
            yield f"TIFF of 32 bits, {1 - white_is_zero}, {kind.__name__}", Encoding(made, EIGHT, 1)


def _planes(colours: Array) -> bytes:
    image = io.BytesIO()
    tifffile.imwrite(image, np.moveaxis(colours, 2, 0), photometric="rgb", planarconfig="separate")
    return image.getvalue()


def others() -> Encodings:
    """Yield BMP and WebP files."""
    image = Image.fromarray(EIGHT)
    bilevel = Image.fromarray(levels(1) * 255).convert("1")
    yield "BMP of 1 bit", Encoding(encode(bilevel, "BMP"), grey(levels(1), 1))
    yield "BMP of 8 bits", Encoding(encode(image, "BMP"), EIGHT)
    yield "BMP of 24 bits", Encoding(encode(Image.fromarray(SHADES), "BMP"), WEIGHED, 1)
    yield "BMP of 32 bits", Encoding(encode(image.convert("RGBA"), "BMP"), EIGHT)
    cover = Image.fromarray(np.dstack([EIGHT, EIGHT, EIGHT, HALF]), "RGBA")
    yield "WebP", Encoding(encode(image, "WEBP", quality=97), EIGHT, 6)
    yield "WebP, lossless", Encoding(encode(image, "WEBP", lossless=True), EIGHT)
    shades = encode(Image.fromarray(SHADES), "WEBP", lossless=True)
    yield "WebP, lossless shades", Encoding(shades, WEIGHED, 1)
    yield "WebP, alpha", Encoding(encode(cover, "WEBP", lossless=True, exact=True), COVERED, 1)
