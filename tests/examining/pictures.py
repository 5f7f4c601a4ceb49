"""Pictures that look as different as two exposures do, and what people make of one."""

from collections.abc import Callable

import cv2
import numpy as np

from benchmarks.planted_copies import encoded, turned
from fracture.examining.thumbnails import Grey
from fracture.imaging.letterbox import fit, pad


def picture(seed: int, height: int = 300, width: int = 240) -> Grey:
    """Return coarse shadows, as of bones, with fine structure; never darker than 40."""
    random = np.random.default_rng(seed)
    image = np.zeros((height, width))
    for cells, contrast in ((5, 80), (12, 30), (40, 12)):
        grid = random.normal(0, contrast, (cells, cells))
        image += cv2.resize(grid, (width, height), interpolation=cv2.INTER_CUBIC)
    return np.clip(image + 130, 40, 250).astype(np.uint8)


def turn(image: Grey, way: int) -> Grey:
    """Return one of the eight flips and quarter turns."""
    turned = np.rot90(image, way % 4)
    return np.ascontiguousarray(turned if way < 4 else turned.T)


def crop(image: Grey, share: float) -> Grey:
    """Return a picture without a share of its height and width."""
    top, left = (round(side * share / 2) for side in image.shape)
    return np.ascontiguousarray(image[top : len(image) - top, left : image.shape[1] - left])


def gamma(image: Grey, exponent: float) -> Grey:
    """Return a picture with another curve of brightness."""
    return np.rint(255 * (image / 255) ** exponent).astype(np.uint8)


def jpeg(image: Grey, quality: int) -> bytes:
    """Return the file of a picture."""
    return cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes()


COPIES: dict[str, Callable[[Grey], Grey]] = {
    "quality 50": lambda image: encoded(image, 50),
    "half size": lambda image: fit(image, 150),
    "double size": lambda image: fit(image, 600),
    "letterbox": lambda image: pad(fit(image, 224), 224),
    "letterbox, quality 60": lambda image: encoded(pad(fit(image, 224), 224), 60),
    "black frame": lambda image: np.pad(image, ((30, 9), (0, 50))),
    "stretched": lambda image: np.asarray(cv2.resize(image, (224, 224)), np.uint8),
    "darker": lambda image: np.rint(0.8 * image - 5).astype(np.uint8),
    "turned, half size, quality 60": lambda image: encoded(fit(turn(image, 3), 150), 60),
    "tilted by 1 degree": lambda image: turned(image, 1),
    "tilted by 8 degrees": lambda image: turned(image, -8),
    "any angle, black corners": lambda image: turned(image, 37),
    "any angle, white corners": lambda image: turned(image, 143, corners=255),
    "any angle, borders drawn out": lambda image: turned(image, -71, corners=-1),
    "cropped by 10 %": lambda image: crop(image, 0.1),
    "cropped at one side": lambda image: np.ascontiguousarray(image[30:, :-24]),
    "shifted": lambda image: turned(image, 0, shift=(0.1, -0.08)),
    "gamma 0.7": lambda image: gamma(image, 0.7),
    "gamma 1.4": lambda image: gamma(image, 1.4),
    "flipped, tilted": lambda image: turned(turn(image, 5), 12),
    "gamma, any angle": lambda image: turned(gamma(image, 1.3), 100),
    "cropped, quality 50": lambda image: encoded(crop(image, 0.1), 50),
}
"""What people make of a radiograph."""
