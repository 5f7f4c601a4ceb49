"""Read the chosen data set: what can be learned from goes into the manifest, all else is named."""

from fracture.artifacts import duplicates, left_out, manifest, notes
from fracture.artifacts.atomic import leave_note
from fracture.artifacts.raw import SYNTHETIC, data_root
from fracture.console import run
from fracture.datasets import read, synthetic
from fracture.datasets.findings import counted, separate
from fracture.examining.copies import find_copies
from fracture.examining.examine import decide, examine, notes_on, summary
from fracture.params import section
from fracture.params.datasets import Synthetic, chosen_dataset
from fracture.params.radiographs import Ingest
from fracture.targets import require_both_classes

MEND = "mend the data set, or set a fault to keep (ingest, in params.yaml)"


def main() -> None:
    """Write what was found; draw the radiographs first where they are synthetic."""
    parameters = section.load()
    name, dataset = chosen_dataset(parameters)
    rules = Ingest.read(parameters, "ingest")
    if isinstance(dataset, Synthetic):
        # Nowhere else, as what the folder held before is removed.
        synthetic.draw(dataset, SYNTHETIC, section.value_at(parameters, "data_seed"))
    else:  # an output of this stage, whatever the data set
        leave_note(SYNTHETIC)
    root = SYNTHETIC if isinstance(dataset, Synthetic) else data_root(dataset.root)
    findings, noticed = read(name, dataset, root, rules.nobody)
    examined = examine(findings, root, rules, described=True)
    pairs, named = find_copies(examined)
    kept, left = separate(decide(examined, pairs, rules))
    labels = [radiograph.fractured for radiograph in kept]
    why = f" ({counted(each.reason for each in left)})" if left else ""
    where = f"{name}: of {len(examined)} files {len(left)} are left out{why}; what is kept"
    require_both_classes(labels, where, MEND)
    manifest.write(kept)
    duplicates.write(pairs)
    left_out.write(left)
    noticed += [*named, *notes_on(examined, kept)]
    notes.write(noticed)
    print(f"{name}: {summary(kept, left)}")
    for note in sorted(noticed):
        print(f"note: {note}")


if __name__ == "__main__":
    run(main, __doc__)
