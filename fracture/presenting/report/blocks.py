"""What a document is made of; the templates lay these out, and know of nothing else."""

from dataclasses import dataclass
from typing import ClassVar, TypeAlias, Union


@dataclass(frozen=True)
class Text:
    """A paragraph."""

    kind: ClassVar[str] = "text"
    text: str


@dataclass(frozen=True)
class Bullets:
    """A list of sentences, at least one."""

    kind: ClassVar[str] = "bullets"
    items: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """A table.

    Attributes:
        caption: What it shows, and of what.
        columns: Headers.
        rows: Cells as text, as many as there are columns; the first names the row.
    """

    kind: ClassVar[str] = "table"
    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def __post_init__(self) -> None:
        """Refuse a row that does not fill the columns."""
        for row in self.rows:
            if len(row) != len(self.columns):
                raise ValueError(f"{self.caption}: {len(row)} cells under {len(self.columns)}")


@dataclass(frozen=True)
class Image:
    """A picture as the page holds it: a data URI, and its size in pixels."""

    uri: str
    width: int
    height: int


@dataclass(frozen=True)
class Figure:
    """A picture, or a sentence where there is none.

    Attributes:
        path: Where its file stands.
        alt: What it shows, in words and numbers, for who does not see it.
        caption: What stands below it.
        image: None where the file is absent.
    """

    kind: ClassVar[str] = "figure"
    path: str
    alt: str
    caption: str
    image: Image | None


@dataclass(frozen=True)
class Code:
    """Commands to copy."""

    kind: ClassVar[str] = "code"
    text: str


@dataclass(frozen=True)
class Definitions:
    """Terms and what they mean."""

    kind: ClassVar[str] = "definitions"
    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Details:
    """Blocks that a reader opens."""

    kind: ClassVar[str] = "details"
    summary: str
    blocks: tuple["Block", ...]


@dataclass(frozen=True)
class Section:
    """A heading and what belongs to it, further sections included."""

    kind: ClassVar[str] = "section"
    title: str
    blocks: tuple["Block", ...]

    @property
    def anchor(self) -> str:
        """What a link to it names: its title in lower case, hyphens between the words."""
        words = "".join(c if c.isalnum() else " " for c in self.title.lower()).split()
        return "-".join(words)


Block: TypeAlias = Union[Text, Bullets, Table, Figure, Code, Definitions, "Details", "Section"]


@dataclass(frozen=True)
class Document:
    """A page or a card.

    Attributes:
        title: Its first heading.
        warnings: What nobody may overlook, first of all.
        sections: In order.
    """

    title: str
    warnings: tuple[str, ...]
    sections: tuple[Section, ...]
