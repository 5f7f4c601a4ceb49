"""Read the chosen data set: what can be learned from goes into the manifest, all else is named."""

from pathlib import Path

from stages.artifacts import audit as audits
from stages.artifacts import manifest
from stages.artifacts.atomic import replacing, write_json
from stages.artifacts.raw import SYNTHETIC, data_root
from stages.console import run
from stages.ingest.audit import audit, require_both_classes, summary
from stages.ingest.datasets import READERS, synthetic
from stages.ingest.examine import examine
from stages.ingest.findings import separate
from stages.ingest.groups import group
from stages.params import section
from stages.params.datasets import Synthetic, chosen_dataset


def main() -> None:
    """Write the manifest and the audit; draw the radiographs first where they are synthetic."""
    parameters = section.load()
    name, settings = chosen_dataset(parameters)
    if isinstance(settings, Synthetic):
        synthetic.draw(settings, Path(settings.root), section.at(parameters, "seed"))
    if Path(settings.root) != SYNTHETIC:  # an output of this stage, whatever the data set
        with replacing(SYNTHETIC) as empty:
            empty.mkdir()
    root = data_root(settings.root)
    examined = examine(READERS[name](settings, root), root)
    findings = group(examined)
    counts = audit(name, examined, findings)
    require_both_classes(counts)
    manifest.write(separate(findings)[0])
    write_json(audits.PATH, counts)
    print(f"{name}: {summary(counts)}")
    print(
        f"{counts['by_class']['fractured']} of {counts['kept']} fractured, in {counts['groups']} "
        f"groups that a split must keep whole; audit: {audits.PATH}"
    )


if __name__ == "__main__":
    run(main, __doc__)
