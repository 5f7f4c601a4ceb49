"""Files as they come from hard disks and web servers: none may stop the stage or go unnamed."""

import io
import os
import struct
import time
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from pydicom.data import get_testdata_file
from ruamel.yaml import YAML

from fracture.artifacts import left_out, manifest
from stages.ingest import main

INTACT = 6  # of each class
RANDOM = np.random.default_rng(0)


def picture(number: int) -> np.ndarray:
    """Smooth noise, so that no two pictures are near-duplicates of each other."""
    coarse = np.random.default_rng(number).integers(0, 256, (12, 10)).astype(np.uint8)
    return np.asarray(Image.fromarray(coarse).resize((150, 180), Image.Resampling.BICUBIC))


def encoded(kind: str) -> bytes:
    content = io.BytesIO()
    Image.fromarray(picture(1000)).save(content, kind, quality=90)
    return content.getvalue()


def bomb(side: int) -> bytes:
    """Return a PNG of some hundred bytes that claims side x side pixels."""

    def chunk(name: bytes, data: bytes) -> bytes:
        body = name + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    rows = zlib.compress(bytes(10_000))
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    )


def flipped(content: bytes, bits: int) -> bytes:
    damaged = bytearray(content)
    for place in RANDOM.integers(0, len(damaged) * 8, bits):
        damaged[place // 8] ^= 1 << place % 8
    return bytes(damaged)


def dicom() -> bytes:
    return Path(str(get_testdata_file("CT_small.dcm"))).read_bytes()


def malformed() -> Iterator[tuple[str, bytes, bool]]:
    """Yield file names, contents, and whether the file cannot be whole.

    A flipped bit may leave a file that decodes; one that has lost its end never does.
    """
    for suffix, content in (
        ("jpg", encoded("JPEG")), ("png", encoded("PNG")), ("dcm", dicom()),
    ):  # fmt: skip
        lengths = np.linspace(1, len(content) * 0.9, 20).astype(int)
        yield from (
            (f"cut {number}.{suffix}", content[:length], True)
            for number, length in enumerate(lengths)
        )
        yield from (
            (f"flipped {bits}.{suffix}", flipped(content, bits), False) for bits in range(1, 41)
        )
    for suffix in ("jpg", "jpeg", "JPG", "png", "bmp", "tif", "dcm"):
        yield f"empty.{suffix}", b"", True
        yield f"text.{suffix}", b"no image\r\n", True
        yield f"zeros.{suffix}", bytes(1000), True
    yield from ((f"bomb {side}.png", bomb(side), True) for side in (20_000, 50_000, 2**31 - 1))
    yield "gif.jpg", b"GIF89a\xff\xff\xff\xff\x00\x00\x00", True


@pytest.fixture
def root(parameters: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FRACTURE_SALT", "nobody will ever know")  # DICOM files are among them
    parameters["dataset"] = "class_folders"
    parameters["datasets"]["class_folders"]["root"] = "radiographs"
    YAML().dump(parameters, Path("params.yaml"))
    root = tmp_path / "radiographs"
    for position, label in enumerate(("fractured", "normal")):
        (root / label).mkdir(parents=True)
        for number in range(INTACT):
            pixels = picture(number + INTACT * position)
            Image.fromarray(pixels).save(root / label / f"{number}.jpg")
    return root


def test_two_hundred_malformed_files(root: Path) -> None:
    files = list(malformed())
    assert len(files) > 180
    for name, content, _ in files:
        (root / "normal" / name).write_bytes(content)
    odd = place_what_is_no_file(root)
    assert len(files) + len(odd) >= 200
    began = time.monotonic()
    main()
    assert time.monotonic() - began < 60  # nothing hangs

    kept = {radiograph.id for radiograph in manifest.read()}
    reasons = {one.id: one.reason for one in left_out.read()}
    assert len(kept) + len(reasons) == 2 * INTACT + len(files) + len(odd)
    assert {f"{label}/{i}" for label in ("fractured", "normal") for i in range(INTACT)} <= kept
    named = {f"normal/{name}" for name, _, broken in files if broken}
    assert not kept & (named | {name.rsplit(".", 1)[0] for name in named})
    for name, reason in odd.items():
        assert reasons[name] == reason
    assert all(0 < len(reason) < 80 for reason in reasons.values())


def place_what_is_no_file(root: Path) -> dict[str, str]:
    """Put pipes, links and odd names among the images; return the reason expected of each."""
    (root / "normal/gone.png").symlink_to(root / "nowhere.png")
    (root / "normal/loop.png").symlink_to(root / "normal/loop.png")
    os.mkfifo(root / "normal/pipe.jpg")
    (root / "normal/line\nbreak.jpg").write_bytes(encoded("JPEG"))
    latin_1 = os.fsencode(root / "normal") + b"/caf\xe9.jpg"
    Path(os.fsdecode(latin_1)).write_bytes(encoded("JPEG"))
    line_break = "control character or line break in the file name"
    return {
        "normal/gone": "broken link",
        "normal/loop": "link loop",
        "normal/pipe": "neither file nor folder",
        r"normal/line\nbreak": line_break,
        r"normal/caf\xe9": "file name is not UTF-8",
    }
