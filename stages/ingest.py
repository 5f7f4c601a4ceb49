"""Read the chosen data set: what can be learned from goes into the manifest, all else is named."""

from pathlib import Path

from fracture.artifacts import duplicates, left_out, manifest
from fracture.artifacts.atomic import replacing
from fracture.artifacts.raw import SYNTHETIC, data_root
from fracture.console import run
from fracture.datasets import READERS, synthetic
from fracture.datasets.findings import separate
from fracture.examining import faults
from fracture.examining.copies import find_copies
from fracture.examining.examine import examine
from fracture.examining.groups import group, of_opposite_labels
from fracture.examining.near import describe
from fracture.examining.outcome import require_both_classes, summary
from fracture.params import section
from fracture.params.datasets import Synthetic, chosen_dataset
from fracture.params.ingest import Ingest


def main() -> None:
    """Write manifest, copies and what is left out; draw the radiographs first where synthetic."""
    parameters = section.load()
    name, dataset = chosen_dataset(parameters)
    settings = Ingest.parse(section.value_at(parameters, "ingest"), "ingest")
    if isinstance(dataset, Synthetic):
        synthetic.draw(dataset, Path(dataset.root), section.value_at(parameters, "seed"))
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
