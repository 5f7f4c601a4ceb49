"""A strict reader of HTML: every element closed in order, every attribute once."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"meta", "link", "img", "br", "hr", "input"}


@dataclass
class Element:
    """An element with its attributes and the text within it."""

    tag: str
    attributes: dict[str, str | None]
    parts: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return " ".join("".join(self.parts).split())


class Strict(HTMLParser):
    """Collects elements in order; raises where the markup is not well formed."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[Element] = []
        self.open: list[Element] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"an attribute of {tag} stands twice"
        element = Element(tag, dict(attrs))
        self.elements.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        raise AssertionError(f"<{tag}/> is XML, with {attrs}")

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open[-1].tag == tag, f"</{tag}> closes <{self.open[-1].tag}>"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        for element in self.open:
            element.parts.append(data)


def parse(html: str) -> list[Element]:
    """Return all elements of a page, in order."""
    assert html.lstrip().startswith("<!doctype html>")
    reader = Strict()
    reader.feed(html)
    reader.close()
    assert not reader.open, f"left open: {[element.tag for element in reader.open]}"
    return reader.elements


def select(elements: list[Element], *tags: str) -> list[Element]:
    """Return the elements of some kinds, in order."""
    return [element for element in elements if element.tag in tags]
