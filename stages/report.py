"""Present everything that was measured: `python -m stages.report`."""

from fracture.artifacts import report
from fracture.console import run
from fracture.params.section import load
from fracture.presenting.report.findings import gather
from fracture.presenting.report.render import card, page


def main() -> None:
    """Write the page and the card of the system chosen."""
    findings = gather(load())
    html = page(findings)
    report.write(html, card(findings))
    megabytes = len(html) / 2**20
    print(f"report: {report.PAGE}, {megabytes:.1f} MB, one file, no network; card: {report.CARD}")


if __name__ == "__main__":
    run(main, __doc__)
