"""Documents to HTML and Markdown; the templates lay out, every value is escaped."""

import re
from collections.abc import Callable
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from fracture.presenting.report.blocks import Document

TEMPLATES = Path(__file__).parent / "templates"
SPECIAL = re.compile(r"([\\`*\[\]|])")
"""What Markdown would read as more than text; an underscore within a word it leaves alone."""
BLANK = re.compile(r"\n{3,}")


def as_html(document: Document) -> str:
    """Return a page that needs no other file."""
    return _environment(unbroken).get_template("report.html").render(document=document)


def as_markdown(document: Document) -> str:
    """Return a document as Markdown, figures left out."""
    text = _environment(escaped).get_template("model_card.md").render(document=document)
    return BLANK.sub("\n\n", text).rstrip() + "\n"


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
    return Environment(
        finalize=finalize,
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
