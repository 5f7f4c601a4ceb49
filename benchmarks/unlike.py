"""What is no radiograph of the kind that a system knows: is it refused, does it get a note?

`python -m benchmarks.unlike FOLDER` gives a bundled system the radiographs of a folder and pictures
that it should doubt: drawn here, crops of scikit-learn's two photographs, and the same radiographs
turned into negatives, blurred beyond use or tiled. Pictures are grey, as colour alone is refused.
"""

import argparse
import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont
from sklearn.datasets import load_sample_images
from tabulate import tabulate

from benchmarks.machine import describe
from fracture.artifacts import bundle as bundles
from fracture.device import prepare
from fracture.imaging.decode import decode_grey, read_bytes
from fracture.inference import Predictor, Refusal
from fracture.inference.likeness import UNLIKE
from serving.predict import find_files

Grey = npt.NDArray[np.uint8]

SIDE = 400  # pixels of what is drawn


def photographs(random: np.random.Generator, count: int) -> Iterator[Grey]:
    """Yield square crops of a temple and a flower."""
    for place in range(count):
        image = np.asarray(Image.fromarray(load_sample_images().images[place % 2]).convert("L"))
        side = int(random.integers(150, min(image.shape)))
        top, left = (int(random.integers(0, length - side)) for length in image.shape)
        yield image[top : top + side, left : left + side]


def noise(random: np.random.Generator, count: int) -> Iterator[Grey]:
    """Yield pixels that know nothing of each other, flat or bell-shaped."""
    for place in range(count):
        bell = np.clip(random.normal(120, 30, (SIDE, SIDE)), 0, 255)
        yield (bell if place % 2 else random.integers(0, 256, (SIDE, SIDE))).astype(np.uint8)


def gradients(random: np.random.Generator, count: int) -> Iterator[Grey]:
    """Yield slopes from black to white, in any direction."""
    across, down = np.meshgrid(*[np.linspace(-1, 1, SIDE)] * 2)
    for angle in random.uniform(0, 2 * np.pi, count):
        slope = np.cos(angle) * across + np.sin(angle) * down
        yield np.clip(127 + 100 * slope, 0, 255).astype(np.uint8)


def pages(random: np.random.Generator, count: int) -> Iterator[Grey]:
    """Yield pages of text, black on white."""
    words, font = __doc__.split(), ImageFont.load_default(18)
    for _ in range(count):
        page = Image.new("L", (700, 900), 255)
        for top in range(30, 850, 28):
            line = " ".join(random.choice(words, 9))
            ImageDraw.Draw(page).text((40, top), line, fill=0, font=font)
        yield np.asarray(page)


def blank(random: np.random.Generator, count: int) -> Iterator[Grey]:
    """Yield one grey all over, with the least of noise."""
    for level in random.integers(0, 250, count):
        yield (level + random.integers(0, 3, (SIDE, SIDE))).astype(np.uint8)


def changed(radiographs: list[Grey]) -> dict[str, list[Grey]]:
    """Return what is made of radiographs that no longer are any that can be read."""
    side, count = Image.Resampling.BILINEAR, len(radiographs)
    return {
        "radiographs as negatives": [255 - each for each in radiographs],
        "radiographs of 24 x 24 pixels, enlarged": [
            np.asarray(Image.fromarray(each).resize((24, 24)).resize((SIDE, SIDE), side))
            for each in radiographs
        ],
        "four radiographs on a page": [
            np.vstack([np.hstack([_small(radiographs[(place - shift) % count]) for shift in two])
                       for two in ((0, 1), (2, 3))])
            for place in range(count)
        ],
    }  # fmt: skip


def _small(image: Grey) -> Grey:
    return np.asarray(Image.fromarray(image).resize((SIDE // 2, SIDE // 2)))


def _png(image: Grey) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(image).save(stream, "PNG")
    return stream.getvalue()


def row(predictor: Predictor, kind: str, sources: list[bytes]) -> list[str]:
    """Return how many pictures of a kind are refused, get the note, and get none."""
    answers = predictor.predict(sources)
    refused = sum(isinstance(answer, Refusal) for answer in answers)
    noted = sum(not isinstance(each, Refusal) and UNLIKE in each.notes for each in answers)
    return [kind, *map(str, (len(sources), refused, noted, len(sources) - refused - noted))]


def main() -> None:
    """Print a row for each kind of picture."""
    parser = argparse.ArgumentParser("python -m benchmarks.unlike", description=__doc__)
    parser.add_argument("folder", type=Path, help="radiographs that the system has not seen")
    parser.add_argument("--bundle", type=Path, help="of the system; else the headline's")
    parser.add_argument("--count", type=int, default=40, help="pictures of each kind")
    given = parser.parse_args()
    prepare("auto", seed=0)
    predictor = Predictor.load(given.bundle or bundles.find())
    contents = [read_bytes(file) for file in find_files([given.folder])]
    rows = [row(predictor, "radiographs", contents)]
    kinds = changed([decode_grey(content) for content in contents[: given.count]])
    for draw in (photographs, pages, noise, gradients, blank):
        kinds |= {draw.__name__: [*draw(np.random.default_rng(0), given.count)]}
    rows += [row(predictor, kind, [*map(_png, images)]) for kind, images in kinds.items()]
    titles = ["", "n", "refused", "unlike", "neither"]
    print(tabulate(rows, titles, tablefmt="github", disable_numparse=True))
    print(f"{predictor.bundle.system}, {predictor.bundle.dataset.name}; {describe()}")


if __name__ == "__main__":
    main()
