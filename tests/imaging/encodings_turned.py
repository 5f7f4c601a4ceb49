"""The same picture turned by EXIF and XMP, and in DICOM files of every kind."""

import imagecodecs
import numpy as np
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from pydicom.uid import (
    ExplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
    RLELossless,
)

from tests.dicom_files import compressed, content, dataset, table
from tests.imaging.encodings import EIGHT, UPRIGHT, Array, Encoding, Encodings, grey, levels
from tests.imaging.pictures import ORIENTATION, encode
from tests.imaging.writers import BYTES, SHORT, tiff

SYNTAXES = {
    "native": ExplicitVRLittleEndian,
    "RLE": RLELossless,
    "lossless JPEG": JPEGLosslessSV1,
    "JPEG-LS": JPEGLSLossless,
    "JPEG 2000": JPEG2000Lossless,
}
STORED = [(8, False), *((bits, signed) for bits in (10, 12, 14, 16) for signed in (False, True))]
SPELLINGS = (
    'xmlns:tiff="http://ns.adobe.com/tiff/1.0/" tiff:Orientation="{}"/>',
    'xmlns:tiff="http://ns.adobe.com/tiff/1.0/"><tiff:Orientation>{}</tiff:Orientation></x>',
    "xmlns:t='http://ns.adobe.com/tiff/1.0/' t:Orientation = '{}'/>",
)
"""How XMP may say it."""


def turned() -> Encodings:
    """Yield files that say which way up they are, in EXIF or in XMP."""
    deep = Image.fromarray(levels(16))
    options: dict[str, dict[str, object]] = {
        "JPEG": {"quality": 97}, "PNG": {}, "WEBP": {"lossless": True},
    }  # fmt: skip
    jpeg_12 = bytes(imagecodecs.jpeg8_encode(levels(12), level=99, bitspersample=12))
    for orientation, upright in UPRIGHT.items():
        exif = Image.Exif()
        exif[ORIENTATION] = orientation
        other = Image.Exif()
        other[ORIENTATION] = orientation % 8 + 1
        for kind, option in options.items():
            lossy = 6 * (kind == "JPEG")
            made = encode(Image.fromarray(EIGHT), kind, exif=exif.tobytes(), **option)
            yield f"{kind}, EXIF {orientation}", Encoding(made, upright, lossy)
            for number, spelling in enumerate(SPELLINGS):
                packet = f"<x {spelling.format(orientation)}".encode()
                said = {"xmp": packet} if kind != "PNG" else {"pnginfo": _text(packet)}
                made = encode(Image.fromarray(EIGHT), kind, **said, **option)
                name = f"{kind}, XMP {number}, {orientation}"
                yield name, Encoding(made, upright, lossy)
            both = encode(Image.fromarray(EIGHT), kind, exif=exif.tobytes(), **said, **option)
            yield f"{kind}, both, {orientation}", Encoding(both, upright, lossy)
            if kind != "PNG":
                said = {"xmp": f"<x {SPELLINGS[0].format(orientation % 8 + 1)}".encode()}
                made = encode(Image.fromarray(EIGHT), kind, exif=exif.tobytes(), **said, **option)
                yield f"{kind}, EXIF against XMP, {orientation}", Encoding(made, upright, lossy)
        made = encode(deep, exif=exif.tobytes())
        yield f"PNG of 16 bits, EXIF {orientation}", Encoding(made, upright)
        tag = {274: (SHORT, (orientation,))}
        yield f"TIFF, EXIF {orientation}", Encoding(tiff(EIGHT, 8, 1, tags=tag), upright)
        packet = f"<x {SPELLINGS[0].format(orientation)}".encode()
        made = tiff(EIGHT, 8, 1, tags={700: (BYTES, tuple(packet))})
        yield f"TIFF, XMP {orientation}", Encoding(made, upright)
        for name, body in (
            ("EXIF", exif.tobytes()),
            ("XMP", b"http://ns.adobe.com/xap/1.0/\0" + packet),
        ):
            part = b"\xff\xe1" + (len(body) + 2).to_bytes(2) + body
            made = jpeg_12[:2] + part + jpeg_12[2:]
            yield f"JPEG of 12 bits, {name} {orientation}", Encoding(made, upright, 3)


def _text(packet: bytes) -> PngInfo:
    info = PngInfo()
    info.add_itxt("XML:com.adobe.xmp", packet.decode())
    return info


def dicoms() -> Encodings:
    """Yield DICOM files: photometric interpretation, bits, sign, window, padding, compression."""
    for bits, signed in STORED:
        low = -(1 << (bits - 1)) if signed else 0
        picture = levels(bits).astype(np.int64)
        for photometric in ("MONOCHROME1", "MONOCHROME2"):
            shown = (1 << bits) - 1 - picture if photometric == "MONOCHROME1" else picture
            stored = shown + low
            for padded in (False, True):
                values, expected = stored.copy(), grey(picture, bits)
                elements: dict[str, object] = {"PhotometricInterpretation": photometric}
                if padded:  # with what would be white
                    value = int(stored.min() if photometric == "MONOCHROME1" else stored.max())
                    elements["PixelPaddingValue"] = value
                    values[:, :5] = value
                    expected = np.where(values == value, 0, expected).astype(np.uint8)
                for window, more in _windows(bits, low).items():
                    for name, syntax in SYNTAXES.items():
                        kind = f"{'' if signed else 'u'}int{8 if bits == 8 else 16}"
                        made = _dicom(values.astype(kind), bits, syntax, **elements, **more)
                        yield (
                            (
                                f"DICOM, {photometric}, {bits} bits{' signed' * signed}, {window}"
                                f"{', padded' * padded}, {name}"
                            ),
                            Encoding(made, expected, 1, bits=16),
                        )


def _windows(bits: int, low: int) -> dict[str, dict[str, object]]:
    """Return what keeps the range of the bits as it is, by a name."""
    middle, width = low + (1 << (bits - 1)), 1 << bits
    windows: dict[str, dict[str, object]] = {
        "no window": {},
        "rescaled": {"RescaleSlope": 2, "RescaleIntercept": 7},
        "window": {"WindowCenter": middle, "WindowWidth": width},
    }
    if bits < 16:
        entries = list(range(1 << bits))
        windows["LUT"] = {"VOILUTSequence": table(entries, low, bits)}
    return windows


def _dicom(values: Array, bits: int, syntax: str, **elements: object) -> bytes:
    if syntax != ExplicitVRLittleEndian:
        return compressed(values, bits, syntax, **elements)
    return content(dataset(values, bits, **elements))
