"""What stands before the pixels of a JPEG or JPEG-LS stream."""

from collections.abc import Iterator
from dataclasses import dataclass
from struct import unpack_from

START_OF_JPEG, END_OF_JPEG = b"\xff\xd8", b"\xff\xd9"
START_OF_SCAN = 0xDA
NO_FRAME = (0xC4, 0xC8, 0xCC)  # markers between those of JPEG's frame headers that are none
FRAME_OF_JPEG_LS = 0xF7


@dataclass(frozen=True)
class Size:
    """What a compressed stream says of itself, or a DICOM header of it."""

    height: int
    width: int
    samples: int
    bits: int


def segments(stream: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield marker and content of each segment, up to the first scan; nothing for another file."""
    position = len(START_OF_JPEG) if stream.startswith(START_OF_JPEG) else len(stream)
    while stream[position : position + 1] == b"\xff" and position + 4 <= len(stream):
        marker = stream[position + 1]
        if marker == 0xFF:  # noqa: PLR2004 - a fill byte
            position += 1
            continue
        end = position + 2 + int.from_bytes(stream[position + 2 : position + 4])
        yield marker, stream[position + 4 : end]
        if marker == START_OF_SCAN:
            break
        position = end


def jpeg_size(stream: bytes) -> Size:
    """Read the frame header of a JPEG (ITU-T T.81, B.2.2) or JPEG-LS (T.87, C.2.2) stream.

    Raises:
        ValueError: There is none.
    """
    for marker, content in segments(stream):
        start_of_frame = 0xC0 <= marker <= 0xCF and marker not in NO_FRAME  # noqa: PLR2004 - T.81
        if (start_of_frame or marker == FRAME_OF_JPEG_LS) and len(content) >= 6:  # noqa: PLR2004
            bits, height, width, samples = unpack_from(">BHHB", content)
            return Size(height, width, samples, bits)
    raise ValueError("no frame header")


def is_whole(stream: bytes) -> bool:
    """Return whether the end of a stream is there: libjpeg fills in what is missing before it."""
    return stream.rstrip(b"\0\xff").endswith(END_OF_JPEG)
