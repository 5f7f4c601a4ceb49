"""Count what the data set and its split hold, and what can be guessed without a network."""

from fracture.artifacts import audit as audits
from fracture.artifacts import duplicates, left_out, manifest, notes, splits
from fracture.artifacts.notes import Note
from fracture.artifacts.raw import data_root
from fracture.auditing.audit import Remarks, audit, found_table, kept_table
from fracture.console import run
from fracture.judging.bootstrap import Bootstrap
from fracture.params import section
from fracture.params.datasets import chosen_dataset
from fracture.params.evaluate import Audit, Evaluate
from fracture.params.split import Split
from fracture.presenting import audit_sheets
from fracture.presenting.audit import overview, report
from fracture.presenting.figures import save
from fracture.splitting.misses import find_misses


def main() -> None:
    """Write the audit and its pictures."""
    parameters = section.load()
    name, dataset = chosen_dataset(parameters)
    settings = Audit.read(parameters, "audit")
    judged = Evaluate.read(parameters, "evaluate")
    bootstrap = Bootstrap(
        judged.draws, judged.confidence, section.value_at(parameters, "data_seed")
    )
    radiographs, missing, pairs = manifest.read(), left_out.read(), duplicates.read()
    parts = splits.read()
    kept = kept_table(radiographs, parts)
    found = found_table(radiographs, missing, pairs)
    noticed = notes.read()
    split = Split.read(parameters, "split")
    if split.drawn(name, ships=any(each.shipped for each in radiographs)):
        misses = find_misses(radiographs, parts, split)
        noticed += [Note("split", str(miss)) for miss in misses]
    remarks = Remarks(missing, pairs, noticed)
    result = audit(name, (kept, found), remarks, settings, judged.age_bands, bootstrap)

    root = data_root(dataset.root)
    pictures = {
        "overview": overview(result, settings.suspicious),
        "opposite_labels": audit_sheets.opposite_labels(found, root),
        "duplicates": audit_sheets.duplicates(pairs, found, root),
        "left_out": audit_sheets.left_out([each for each in missing if each.radiograph], root),
    }
    for picture, figure in pictures.items():
        save(figure, audits.picture(picture), result.synthetic)
    audits.write(result)
    print(report(result))
    print(f"audit: {audits.PATH}; pictures: {audits.PLOTS}")


if __name__ == "__main__":
    run(main, __doc__)
