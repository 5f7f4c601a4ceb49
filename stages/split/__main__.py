"""Split the manifest into training, validation and test: as given, as shipped, or by group."""

from stages.artifacts import left_out, manifest, splits
from stages.artifacts.manifest import Radiograph
from stages.artifacts.raw import data_root
from stages.artifacts.splits import Part
from stages.console import run
from stages.params import section
from stages.params.split import Split
from stages.split import given
from stages.split.checks import require_both_classes
from stages.split.report import differences, overview
from stages.split.shipped import keep_shipped
from stages.split.split import split_by_group


def main() -> None:
    """Write the part of each radiograph and print how the classes are spread."""
    parameters = section.load()
    settings = Split.parse(section.at(parameters, "split"), "split")
    seed = section.at(parameters, "seed")
    radiographs = manifest.read()
    if settings.given is not None:
        parts = as_given(settings.given, radiographs)
    else:
        kept = section.at(parameters, "dataset") in settings.shipped
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
