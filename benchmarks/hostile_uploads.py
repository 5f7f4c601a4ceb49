"""What a stranger may send to a service that reads radiographs, and should not get through."""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from PIL import Image
from pydicom import Dataset, FileMetaDataset, dcmwrite
from pydicom.uid import UID, ExplicitVRLittleEndian

PATIENT = "Mustermann^Erika"
"""Stands in headers and names of files; nothing that the service writes may hold it."""
TRICKS = (
    "../../../../etc/passwd", "..\\..\\windows\\system32\\x.png", "/etc/shadow", "a\0b.png",
    "%2e%2e%2f%2e%2e%2fetc%2fpasswd", "file:///etc/passwd", "http://127.0.0.1/x.png", "CON.png",
    "x" * 5000 + ".png", "\u202egnp.exe", "; rm -rf ~ #.png", "$(touch hacked).png",
    "`touch hacked`.png", "| touch hacked", "<script>alert(1)</script>.png", "' or 1=1 --.png",
    "{{7*7}}.png", "${jndi:ldap://x/y}.png", "\r\nSet-Cookie: a=b\r\n.png", "=cmd|'/c calc'!A1",
)  # fmt: skip


@dataclass(frozen=True)
class Attack:
    """A file that is sent.

    Attributes:
        kind: What it is.
        name: Of the file.
        content: Of the file.
    """

    kind: str
    name: str
    content: bytes


def attacks() -> Iterator[Attack]:
    """Yield files of which none is a radiograph that should be scored."""
    patient = f"{PATIENT}.png"
    for kind, content in {**bombs(), **wrong()}.items():
        yield Attack(kind, patient, content)
    good = picture("PNG")
    for name in TRICKS:
        yield Attack("path trick in a name", name, good[: len(good) // 2])
        yield Attack("path trick in a name", f"{name}.dcm", b"no image")
    for kind in ("PNG", "JPEG", "TIFF", "BMP", "WEBP"):
        whole = picture(kind)
        for share in range(1, 11):
            cut = whole[: len(whole) * share // 12]
            yield Attack(f"{kind} cut short", f"{PATIENT}.{kind.lower()}", cut)
    yield from of_dicom()
    random = np.random.default_rng(0)
    for number in range(20):
        spoiled = bytearray(picture("PNG", 64 + 8 * number))
        for place in random.integers(0, len(spoiled), 400):
            spoiled[place] = random.integers(256)
        yield Attack("spoiled bytes", patient, bytes(spoiled))


def picture(kind: str, size: int = 128) -> bytes:
    """Return a file of noise.

    Args:
        kind: As Pillow calls it.
        size: Side, pixels.
    """
    stream = io.BytesIO()
    noise = np.random.default_rng(0).integers(0, 256, (size, size), np.uint8)
    Image.fromarray(np.asarray(noise, np.uint8)).save(stream, kind)
    return stream.getvalue()


def png(width: int, height: int, data: bytes, *further: tuple[bytes, bytes]) -> bytes:
    """Return a PNG file that claims a size, whatever its data are.

    Args:
        width: Pixels.
        height: Pixels.
        data: Compressed.
        *further: Chunks before the data: name and content.
    """
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), *further, (b"IDAT", data), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(content))
        + name
        + content
        + struct.pack(">I", zlib.crc32(name + content))
        for name, content in chunks
    )


def bombs() -> dict[str, bytes]:
    """Return small files that decode to much."""
    zeros = zlib.compress(bytes(2**28), 9)
    wide = zlib.compress(bytes(30_001 * 100), 9)
    text = b"Comment\0\0" + zlib.compress(b"x" * 2**28, 9)
    many = io.BytesIO()
    frames = [Image.fromarray(np.full((64, 64), level, np.uint8)) for level in range(200)]
    frames[0].save(many, "TIFF", save_all=True, append_images=frames[1:])
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.png", bytes(2**27))
    return {
        "PNG bomb, 16384 x 16384": png(16_384, 16_384, zeros),
        "PNG bomb, 65535 x 65535": png(65_535, 65_535, zeros),
        "PNG bomb, 2 billion pixels wide": png(2**31 - 1, 1, zeros),
        "PNG with more data than pixels": png(1, 1, zeros),
        "PNG with fewer data than pixels": png(30_000, 2_000, wide),
        "PNG with a bomb of text": png(8, 8, zlib.compress(bytes(72)), (b"zTXt", text)),
        "PNG of no size": png(0, 0, zlib.compress(b"")),
        "TIFF of 200 pages": many.getvalue(),
        "TIFF that claims 60000 x 60000": tiff(60_000, 60_000),
        "TIFF whose directories are a circle": circle(),
        "BMP that claims 50000 x 50000": bitmap(50_000, 50_000),
        "BMP of negative size": bitmap(-5, -70_000),
        "zip bomb": zipped.getvalue(),
    }


def tiff(width: int, height: int) -> bytes:
    """Return a TIFF file that claims a size and has no data.

    Args:
        width: Pixels.
        height: Pixels.
    """
    tags = ((256, width), (257, height), (258, 8), (259, 1), (262, 1), (273, 8), (278, height))
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags)
    return b"II*\0" + struct.pack("<IH", 8, len(tags)) + entries + struct.pack("<I", 0)


def circle() -> bytes:
    """Return a TIFF file of which each directory leads to the first."""
    return tiff(64, 64)[:-4] + struct.pack("<I", 8)


def bitmap(width: int, height: int) -> bytes:
    """Return a BMP file that claims a size and has no data.

    Args:
        width: Pixels.
        height: Pixels.
    """
    header = struct.pack("<IiiHHIIiiII", 40, width, height, 1, 24, 0, 0, 0, 0, 0, 0)
    return b"BM" + struct.pack("<IHHI", 54, 0, 0, 54) + header


def wrong() -> dict[str, bytes]:
    """Return files that are no radiographs."""
    entities = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    svg = f'<!DOCTYPE svg [<!ENTITY a0 "x">{entities}]><svg><text>&a9;</text></svg>'
    script = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    outside = '<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg>&x;</svg>'
    return {
        "empty": b"",
        "one byte": b"\x89",
        "SVG with a bomb of entities": svg.encode(),
        "SVG with a script": script.encode(),
        "SVG that names a file": outside.encode(),
        "HTML": b"<html><script>alert(1)</script>",
        "zip": b"PK\3\4" + bytes(100),
        "gzip": b"\x1f\x8b\x08" + bytes(100),
        "PDF": b"%PDF-1.7\n/JS (app.alert(1))",
        "program": b"\x7fELF" + bytes(500),
        "Windows program": b"MZ" + bytes(500),
        "pickle": b"cos\nsystem\n(S'touch hacked'\ntR.",
        "NumPy array of objects": b"\x93NUMPY\x01\0v\0{'descr': '|O', 'shape': (1,)}",
        "HDF5": b"\x89HDF\r\n\x1a\n" + bytes(500),
        "PostScript": b"%!PS-Adobe-3.0 EPSF-3.0\n(touch hacked) system\n",
        "text": f"{PATIENT}, 1950".encode(),
        "zeros": bytes(100_000),
        "JPEG mark alone": b"\xff\xd8\xff",
        "GIF": b"GIF89a" + bytes(100),
        "ICO": b"\0\0\1\0" + bytes(100),
        "JPEG 2000 mark alone": b"\0\0\0\x0cjP  \r\n\x87\n",
    }


def dicom(pixels: bytes, **elements: object) -> bytes:
    """Return a DICOM file of a patient.

    Args:
        pixels: Its pixel data.
        **elements: By keyword, what differs from a radiograph of 64 x 64 pixels.
    """
    image = Dataset()
    usual: dict[str, object] = {
        "SOPClassUID": UID("1.2.840.10008.5.1.4.1.1.1.1"), "SOPInstanceUID": UID("1.2.3.4"),
        "PatientName": PATIENT, "PatientID": f"{PATIENT}-4711", "Modality": "DX", "Rows": 64,
        "Columns": 64, "SamplesPerPixel": 1, "BitsAllocated": 8, "BitsStored": 8, "HighBit": 7,
        "PixelRepresentation": 0, "PhotometricInterpretation": "MONOCHROME2",
    }  # fmt: skip
    for name, value in (usual | elements).items():
        setattr(image, name, value)
    private = image.private_block(0x0011, PATIENT, create=True)
    private.add_new(0x01, "LO", PATIENT)
    image.PixelData = pixels
    image["PixelData"].VR = "OB"
    image.file_meta = FileMetaDataset()
    image.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    image.file_meta.MediaStorageSOPClassUID = UID("1.2.840.10008.5.1.4.1.1.1.1")
    image.file_meta.MediaStorageSOPInstanceUID = UID("1.2.3.4")
    stream = io.BytesIO()
    dcmwrite(stream, image, enforce_file_format=True)
    return stream.getvalue()


def of_dicom() -> Iterator[Attack]:
    """Yield DICOM files with private data that are no radiographs that decode."""
    noise = np.random.default_rng(0).integers(0, 256, 4096, np.uint8).tobytes()
    whole = dicom(noise)
    for share in range(1, 33):
        yield Attack("DICOM cut short", f"{PATIENT}.dcm", whole[: len(whole) * share // 34])
    for kind, content in {
        "DICOM that claims 65535 x 65535": dicom(noise, Rows=65_535, Columns=65_535),
        "DICOM without rows": dicom(noise, Rows=0),
        "DICOM of another modality": dicom(noise, Modality="CT"),
        "DICOM with burned-in text": dicom(noise, BurnedInAnnotation="YES"),
        "DICOM of many frames": dicom(noise, Rows=16, NumberOfFrames=4),
        "DICOM with 99 million frames": dicom(noise, NumberOfFrames=99_000_000),
        "DICOM of 3 bits": dicom(noise, BitsAllocated=3),
        "DICOM of 7 samples": dicom(noise, SamplesPerPixel=7),
        "DICOM without pixels": dicom(b""),
        "DICOM of one grey level": dicom(bytes(4096)),
        "DICOM mark alone": bytes(128) + b"DICM",
        "DICOM mark and noise": bytes(128) + b"DICM" + noise,
        "DICOM deep in sequences": bytes(128)
        + b"DICM"
        + b"\x08\0\x40\x11SQ\0\0\xff\xff\xff\xff" * 5000,
    }.items():
        yield Attack(kind, f"{PATIENT}.dcm", content)
