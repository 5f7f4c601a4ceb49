"""The report: a page as HTML, and the card of the system chosen as Markdown."""

from pathlib import Path

from fracture.artifacts.atomic import write_text

PAGE = Path("plots/report/report.html")
CARD = PAGE.with_name("model_card.md")


def write(page: str, card: str) -> None:
    """Write both texts as UTF-8."""
    write_text(PAGE, page)
    write_text(CARD, card)
