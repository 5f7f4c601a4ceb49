"""Pack a variant of all radiographs into one file, and show some of them."""

from fracture.artifacts import arrays, manifest, splits
from fracture.artifacts.atomic import replacing
from fracture.artifacts.raw import data_root
from fracture.console import run
from fracture.imaging.variant import View, render, tabulate_parts
from fracture.params import section
from fracture.params.datasets import chosen_dataset
from fracture.params.radiographs import Preprocess, Variant
from fracture.params.run import variants_of
from fracture.presenting.figures import save
from fracture.presenting.sheets import sample_sheet


def main(name: str) -> None:
    """Write the arrays of the variant `name` and a sheet of samples."""
    parameters = section.load()
    section.require(name, section.value_at(parameters, "variants"), "the variant")
    if name not in variants_of(parameters):
        arrays.leave_out(name)
        return
    recipe = section.value_at(parameters, "recipe")
    size = Preprocess.read(parameters, "recipes", recipe, "preprocess").size
    variant = Variant.read(parameters, "variants", name)
    _, dataset = chosen_dataset(parameters)
    radiographs = manifest.read()
    table = tabulate_parts(radiographs, splits.read(), size)
    view = View(size, variant.steps)
    rendered = (image for (image,) in render(radiographs, data_root(dataset.root), [view]))
    arrays.write(arrays.path(name), table, size, rendered, view.channels)
    packed = arrays.read(arrays.path(name))
    picture = arrays.picture(name)
    with replacing(picture.parent) as folder:  # which holds a note where the last run left it out
        folder.mkdir()
        save(sample_sheet(packed, name), folder / picture.name, packed.synthetic)
    print(f"{name}: {len(table)} radiographs of {size} x {size} pixels; samples: {picture}")


if __name__ == "__main__":
    run(main, __doc__, "variant")
