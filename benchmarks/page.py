"""Drive the page in headless Chromium: `python -m benchmarks.page BUNDLE IMAGES --to FOLDER`.

Uploads radiographs, moves the sliders, zooms, prints, corrects, sends a batch of 50 and what is
wrong, at 1280 and 390 pixels, light and dark; looks for faults with axe-core on each view; leaves
screenshots, the printed report and the CSV in a folder. Needs the extra `browser` and a Chromium.
"""

import argparse
import os
import re
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
from playwright.sync_api import Browser, expect

from benchmarks.app_server import pictures, serving
from benchmarks.command_line import end_in_a_line, parser_of
from benchmarks.page_session import (
    PATIENCE,
    THEMES,
    WIDTHS,
    Session,
    add_options,
    chromium,
    opened,
    require,
)
from serving.app.access import VARIABLE
from serving.app.limits import MEBIBYTE, Limits
from serving.kept import Kept

BATCH = 50
FEW, MARKED = 6, 2  # radiographs of the ordinary upload; those of them that get a box
SIMILAR = 3
KEY = "a key that nobody guesses"
TOO_LARGE = (Limits().file_mib + 1) * MEBIBYTE


def main() -> None:
    """Drive the page and print what was checked."""
    given = read_arguments()
    given.to.mkdir(parents=True, exist_ok=True)
    files = list(pictures(given.radiographs, BATCH))
    with chromium(given.chromium) as browser:
        found = drive_kept(browser, given, files)
        found += drive_refusals(browser, given, files)
    print(f"axe-core and the browser's console: {len(found)} findings")
    for finding in found:
        print(f"  {finding}")
    if found:
        sys.exit(1)


def drive_kept(browser: Browser, given: argparse.Namespace, files: list[Path]) -> list[str]:
    """Return what was found on the page of a service that keeps results."""
    found: list[str] = []
    with TemporaryDirectory() as kept, serving(given.bundle, "--keep", kept) as server:
        for width in WIDTHS:
            for theme in THEMES:
                session = opened(browser, server.address, given.to, (width, theme))
                session.described()
                session.look("empty")
                session.upload(files[:FEW])
                session.look("results")
                found += session.close()
        print("upload and result at 1280 and 390 pixels, light and dark", flush=True)
        session = opened(browser, server.address, given.to, (1280, "light"))
        session.described()
        session.upload(files[:FEW])
        for check in CHECKS:
            check(session, files, Path(kept))
            print(check.__doc__, flush=True)
        return found + session.close()


def sliders(session: Session, *_: object) -> None:
    """Heat, level, window and inversion change the radiograph, and come back."""
    page = session.page
    while page.locator("#heat").is_disabled():  # of a radiograph without heat
        page.locator("#next").click()
        page.wait_for_timeout(300)
    first = session.drawn()
    for name, value in (("heat", 0), ("level", 60), ("window", 90)):
        before = session.drawn()
        session.set(name, value)
        require(session.drawn() != before, f"the slider {name} changes nothing")
    page.locator("#invert").check()
    session.look("inverted")
    page.locator("#window-reset").click()
    session.set("heat", 50)
    require(session.drawn() == first, "the sliders do not come back")
    page.locator("#table .file").first.click()


def zooms(session: Session, *_: object) -> None:
    """Zoom by button, wheel and keys, and moving by mouse and keys."""
    page, canvas = session.page, session.page.locator("#canvas")
    first = session.drawn()
    page.locator("#zoom-in").click()
    require(session.drawn() != first, "the button does not zoom")
    canvas.hover()
    page.mouse.wheel(0, -400)
    zoomed = session.drawn()
    page.mouse.down()
    page.mouse.move(900, 500)
    page.mouse.up()
    require(session.drawn() != zoomed, "dragging does not move")
    canvas.focus()
    for key in ("+", "ArrowLeft", "-"):
        before = session.drawn()
        page.keyboard.press(key)
        require(session.drawn() != before, f"the key {key} does nothing")
    session.look("zoomed")
    page.keyboard.press("0")
    require(session.drawn() == first, "the key 0 does not show the whole radiograph")


def tells_what_is_near(session: Session, *_: object) -> None:
    """The body part, and similar training radiographs, where the bundle has them."""
    page = session.page
    told = page.evaluate("async () => (await fetch('/v1/model')).json()")
    if told["body_parts"]:
        expect(page.locator("#finding")).to_contain_text("Body part: ")
    similar = page.locator("#finding .similar img")
    expect(similar).to_have_count(SIMILAR if told["pictures_under"] else 0)
    for image in similar.all():
        require(image.evaluate("image => image.naturalWidth > 0"), "a similar one is not shown")


def corrects(session: Session, _: list[Path], kept: Path) -> None:
    """A correction by mouse, one by keyboard, one without a fracture, all stored."""
    page = session.page
    stored = page.locator("#stored")
    page.locator("#mark").click()
    frame = page.locator("#canvas").evaluate("canvas => canvas.getBoundingClientRect().toJSON()")
    x, y, side = frame["x"], frame["y"], frame["width"]
    page.mouse.move(x + 0.4 * side, y + 0.4 * side)
    page.mouse.down()
    page.mouse.move(x + 0.6 * side, y + 0.55 * side)
    page.mouse.up()
    session.look("marked")
    page.locator("#store").click()
    expect(stored).to_contain_text("Stored: fracture here")
    page.locator("#next").click()
    page.locator("#mark").press("Enter")
    for key in ("ArrowRight", "Shift+ArrowDown"):
        page.keyboard.press(key)
    page.locator("#store").press("Enter")
    expect(stored).to_contain_text("Stored: fracture here")
    page.locator("#next").click()
    page.locator("#no-fracture").click()
    expect(stored).to_contain_text("Stored: no fracture")
    said = Kept(kept).corrected().values()
    require(sorted(each.fractured for each in said) == [False, True, True], "not stored")
    require(sum(len(each.boxes) for each in said) == MARKED, "boxes are not stored")


def prints(session: Session, *_: object) -> None:
    """The report, printed to PDF."""
    page = session.page
    page.evaluate("window.print = () => {}")
    page.locator("#print").click()
    expect(page.locator("#report article")).to_have_count(FEW, timeout=PATIENCE)
    several = page.locator("#study-table tbody tr").count()
    rows = page.locator("#report table tbody tr")
    expect(rows).to_have_count(FEW + several)
    expect(page.locator("body")).to_have_class(re.compile("reporting"))
    page.pdf(path=session.to / "report.pdf", format="A4", print_background=False)


def downloads(session: Session, *_: object) -> None:
    """The table as CSV."""
    with session.page.expect_download() as download:
        session.page.locator("#csv").click()
    download.value.save_as(session.to / "radiographs.csv")
    table = pd.read_csv(session.to / "radiographs.csv")
    require(len(table.dropna(subset="probability")) == FEW, "the CSV lacks rows")


def sends_a_batch(session: Session, files: list[Path], _: Path) -> None:
    """A batch of 50, sorted by probability with the keyboard."""
    page = session.page
    page.locator("#clear").click()
    many = [files[place % len(files)] for place in range(BATCH)]
    session.upload(many)
    expect(page.locator("#table tbody tr")).to_have_count(BATCH)
    page.get_by_role("button", name="Probability").press("Enter")
    shown = page.locator("#table td.number").all_inner_texts()
    values = [float(text.split()[0]) for text in shown if text[:1].isdigit()]
    require(values == sorted(values, reverse=True), "the table is not sorted")
    page.locator("#table .file").first.click()
    session.look("batch")


def refuses(session: Session, files: list[Path], kept: Path) -> None:
    """What is no radiograph, and a file beyond the limits: told, and the others scored."""
    page = session.page
    page.locator("#clear").click()
    wrong = kept / "notes.txt"
    wrong.write_text("no image")
    session.upload([wrong, files[0]])
    expect(page.locator("#table")).to_contain_text("not an image")
    expect(page.locator("#summary")).to_contain_text("1 not scored")
    page.get_by_role("button", name="notes.txt").click()
    expect(page.locator("#finding")).to_contain_text("not an image")
    session.look("refused")
    large = kept / "large.png"
    large.write_bytes(bytes(TOO_LARGE))
    page.set_input_files("#files", [large])
    expect(page.locator("#error")).to_contain_text("MiB", timeout=PATIENCE)
    session.look("too-large")


CHECKS = (sliders, zooms, tells_what_is_near, corrects, prints, downloads, sends_a_batch, refuses)


def drive_refusals(browser: Browser, given: argparse.Namespace, files: list[Path]) -> list[str]:
    """Return what was found where a key is needed, and where the service ends."""
    with set_key(), serving(given.bundle) as server:
        session = opened(browser, server.address, given.to, (1280, "light"))
        for key in ("a wrong key", KEY):
            expect(session.page.locator("#key-dialog")).to_be_visible()
            session.look("key")
            session.page.locator("#key").fill(key)
            session.page.keyboard.press("Enter")
        session.described()
        session.upload(files[:1])
        expect(session.page.locator("#keeping")).to_contain_text("nothing is kept")
        expect(session.page.locator("#correction")).to_be_hidden()
        print("an API key is asked for, a wrong one again; nothing is kept without the flag")
        os.kill(server.process, signal.SIGKILL)
        session.page.set_input_files("#files", files[:1])
        expect(session.page.locator("#error")).to_contain_text("Is it still running")
        session.look("ended")
        print("a service that has ended is told")
    return [finding for finding in session.close() if "console" not in finding]


@contextmanager
def set_key() -> Iterator[None]:
    """Have services that start ask for a key."""
    os.environ[VARIABLE] = KEY
    try:
        yield
    finally:
        del os.environ[VARIABLE]


def read_arguments() -> argparse.Namespace:
    """Return the command line's arguments."""
    parser = parser_of("page", __doc__)
    parser.add_argument("bundle", type=Path, help="a folder of data/bundles")
    parser.add_argument("radiographs", type=Path, help="a folder of some")
    add_options(parser)
    return parser.parse_args()


if __name__ == "__main__":
    end_in_a_line(main)
