"""Pack a variant of all radiographs into one file, and show some of them."""

from pathlib import Path

from stages.artifacts import arrays, manifest, splits
from stages.artifacts.raw import data_root
from stages.console import run
from stages.figures import save
from stages.imaging.variant import render
from stages.params import section
from stages.params.datasets import chosen_dataset
from stages.params.preprocess import Preprocess, Variant
from stages.preprocess.samples import draw_samples
from stages.preprocess.table import tabulate_parts


def main(name: str) -> None:
    """Write the arrays of the variant `name` and a sheet of samples."""
    parameters = section.load()
    where = ("recipes", section.at(parameters, "recipe"), "preprocess")
    size = Preprocess.parse(section.at(parameters, *where), ".".join(where)).size
    variant = Variant.parse(section.at(parameters, "variants", name), f"variants.{name}")
    _, dataset = chosen_dataset(parameters)
    radiographs = manifest.read()
    table = tabulate_parts(radiographs, splits.read(), size)
    rendered = render(radiographs, data_root(dataset.root), size, variant.steps)
    arrays.write(arrays.path(name), table, size, rendered)
    packed = arrays.read(arrays.path(name))
    picture = Path("plots/preprocess") / f"{name}.png"
    save(draw_samples(packed), picture, packed.synthetic)
    print(f"{name}: {len(table)} radiographs of {size} x {size} pixels; samples: {picture}")


if __name__ == "__main__":
    run(main, __doc__, "variant")
