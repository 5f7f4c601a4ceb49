"""Which way up a radiograph is, by what EXIF or XMP say, and turning it upright."""

import re
from collections.abc import Callable
from typing import TypeVar

import numpy as np
import numpy.typing as npt
from PIL import ExifTags, Image

Pixel = TypeVar("Pixel", bound=np.generic)

NAMESPACE = re.compile(rb"xmlns:(\w+)\s*=\s*[\"']http://ns\.adobe\.com/tiff/1\.0/[\"']")

TURNS: dict[int, Callable[[npt.NDArray[Pixel]], npt.NDArray[Pixel]]] = {
    1: lambda image: image,
    2: lambda image: image[:, ::-1],
    3: lambda image: image[::-1, ::-1],
    4: lambda image: image[::-1],
    5: lambda image: image.T,
    6: lambda image: np.rot90(image, -1),
    7: lambda image: image[::-1, ::-1].T,
    8: lambda image: np.rot90(image, 1),
}
"""What makes an image upright, by its orientation as EXIF counts it."""


def orientation_of(image: Image.Image) -> int:
    """Return the orientation of an image that Pillow has opened, a key of `TURNS`."""
    xmp = image.info.get("xmp") or image.info.get("XML:com.adobe.xmp") or b""
    return choose(image.getexif().get(ExifTags.Base.Orientation), xmp)


def choose(exif: object, xmp: bytes | str) -> int:
    """Return the orientation, a key of `TURNS`; 1, upright, where nothing tells another.

    EXIF comes first, as the Metadata Working Group's guidelines (2010) have it.

    Args:
        exif: The value of the tag; anything where it is absent.
        xmp: The packet; empty where there is none.
    """
    if isinstance(exif, int) and exif in TURNS:
        return exif
    packet = xmp.encode() if isinstance(xmp, str) else xmp
    prefix = NAMESPACE.search(packet)
    tag = re.escape(prefix[1] if prefix else b"tiff") + rb":Orientation"
    found = re.search(tag + rb"\s*(?:=\s*[\"']|>)\s*([1-8])\s*[\"'<]", packet)
    return int(found[1]) if found else 1


def turn(image: npt.NDArray[Pixel], orientation: int) -> npt.NDArray[Pixel]:
    """Return an image upright.

    Args:
        image: (height, width).
        orientation: A key of `TURNS`.
    """
    return np.ascontiguousarray(TURNS[orientation](image))
