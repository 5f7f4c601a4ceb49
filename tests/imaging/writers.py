"""PNG and TIFF files of any kind, written from the standards and by no decoder's own library."""

import struct
import zlib
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import imagecodecs
import numpy as np
import numpy.typing as npt

Values = npt.NDArray[Any]
Tags = Mapping[int, tuple[int, tuple[float, ...]]]
"""Type and values of TIFF's tags, by number."""

GREY, COLOURS, PALETTE, GREY_ALPHA, COLOURS_ALPHA = 0, 2, 3, 4, 6
"""PNG's colour types."""

SHORT, LONG, SIGNED_LONG, FLOAT, BYTES = 3, 4, 9, 11, 7
FIELDS = {SHORT: "H", LONG: "I", SIGNED_LONG: "i", FLOAT: "f", BYTES: "B"}
"""TIFF's types of a field, and what `struct` calls them."""

NONE = (SHORT, (1,))
COMPRESSIONS: dict[int, Callable[[bytes], Any]] = {
    1: bytes,
    5: imagecodecs.lzw_encode,
    8: zlib.compress,
    32773: imagecodecs.packbits_encode,
}
"""TIFF's lossless compressions: none, LZW, Deflate, PackBits."""


def pack(values: Values, bits: int, order: str = ">") -> bytes:
    """Return rows of samples of 1 to 32 bits, each row padded to whole bytes."""
    rows = values.reshape(len(values), -1)
    if bits in {8, 16, 32}:
        return rows.astype(f"{order}{rows.dtype.kind}{bits // 8}").tobytes()
    shifts = np.arange(bits - 1, -1, -1)
    return np.packbits((rows[..., None] >> shifts & 1).reshape(len(rows), -1), axis=1).tobytes()


def png(values: Values, bits: int, kind: int, **chunks: bytes) -> bytes:
    """Return a PNG file (ISO/IEC 15948).

    Args:
        values: (height, width) or (height, width, channels).
        bits: Of a sample.
        kind: The colour type.
        **chunks: What stands between header and pixels, such as `sBIT`.
    """
    packed = pack(values, bits)
    size = len(packed) // len(values)
    rows = b"".join(b"\0" + packed[start : start + size] for start in range(0, len(packed), size))
    header = struct.pack(">IIBBBBB", values.shape[1], len(values), bits, kind, 0, 0, 0)
    parts = {"IHDR": header, **chunks, "IDAT": zlib.compress(rows), "IEND": b""}
    content = b"\x89PNG\r\n\x1a\n"
    for name, part in parts.items():
        body = name.encode() + part
        content += struct.pack(">I", len(part)) + body + struct.pack(">I", zlib.crc32(body))
    return content


def tiff(
    values: Values,
    bits: int,
    photometric: int,
    *,
    order: str = "<",
    pages: int = 1,
    tags: Tags = MappingProxyType({}),
) -> bytes:
    """Return a TIFF file of one strip a page (TIFF 6.0).

    Args:
        values: (height, width) or (height, width, channels).
        bits: Of a sample.
        photometric: The photometric interpretation.
        order: `<` or `>`: of bytes.
        pages: How many; each holds the same.
        tags: Further ones, or others: 259 is one of `COMPRESSIONS`.
    """
    strip = bytes(COMPRESSIONS[int(tags.get(259, NONE)[1][0])](pack(values, bits, order)))
    channels = 1 if values.ndim == 2 else values.shape[2]
    start = 8
    content = struct.pack(f"{order}2sHI", b"II" if order == "<" else b"MM", 42, start)
    for page in range(pages):
        fields: dict[int, tuple[int, tuple[float, ...]]] = {
            256: (LONG, (values.shape[1],)),
            257: (LONG, (len(values),)),
            258: (SHORT, (bits,) * channels),
            259: NONE,
            262: (SHORT, (photometric,)),
            273: (LONG, (0,)),  # where the strip begins, known below
            277: (SHORT, (channels,)),
            278: (LONG, (len(values),)),
            279: (LONG, (len(strip),)),
            **tags,
        }
        behind = start + 2 + 12 * len(fields) + 4
        long = {
            number: struct.pack(f"{order}{len(items)}{FIELDS[kind]}", *items)
            for number, (kind, items) in sorted(fields.items())
        }
        extra = sum(len(data) + len(data) % 2 for data in long.values() if len(data) > 4)
        long[273] = struct.pack(f"{order}I", behind + extra)
        table, data = struct.pack(f"{order}H", len(fields)), b""
        for number, packed in long.items():
            kind, items = fields[number]
            value = packed.ljust(4, b"\0")
            if len(packed) > 4:
                value = struct.pack(f"{order}I", behind + len(data))
                data += packed + b"\0" * (len(packed) % 2)
            table += struct.pack(f"{order}HHI", number, kind, len(items)) + value
        end = behind + len(data) + len(strip)
        end += end % 2
        following = end if page < pages - 1 else 0
        content += (table + struct.pack(f"{order}I", following) + data + strip).ljust(
            end - start, b"\0"
        )
        start = end
    return content
