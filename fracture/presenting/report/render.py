"""The page and the model card: findings laid out by the templates, every value escaped."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from fracture.artifacts import arrays, audit, comparison, external, left_out, pictures
from fracture.artifacts.systems import OPTIMISM
from fracture.params.overrides import command, option
from fracture.params.radiographs import Ingest, Variant
from fracture.params.run import variants_of
from fracture.params.section import value_at
from fracture.presenting import cost, two_step, words
from fracture.presenting.described import not_trained
from fracture.presenting.report import evidence_tables, score_tables, sentences, tables
from fracture.presenting.report.checklists import CLAIM, TRIPOD
from fracture.presenting.report.findings import Findings
from fracture.presenting.report.limits import limits

TEMPLATES = Path(__file__).parent / "templates"
SPECIAL = re.compile(r"([\\`*\[\]|])")
"""What Markdown would read as more than text; an underscore within a word it leaves alone."""
BLANK = re.compile(r"\n{3,}")
FAULTS = {"truncated", "tiny", "uniform", "colour", "conflicting_labels"}
"""Keys of `ingest` in params.yaml that decide what becomes of unfit radiographs."""
SETTINGS = ("dataset", "recipe", "run", "model", "data_seed", "training_seeds")
"""Keys of params.yaml by which one run differs from another."""
FILTERS: dict[str, Callable[..., Any]] = {
    "called": words.called,
    "anchor": lambda heading: "-".join(re.findall(r"\w+", heading.lower())),
    "counted": words.count,
    "corrected_alone": words.corrected_alone,
    "count_if_named": words.count_if_named,
    "listed": words.listed,
    "one_line": lambda text: Markup(" ").join(text.split()),
    "percent": words.percent,
    "readable": words.readable,
    "signed": words.signed,
    "steps": words.steps,
    "target": "Target {}".format,
    "thousands": "{:,}".format,
    "score": words.score_name,
    "shown": lambda table: table,
}
PICTURES = {
    "audit": audit.picture,
    "variant": arrays.picture,
    "augmented": arrays.AUGMENTED,
    "comparison": comparison.picture,
    "system": pictures.path,
    "external": external.PICTURE,
}
"""Where the pictures of the page stand."""


def page(findings: Findings) -> str:
    """Return the page as HTML that needs no other file."""
    return _environment(unbroken).get_template("report.html").render(_context(findings))


def tables_of(findings: Findings) -> list[words.Table]:
    """Return all tables of the page, in its order."""
    found: list[words.Table] = []

    def keep(table: words.Table) -> words.Table:
        found.append(table)
        return table

    environment = _environment(unbroken)
    environment.filters["shown"] = keep
    environment.get_template("report.html").render(_context(findings))
    return found


def card(findings: Findings) -> str:
    """Return the card of the system chosen as Markdown (Mitchell et al., FAT* 2019)."""
    text = _environment(escaped).get_template("model_card.md").render(_context(findings))
    return BLANK.sub("\n\n", text).rstrip() + "\n"


def _context(findings: Findings) -> dict[str, Any]:
    """Return what the templates know: the findings, and the functions that present them."""
    parameters = findings.parameters
    ingest = Ingest.read(parameters, "ingest")
    return {
        "findings": findings,
        "audit": findings.audit,
        "winner": findings.winner,
        "test": findings.winner.images.test,
        "confidence": findings.confidence,
        "settings": {key: value_at(parameters, key) for key in SETTINGS},
        "command": reproducing(parameters),
        "variants": {
            name: Variant.read(parameters, "variants", name) for name in variants_of(parameters)
        },
        "faults": ingest.model_dump(include=FAULTS),
        "warnings": words.warnings(findings.winner.synthetic),
        "not_clinical": words.NOT_CLINICAL,
        "optimism": OPTIMISM,
        "uncorrected": words.UNCORRECTED,
        "limits": limits(findings),
        "left_out_file": left_out.PATH,
        "pictures": PICTURES,
        "sentences": sentences,
        "tables": tables,
        "score_tables": score_tables,
        "evidence_tables": evidence_tables,
        "cost": cost,
        "two_step": two_step,
        "not_trained": not_trained,
        "checklists": {"CLAIM 2024": CLAIM, "TRIPOD+AI": TRIPOD},
    }


def reproducing(parameters: dict[str, Any]) -> str:
    """Return the command that sets what tells one run from another, its data set above all.

    Folders and files of the user's machine are told by their key alone, such as `<root>`.

    Args:
        parameters: params.yaml, as read.
    """
    keys = {key: value_at(parameters, key) for key in SETTINGS}
    where = f"datasets.{keys['dataset']}"
    for name, value in value_at(parameters, "datasets", keys["dataset"]).items():
        away = name == "labels" and Path(value).expanduser().is_absolute()
        if away or (name == "root" and keys["dataset"] != "synthetic"):
            keys[f"{where}.{name}"] = f"<{name}>"
        elif isinstance(value, dict):
            keys |= {f"{where}.{name}.{key}": each for key, each in value.items()}
        else:
            keys[f"{where}.{name}"] = value
    return command([option(key, value) for key, value in keys.items()])


def unbroken(value: object) -> object:
    """Return a value whose percent signs stay on the line of their numbers."""
    return value.replace(" %", "\N{NO-BREAK SPACE}%") if type(value) is str else value


def escaped(value: object) -> Markup:
    """Return a value so that Markdown shows it as it is, HTML in it included."""
    if isinstance(value, Markup):
        return value
    text = str(value).replace("&", "&amp;").replace("<", "&lt;").replace("\n", " ")
    return Markup(SPECIAL.sub(r"\\\1", text))  # noqa: S704 - escaped in the line before


def _environment(finalize: Callable[[object], object]) -> Environment:
    environment = Environment(
        finalize=finalize,
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(FILTERS)
    return environment
