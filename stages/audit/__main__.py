"""Count what the data set and its split hold, and what can be guessed without a network."""

from stages.artifacts import audit as audits
from stages.artifacts import duplicates, left_out, manifest, splits
from stages.artifacts.raw import data_root
from stages.audit import sheets
from stages.audit.auditing import audit
from stages.audit.auroc import Bootstrap
from stages.audit.overview import overview
from stages.audit.report import report
from stages.audit.table import found_table, kept_table
from stages.console import run
from stages.figures import save
from stages.params import section
from stages.params.audit import Audit
from stages.params.datasets import chosen_dataset
from stages.params.evaluate import Evaluate


def main() -> None:
    """Write the audit and its pictures."""
    parameters = section.load()
    name, dataset = chosen_dataset(parameters)
    settings = Audit.parse(section.at(parameters, "audit"), "audit")
    judged = Evaluate.parse(section.at(parameters, "evaluate"), "evaluate")
    bootstrap = Bootstrap(judged.draws, judged.confidence, section.at(parameters, "seed"))
    radiographs, missing, pairs = manifest.read(), left_out.read(), duplicates.read()
    kept = kept_table(radiographs, splits.read())
    found = found_table(radiographs, missing, pairs)
    result = audit(name, (kept, found), missing, pairs, settings, bootstrap)

    root = data_root(dataset.root)
    pictures = {
        "overview": overview(result, settings.suspicious),
        "opposite_labels": sheets.opposite_labels(found, root),
        "duplicates": sheets.duplicates(pairs, found, root),
        "left_out": sheets.left_out(missing, root),
    }
    for picture, figure in pictures.items():
        save(figure, audits.PLOTS / f"{picture}.png", result.synthetic)
    audits.write(result)
    print(report(result))
    print(f"audit: {audits.PATH}; pictures: {audits.PLOTS}")


if __name__ == "__main__":
    run(main, __doc__)
