"""How to make the same numbers again, and what the words mean."""

import shlex

from fracture.params.section import value_at
from fracture.presenting.report.blocks import Code, Definitions, Details, Section, Table, Text
from fracture.presenting.report.findings import Findings
from fracture.presenting.report.glossary import SCORES, TERMS
from fracture.presenting.report.provenance import DIGITS, LOCK

SETTINGS = ("dataset", "recipe", "seed", "seeds")
"""Keys of params.yaml that set one run apart from another."""


def reproduction(findings: Findings) -> Section:
    """Give the commands, and what they must find to give the same."""
    chosen = {key: value_at(findings.parameters, key) for key in SETTINGS}
    settings = " ".join(shlex.join(["-S", f"{key}={value}"]) for key, value in chosen.items())
    recipe = ", ".join(f"{key} {value}" for key, value in chosen.items())
    return Section(
        "How to reproduce",
        (
            Text(f"This run: {recipe}. With the same params.yaml in place:"),
            Code("make env\nsource .venv/bin/activate\ndvc repro"),
            Text("From another params.yaml of the same revision:"),
            Code(f"dvc exp run {settings}"),
            Table(
                f"Fingerprints: the first {DIGITS} digits of the SHA-256 of each file, as "
                "sha256sum shows it",
                ("file", "SHA-256"),
                tuple(findings.fingerprints.items()),
            ),
            Text(
                "Results repeat byte for byte on one machine; another processor or thread count "
                "changes the last digits."
            ),
            Details("Packages", (packages(findings),)),
        ),
    )


def packages(findings: Findings) -> Table:
    """Return the packages that the project asks for."""
    return Table(
        f"Versions that {LOCK} names", ("package", "version"), tuple(findings.packages.items())
    )


def glossary() -> Section:
    """Say what each score and each further word means."""
    return Section("Glossary", (Definitions((*SCORES.values(), *TERMS.items())),))
