"""Split the manifest into training, validation and test: as given, as shipped, or by group."""

from fracture.artifacts import left_out, manifest, splits
from fracture.artifacts.manifest import Radiograph
from fracture.artifacts.raw import data_root
from fracture.artifacts.splits import Part
from fracture.console import run
from fracture.params import section
from fracture.params.split import Split
from fracture.splitting import given
from fracture.splitting.checks import require_both_classes
from fracture.splitting.draw import split_by_group
from fracture.splitting.report import differences, overview
from fracture.splitting.shipped import keep_shipped


def main() -> None:
    """Write the part of each radiograph and print how the classes are spread."""
    parameters = section.load()
    settings = Split.parse(section.value_at(parameters, "split"), "split")
    seed = section.value_at(parameters, "seed")
    radiographs = manifest.read()
    if settings.given is not None:
        parts = as_given(settings.given, radiographs)
    else:
        kept = section.value_at(parameters, "dataset") in settings.shipped
        split = keep_shipped if kept else split_by_group
        parts = split(radiographs, settings.validation, settings.test, seed)
    splits.write(parts)
    print(overview(radiographs, parts))


def as_given(name: str, radiographs: list[Radiograph]) -> dict[str, Part]:
    """Return the split of the file `name`; print how it differs from the manifest."""
    missing = left_out.read()
    known = {radiograph.id for radiograph in radiographs} | {one.id for one in missing}
    listed = given.match(given.read(data_root(name)), known)
    parts = {radiograph.id: listed.get(radiograph.id, "unused") for radiograph in radiographs}
    for difference in differences(parts, [one for one in missing if one.id in listed]):
        print(f"{name}: {difference}")
    require_both_classes(radiographs, parts, f"mend {name}, or set split.given to null")
    return parts


if __name__ == "__main__":
    run(main, __doc__)
