"""The report: a page as HTML, and the card of the system chosen as Markdown."""

from pathlib import Path

from fracture.artifacts.atomic import write_text

PAGE = Path("plots/report/report.html")
CARD = PAGE.with_name("model_card.md")


def write(page: str, card: str) -> None:
    """Write the report and the model card as UTF-8.

    Args:
        page: The report, as HTML.
        card: The card of the chosen system, as Markdown.
    """
    write_text(PAGE, page)
    write_text(CARD, card)
