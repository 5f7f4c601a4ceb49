"""Split the manifest into training, validation and test, by group."""

from collections.abc import Sequence

from tabulate import tabulate

from stages.artifacts import manifest, splits
from stages.artifacts.manifest import Radiograph
from stages.artifacts.splits import PARTS, Part
from stages.console import run
from stages.params import section
from stages.params.split import Split
from stages.split.split import split_by_group


def main() -> None:
    """Write the part of each radiograph and print how the classes are spread."""
    parameters = section.load()
    shares = Split.parse(section.at(parameters, "split"), "split")
    seed = section.at(parameters, "seed")
    radiographs = manifest.read()
    parts = split_by_group(radiographs, shares.validation, shares.test, seed)
    splits.write(parts)
    print(overview(radiographs, parts))


def overview(radiographs: Sequence[Radiograph], parts: dict[str, Part]) -> str:
    """Return a table of each part's groups, radiographs and share of fractured ones."""
    rows = []
    for part in PARTS:
        members = [radiograph for radiograph in radiographs if parts[radiograph.id] == part]
        fractured = sum(member.fractured for member in members)
        groups = len({member.group for member in members})
        rows.append([part, groups, len(members) - fractured, fractured, fractured / len(members)])
    return tabulate(rows, ["part", "groups", "not fractured", "fractured", "rate"], floatfmt=".3f")


if __name__ == "__main__":
    run(main, __doc__)
