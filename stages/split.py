"""Split the manifest into training, validation and test: as given, as shipped, or by group."""

from collections.abc import Sequence

from tabulate import tabulate

from fracture.artifacts import left_out, manifest, splits
from fracture.artifacts.manifest import Radiograph
from fracture.artifacts.raw import data_root
from fracture.artifacts.splits import PARTS, Part
from fracture.console import run
from fracture.params import section
from fracture.params.split import Split
from fracture.splitting import given
from fracture.splitting.draw import keep_shipped, require_classes, split_by_group
from fracture.targets import CLASSES


def main() -> None:
    """Write the part of each radiograph and print how the classes are spread."""
    parameters = section.load()
    settings = Split.read(parameters, "split")
    seed = section.value_at(parameters, "seed")
    radiographs = manifest.read()
    if settings.given is not None:
        parts = as_given(settings.given, radiographs)
    else:
        shipped = section.value_at(parameters, "dataset") in settings.shipped
        split = keep_shipped if shipped else split_by_group
        parts = split(radiographs, settings.validation, settings.test, seed)
    splits.write(parts)
    print(overview(radiographs, parts))


def as_given(name: str, radiographs: Sequence[Radiograph]) -> dict[str, Part]:
    """Return the split that a file gives, and print how it differs from the manifest.

    Args:
        name: Path of the file, as in params.yaml.
        radiographs: Of the manifest.
    """
    missing = left_out.read()
    ids = {radiograph.id for radiograph in radiographs} | {each.id for each in missing}
    listed = given.match(given.read(data_root(name)), ids)
    parts = {radiograph.id: listed.get(radiograph.id, "unused") for radiograph in radiographs}
    for difference in given.differences(parts, [each for each in missing if each.id in listed]):
        print(f"{name}: {difference}")
    require_classes(radiographs, parts, f"mend {name}, or set split.given to null")
    return parts


def overview(radiographs: Sequence[Radiograph], parts: dict[str, Part]) -> str:
    """Return a table of each part's groups, radiographs of each class and share of fractured."""
    rows = []
    for part in (*PARTS, "unused"):
        if members := [radiograph for radiograph in radiographs if parts[radiograph.id] == part]:
            fractured = sum(member.fractured for member in members)
            groups = len({member.group for member in members})
            classes = (len(members) - fractured, fractured)
            rows.append([part, groups, *classes, fractured / len(members)])
    return tabulate(rows, ["part", "groups", *CLASSES, "rate"], floatfmt=".3f")


if __name__ == "__main__":
    run(main, __doc__)
