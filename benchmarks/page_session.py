"""A page in a browser that benchmarks drive: uploads, sliders, pictures, axe-core."""

import shutil
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

from fracture.console import PipelineError

WIDTHS = {1280: 900, 390: 844}
"""Heights by widths, pixels."""
THEMES = ("light", "dark")
PATIENCE = 600_000  # milliseconds
AXE = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


@dataclass
class Session:
    """A page that is driven, and what was seen of it.

    Attributes:
        page: In a browser.
        to: The folder for pictures.
        name: Of its width and theme, such as `1280-light`.
        findings: Of axe-core, all views together.
        messages: Errors on the browser's console.
    """

    page: Page
    to: Path
    name: str
    findings: list[str] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)

    def described(self) -> None:
        """Wait until the page of the service describes its system."""
        expect(self.page.locator("#card")).not_to_be_empty(timeout=PATIENCE)

    def picture(self, view: str) -> None:
        """Take a picture of the whole page."""
        self.page.wait_for_timeout(300)
        self.page.screenshot(path=self.to / f"{self.name}-{view}.png", full_page=True)

    def look(self, view: str) -> None:
        """Take a picture of the whole page, and have axe-core look for faults."""
        self.picture(view)
        for rule in Axe().run(self.page, options=AXE).response["violations"]:
            places = ", ".join(str(node["target"][0]) for node in rule["nodes"][:3])
            self.findings.append(f"{self.name} {view}: {rule['id']} at {places}")

    def upload(self, files: list[Path]) -> None:
        """Send files and wait until all are scored."""
        self.page.set_input_files("#files", files)
        expect(self.page.locator("#status")).to_contain_text("Done", timeout=PATIENCE)

    def close(self) -> list[str]:
        """Close the page; return all that was found."""
        self.page.context.close()
        return [*self.findings, *(f"{self.name} console: {text}" for text in self.messages)]

    def set(self, slider: str, value: int) -> None:
        """Move a slider."""
        self.page.locator(f"#{slider}").fill(str(value))

    def drawn(self) -> str:
        """Return the canvas as it is seen."""
        self.page.wait_for_timeout(200)
        return str(self.page.locator("#canvas").evaluate("canvas => canvas.toDataURL()"))


@contextmanager
def chromium(program: str | None) -> Iterator[Browser]:
    """Yield a browser that shows nothing on a screen.

    Args:
        program: Where it lies.

    Raises:
        PipelineError: There is none.
    """
    if not program:
        raise PipelineError("no chromium on the path: install it, or name it with --chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--disable-gpu"]
        )
        try:
            yield browser
        finally:
            browser.close()


def add_options(parser: ArgumentParser) -> None:
    """Add the options of whatever drives a browser."""
    parser.add_argument("--to", type=Path, required=True, metavar="FOLDER", help="for pictures")
    parser.add_argument("--chromium", default=shutil.which("chromium"), help="where it lies")


def opened(browser: Browser, address: str, to: Path, size: tuple[int, str]) -> Session:
    """Return a page that has been opened.

    Args:
        browser: That opens it.
        address: Of the page.
        to: The folder for pictures.
        size: Width in pixels, and theme.
    """
    width, theme = size
    context = browser.new_context(
        viewport={"width": width, "height": WIDTHS[width]},
        color_scheme="dark" if theme == "dark" else "light",
        accept_downloads=True,
    )
    session = Session(context.new_page(), to, f"{width}-{theme}")
    session.page.on(
        "console",
        lambda message: session.messages.append(message.text) if is_fault(message) else None,
    )
    session.page.on("pageerror", lambda error: session.messages.append(str(error)))
    session.page.goto(address)
    return session


def is_fault(message: ConsoleMessage) -> bool:
    """Return whether a message is an error other than a status, which refusals have to have."""
    return message.type == "error" and "the server responded with a status" not in message.text


def require(holds: bool, otherwise: str) -> None:
    """Raise a PipelineError unless something holds."""
    if not holds:
        raise PipelineError(f"the page: {otherwise}")
