"""Read the chosen data set: what can be learned from goes into the manifest, all else is named."""

from pathlib import Path

from stages.artifacts import duplicates, left_out, manifest
from stages.artifacts.atomic import replacing
from stages.artifacts.raw import SYNTHETIC, data_root
from stages.console import run
from stages.datasets import READERS, synthetic
from stages.datasets.findings import separate
from stages.examining import faults
from stages.examining.examine import examine
from stages.examining.groups import group, of_opposite_labels
from stages.ingest.copies import find_copies
from stages.ingest.near import describe
from stages.ingest.outcome import require_both_classes, summary
from stages.params import section
from stages.params.datasets import Synthetic, chosen_dataset
from stages.params.ingest import Ingest


def main() -> None:
    """Write manifest, copies and what is left out; draw the radiographs first where synthetic."""
    parameters = section.load()
    name, dataset = chosen_dataset(parameters)
    settings = Ingest.parse(section.at(parameters, "ingest"), "ingest")
    if isinstance(dataset, Synthetic):
        synthetic.draw(dataset, Path(dataset.root), section.at(parameters, "seed"))
    if Path(dataset.root) != SYNTHETIC:  # an output of this stage, whatever the data set
        with replacing(SYNTHETIC) as empty:
            empty.mkdir()
    root = data_root(dataset.root)
    examined = examine(READERS[name](dataset, root), root, settings, describe)
    found = [one.finding for one in examined]
    radiographs, _ = separate(found)
    pairs = find_copies(examined)
    faulty = {one.finding.id: set(one.faults) for one in examined}
    for contradicted in of_opposite_labels(radiographs, pairs):
        faulty[contradicted].add(faults.CONFLICTING_LABELS)
    kept, left = separate(group(faults.apply(found, faulty, settings), radiographs, pairs))
    require_both_classes(name, kept)
    manifest.write(kept)
    duplicates.write(pairs)
    left_out.write(left)
    print(f"{name}: {summary(kept, left)}")


if __name__ == "__main__":
    run(main, __doc__)
