"""Split the manifest into training, validation and test: as given, as shipped, or by group."""

from collections.abc import Sequence
from typing import Literal

from tabulate import tabulate

from fracture.artifacts import left_out, manifest, splits
from fracture.artifacts.manifest import Radiograph
from fracture.artifacts.raw import data_root
from fracture.artifacts.splits import PARTS, Part
from fracture.console import PipelineError, run
from fracture.params import section
from fracture.params.split import Split
from fracture.splitting import given
from fracture.splitting.draw import keep_shipped, require_classes, split_by_group
from fracture.splitting.misses import Miss, find_misses, refusal
from fracture.targets import CLASSES


def main() -> None:
    """Write the part of each radiograph and print how the classes are spread."""
    parameters = section.load()
    settings = Split.read(parameters, "split")
    seed = section.value_at(parameters, "data_seed")
    dataset = section.value_at(parameters, "dataset")
    radiographs = manifest.read()
    ships = any(radiograph.shipped for radiograph in radiographs)
    drawn = settings.drawn(dataset, ships=ships)
    if settings.given is not None:
        parts = as_given(settings.given, radiographs)
    else:
        split = split_by_group if drawn else keep_shipped
        parts = split(radiographs, settings.validation, settings.test, seed)
        if ships or dataset in settings.shipped:
            print(f"note: {whose_split(dataset, ships, drawn)}")
    if drawn:
        report_misses(find_misses(radiographs, parts, settings), settings.on_miss)
    splits.write(parts)
    print(overview(radiographs, parts))


def whose_split(dataset: str, ships: bool, drawn: bool) -> str:
    """Return whether the data set ships a split, and whether it is kept."""
    if not drawn:
        return f"the split that {dataset} ships is kept (split.shipped)"
    if ships:
        return f"{dataset} ships a split, which is not kept: split.shipped does not name {dataset}"
    return f"{dataset} ships no split: it is drawn here"


def report_misses(misses: Sequence[Miss], on_miss: Literal["fail", "report"]) -> None:
    """Print how a split misses what was asked for.

    Args:
        misses: As `find_misses` returns them.
        on_miss: `split.on_miss` of params.yaml.

    Raises:
        PipelineError: A part misses its share, and that is to fail.
    """
    shares = [miss for miss in misses if miss.kind == "share"]
    if shares and on_miss == "fail":
        raise PipelineError(refusal(shares))
    for miss in misses:
        print(f"note: {miss}")


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
