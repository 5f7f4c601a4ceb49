"""Drive MLflow's pages in headless Chromium: `python -m benchmarks.mlflow_page CLONE --to FOLDER`.

CLONE is a clone in which `make repro` and `make register` have run. `make mlflow` is started there;
from the address that it prints on, what docs/running.md promises is looked for as a person would:
the runs, the best on validation first, the headline marked; charts; the run of a system and the
state above it; report and figures; the registered model, its champion and its signature. At 1280
pixels and, of the first page, at 390; light and dark. Leaves screenshots. Needs the extra `browser`
and a Chromium.
"""

import argparse
import re
from contextlib import chdir
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, expect

from benchmarks.app_server import made
from benchmarks.command_line import end_in_a_line, parser_of
from benchmarks.page_session import (
    THEMES,
    WIDTHS,
    Session,
    add_options,
    chromium,
    opened,
    require,
)
from fracture.artifacts import scores
from fracture.params import section
from fracture.params.whole import Track
from serving.registry.versions import CHAMPION, NAME

NARROW = min(WIDTHS)
PATIENCE = 60_000  # milliseconds: MLflow loads its pages in parts
ROW, RUN_NAME = '[role="row"][row-index="{}"]', '[col-id="attributes.`Run Name`"]'
FIGURES = ("comparison.png", "curves.png", "verdicts.png")


@dataclass(frozen=True)
class Results:
    """What a clone holds, as its files say.

    Attributes:
        experiment: The name of the experiment.
        headline: The system of the headline.
        ranked: The systems of its target, the best on validation first.
    """

    experiment: str
    headline: str
    ranked: list[str]


def main() -> None:
    """Drive the pages and print what was checked."""
    given = read_arguments()
    given.to.mkdir(parents=True, exist_ok=True)
    expect.set_options(timeout=PATIENCE)
    results = read_results(given.clone)
    with made("mlflow", given.clone, "/health") as address, chromium(given.chromium) as browser:
        for width in WIDTHS:
            for theme in THEMES:
                session = arrive(browser, address, given.to, (width, theme))
                for check in CHECKS[:1] if width == NARROW else CHECKS:
                    check(session, results)
                    print(f"{session.name}: {check.__doc__}", flush=True)
                session.close()


def read_results(clone: Path) -> Results:
    """Return what a clone holds.

    Args:
        clone: In which `make repro` has run.

    Raises:
        PipelineError: It has not.
    """
    with chdir(clone):
        parameters = section.load()
        headline = scores.read(section.value_at(parameters, "model"))
        systems = [scores.read(file.stem) for file in sorted(scores.FOLDER.glob("*.json"))]
        of_target = [each for each in systems if each.target == headline.target]
        return Results(
            Track.read(parameters, "track").experiment,
            headline.model,
            [each.model for each in scores.rank(of_target)],
        )


def arrive(browser: Browser, address: str, to: Path, size: tuple[int, str]) -> Session:
    """Return MLflow's page of the runs, without what it puts beside it at a first visit.

    Args:
        browser: That opens it.
        address: That `make mlflow` printed.
        to: The folder for pictures.
        size: Width in pixels, and theme.
    """
    session = opened(browser, address, to, size)
    page = session.page
    page.set_default_timeout(PATIENCE)
    expect(page.get_by_text("MLflow Assistant")).to_be_visible()
    page.get_by_role("button", name="Close").first.click()
    if size[0] == NARROW:
        page.get_by_role("button", name="Toggle sidebar").click()
    return session


def shows_the_runs(session: Session, results: Results) -> None:
    """The page that opens shows the experiment's runs, the best on validation first, one marked."""
    page = session.page
    expect(page.get_by_role("link", name=results.experiment).first).to_be_visible()
    expect(page.get_by_text(re.compile(r"^[1-9]\d* matching runs"))).to_be_visible()
    session.picture("runs")
    place = results.ranked.index(results.headline)
    mark = page.locator(ROW.format(place)).locator('[col-id="tags.`headline`"]')
    expect(mark).to_have_text("yes")
    if page.viewport_size["width"] == NARROW:
        return  # where MLflow's table leaves the names out
    for place, name in enumerate(results.ranked):
        row = page.locator(ROW.format(place))
        expect(row.locator(RUN_NAME)).to_contain_text(name)


def charts(session: Session, _: Results) -> None:
    """Their charts, AUROC first."""
    page = session.page
    page.locator('label:has(input[value="CHART"])').click()
    first = page.locator("h4[title]").first
    expect(first).to_have_attribute("title", "test/auroc")
    page.wait_for_timeout(2000)  # the charts are drawn one after the other
    session.picture("charts")
    page.locator('label:has(input[value="TABLE"])').click()


def tells_of_a_system(session: Session, results: Results) -> None:
    """The run of the headline: its test AUROC in words, charts, its figures."""
    page = session.page
    place = results.ranked.index(results.headline)
    page.locator(ROW.format(place)).locator(RUN_NAME).get_by_role("link").click()
    expect(page.get_by_role("heading", name=results.headline).first).to_be_visible()
    expect(page.get_by_text("Test AUROC").first).to_be_visible()
    session.picture("run")
    page.get_by_role("tab", name="Model metrics").click()
    expect(page.locator("h4[title]").first).to_have_attribute("title", re.compile("auroc$"))
    page.get_by_role("tab", name="Overview").click()


def leads_to_the_registry(session: Session, results: Results) -> None:
    """From the run the registered model: the champion, the reason, the signature."""
    page = session.page
    page.locator(f'a[href*="/models/{NAME}/versions/"]').first.click()
    expect(page.get_by_text(f"@ {CHAMPION}").first).to_be_visible()
    expect(page.get_by_text("Champion: ").first).to_be_visible()
    for part, column in (("Inputs", "radiograph"), ("Outputs", "probability")):
        page.get_by_text(re.compile(rf"{part} \(\d+\)")).click()
        expect(page.get_by_text(f"{column} (required)")).to_be_visible()
    session.picture("version")
    page.get_by_role("link", name=NAME, exact=True).click()
    expect(page.get_by_text("Versions", exact=True)).to_be_visible()
    expect(page.get_by_text(CHAMPION).first).to_be_visible()
    session.picture("registered")
    page.go_back()
    page.go_back()
    expect(page.get_by_role("heading", name=results.headline).first).to_be_visible()


def leads_to_the_state(session: Session, results: Results) -> None:
    """From the run the state above it: the runs below that, the report, figures."""
    page = session.page
    page.get_by_test_id("key-value-Parent run").get_by_role("link").click()
    children = page.get_by_test_id("key-value-Child runs")
    expect(children.get_by_role("link").first).to_be_visible()
    while (more := children.get_by_role("button", name="Load more")).count():
        more.click()
        page.wait_for_timeout(1000)
    expect(children.get_by_role("link", name=results.headline, exact=True)).to_be_visible()
    session.picture("state")
    page.get_by_role("tab", name="Artifacts").click()
    page.get_by_label("report.html", exact=True).click()
    report = page.frame_locator("iframe").get_by_role("heading", name="In short")
    expect(report).to_be_visible()
    session.picture("report")
    for figure in FIGURES:
        page.get_by_label(figure, exact=True).click()
        image = page.get_by_alt_text(figure)
        expect(image).to_be_visible()
        width = image.evaluate("async image => (await image.decode(), image.naturalWidth)")
        require(width > 0, f"{figure} is not shown")
        session.picture(figure.removesuffix(".png"))


CHECKS = (shows_the_runs, charts, tells_of_a_system, leads_to_the_registry, leads_to_the_state)


def read_arguments() -> argparse.Namespace:
    """Return the command line's arguments."""
    parser = parser_of("mlflow_page", __doc__)
    parser.add_argument("clone", type=Path, help="where `make repro`, `make register` have run")
    add_options(parser)
    return parser.parse_args()


if __name__ == "__main__":
    end_in_a_line(main)
