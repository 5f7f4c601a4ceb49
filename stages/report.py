"""Tell everything that was measured: `python -m stages.report`."""

from pathlib import Path

from fracture.artifacts.atomic import write_text
from fracture.console import run
from fracture.params.section import load
from fracture.presenting.report.card import card
from fracture.presenting.report.gather import gather
from fracture.presenting.report.page import page
from fracture.presenting.report.render import as_html, as_markdown

PAGE = Path("plots/report/report.html")
CARD = Path("plots/report/model_card.md")


def main() -> None:
    """Write the page and the card of the model chosen."""
    findings = gather(load())
    html = as_html(page(findings))
    write_text(PAGE, html)
    write_text(CARD, as_markdown(card(findings)))
    print(f"report: {PAGE}, {len(html) / 2**20:.1f} MB, one file, no network; card: {CARD}")


if __name__ == "__main__":
    run(main, __doc__)
