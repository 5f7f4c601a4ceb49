"""Tell everything that was measured: `python -m stages.report`."""

from pathlib import Path

from stages.artifacts.atomic import write_text
from stages.console import run
from stages.params.section import load
from stages.report.card import card
from stages.report.gather import gather
from stages.report.page import page
from stages.report.render import as_html, as_markdown

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
