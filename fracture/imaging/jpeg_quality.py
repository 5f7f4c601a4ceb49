"""The quality with which a JPEG was saved, estimated from its header."""

import numpy as np
import numpy.typing as npt

from fracture.imaging.jpeg import segments

QUANTISATION = 0xDB

# Table K.1 of ITU-T T.81 (1992), luminance: what libjpeg scales by quality.
LUMINANCE = np.array(
    [
        16, 11, 10, 16,  24,  40,  51,  61,
        12, 12, 14, 19,  26,  58,  60,  55,
        14, 13, 16, 24,  40,  57,  69,  56,
        14, 17, 22, 29,  51,  87,  80,  62,
        18, 22, 37, 56,  68, 109, 103,  77,
        24, 35, 55, 64,  81, 104, 113,  92,
        49, 64, 78, 87, 103, 121, 120, 101,
        72, 92, 95, 98, 112, 100, 103,  99,
    ]
)  # fmt: skip


def jpeg_quality(content: bytes) -> int:
    """Return the quality, 1 to 100, that the Independent JPEG Group's encoder would have needed.

    Exact for what libjpeg, and so Pillow and OpenCV, saved by quality alone; for an encoder with
    tables of its own, the quality whose luminance table is nearest. The header is read here and
    not through Pillow, which reads the EXIF data as well and warns where they are damaged.

    Args:
        content: Of a file; no pixel is decoded.

    Returns:
        0 where the content is no JPEG, or no luminance table stands before its pixels.
    """
    table = _luminance_table(content)
    if table is None:
        return 0
    return int(np.abs(_TABLES - np.sort(table)).sum(axis=1).argmin()) + 1


def _scaled(quality: int) -> npt.NDArray[np.int64]:
    """Return libjpeg's luminance table of a quality, int64 (64,), ascending.

    Sorted, because a file holds its table in zigzag order: scaling keeps the order of its values.
    """
    percent = 5000 // quality if quality < 50 else 200 - 2 * quality  # noqa: PLR2004 - libjpeg's
    return np.sort(np.clip((LUMINANCE * percent + 50) // 100, 1, 255), axis=None)


_TABLES = np.stack([_scaled(quality) for quality in range(1, 101)])


def _luminance_table(content: bytes) -> npt.NDArray[np.int64] | None:
    """Return table 0 of the header, int64 (64,), in the order of the file."""
    tables = (
        _table_of_segment(segment)
        for marker, segment in segments(content)
        if marker == QUANTISATION
    )
    return next((table for table in tables if table is not None), None)


def _table_of_segment(segment: bytes) -> npt.NDArray[np.int64] | None:
    """Return table 0, if the segment defines it: tables follow each other, of 8 or 16 bits."""
    while segment:
        deep, number = divmod(segment[0], 16)
        kind = np.dtype(">u2" if deep else "u1")
        end = 1 + LUMINANCE.size * kind.itemsize
        if len(segment) < end:
            break
        if number == 0:
            return np.frombuffer(segment[1:end], kind).astype(np.int64)
        segment = segment[end:]
    return None
