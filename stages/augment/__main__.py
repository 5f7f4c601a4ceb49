"""Draw training radiographs beside random draws of the recipe's augmentation."""

from pathlib import Path

import numpy as np

from stages.artifacts import arrays
from stages.console import run
from stages.device import prepare
from stages.figures import save
from stages.imaging.sheet import sheet
from stages.params import section
from stages.params.train import Augmentation

PATH = Path("plots/preprocess/augmented.png")
RADIOGRAPHS, DRAWS = 4, 5


def main() -> None:
    """Write a sheet: a radiograph a row, first as it is, then augmented."""
    parameters = section.load()
    recipe, seed = section.at(parameters, "recipe"), section.at(parameters, "seed")
    where = ("recipes", recipe, "train", "augmentation")
    bounds = Augmentation.parse(section.at(parameters, *where), ".".join(where))
    packed = arrays.read(arrays.path("plain"))
    prepare("cpu", seed)

    from stages.imaging.augmentation import augmentation  # noqa: PLC0415 - once the device is chosen

    rows = np.random.default_rng(seed).choice(packed.rows("train"), RADIOGRAPHS, replace=False)
    images = packed.images[rows]
    augment = augmentation(bounds, seed)
    views = [images] + [
        np.asarray(augment(images.astype(np.float32), training=True)).round().astype(np.uint8)
        for _ in range(DRAWS)
    ]
    captions = [
        "as it is" if view == 0 else f"draw {view}"
        for _ in range(RADIOGRAPHS)
        for view in range(len(views))
    ]
    by_radiograph = np.stack(views, axis=1).reshape(-1, *images.shape[1:3])
    save(sheet(list(by_radiograph), captions, len(views)), PATH, packed.synthetic)
    print(f"augmented samples: {PATH}")


if __name__ == "__main__":
    run(main, __doc__)
