"""Pictures and files that the tests of decoding share."""

import io
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

ORIENTATION = 0x0112


RAMP = np.arange(6 * 9, dtype=np.uint8).reshape(6, 9) * 4


def encode(image: Image.Image, format: str = "PNG", **options: Any) -> bytes:  # noqa: A002 - Pillow's word
    buffer = io.BytesIO()
    image.save(buffer, format, **options)
    return buffer.getvalue()


def noise(side: int = 64) -> npt.NDArray[np.uint8]:
    return np.random.default_rng(0).integers(0, 256, (side, side), np.uint8)


def bands(height: int = 96, width: int = 64) -> Image.Image:
    """Return a colourful picture without sharp edges."""
    random = np.random.default_rng(1)
    colours = random.integers(0, 256, (height // 8, width // 8, 3), np.uint8)
    return Image.fromarray(colours).resize((width, height), Image.Resampling.BICUBIC)


def soft(height: int, width: int, cell: int = 16) -> npt.NDArray[np.uint8]:
    """Return what a radiograph has: soft shadows, `cell` pixels wide, and a little noise."""
    random = np.random.default_rng(2)
    coarse = random.integers(20, 230, (height // cell, width // cell), np.uint8)
    shadows = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    return np.clip(shadows + random.normal(0, 3, shadows.shape), 0, 255).astype(np.uint8)
