"""Draw training radiographs beside random draws of the recipe's augmentation."""

import numpy as np

from fracture.artifacts import arrays
from fracture.console import run
from fracture.device import prepare
from fracture.params import section
from fracture.params.radiographs import Augmentation
from fracture.params.run import PLAIN
from fracture.params.train import training_of
from fracture.presenting.figures import save
from fracture.presenting.sheets import augmentation_sheet

RADIOGRAPHS, DRAWS = 4, 5


def main() -> None:
    """Write a sheet: a radiograph a row, first as it is, then augmented."""
    parameters = section.load()
    recipe, seed = section.value_at(parameters, "recipe"), section.value_at(parameters, "data_seed")
    bounds = Augmentation.parse(training_of(parameters, recipe)["augmentation"], "augmentation")
    packed = arrays.read(arrays.path(PLAIN))
    prepare("cpu", seed)

    from fracture.imaging.augmentation import augmentation  # noqa: PLC0415 - once the device is chosen

    rows = np.random.default_rng(seed).choice(packed.rows("train"), RADIOGRAPHS, replace=False)
    images = packed.images[rows]
    augment = augmentation(bounds, seed)
    views = [images] + [
        np.asarray(augment(images.astype(np.float32), training=True)).round().astype(np.uint8)
        for _ in range(DRAWS)
    ]
    save(augmentation_sheet(views), arrays.AUGMENTED, packed.synthetic)
    print(f"augmented samples: {arrays.AUGMENTED}")


if __name__ == "__main__":
    run(main, __doc__)
