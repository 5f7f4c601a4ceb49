"""A newcomer's minutes: `python -m benchmarks.newcomer FOLDER RADIOGRAPH --to PICTURES`.

Clones this repository into FOLDER, runs `make repro` and `make app` there, opens the page in
headless Chromium, uploads a radiograph and waits for its result; prints what each step took, and
the sum. Where FOLDER is a clone already, it goes on with what is there, and says so: that sum is
not a newcomer's. Needs the extra `browser` and a Chromium.
"""

import argparse
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from playwright.sync_api import expect

from benchmarks.app_server import CLONES_OWN, ROOT, made
from benchmarks.command_line import end_in_a_line, parser_of
from benchmarks.machine import describe
from benchmarks.page_session import add_options, chromium, opened
from fracture.console import PipelineError


def main() -> None:
    """Print the minutes of each step, and their sum."""
    given = read_arguments()
    given.to.mkdir(parents=True, exist_ok=True)
    if not given.radiograph.is_file():
        raise PipelineError(f"{given.radiograph} is no file: name a radiograph")
    took: dict[str, float] = {}
    if begun := given.folder.exists():
        print(f"{given.folder} is there: going on with what it holds, no newcomer's minutes")
    else:
        with timed("git clone", took):
            run(["git", "clone", "--quiet", str(ROOT), str(given.folder)], Path.cwd())
    with timed("make repro", took):
        run(["make", "repro"], given.folder)
    with ExitStack() as open_ones:
        with timed("make app, until it is ready", took):
            address = open_ones.enter_context(made("app", given.folder, "/healthz"))
        browser = open_ones.enter_context(chromium(given.chromium))
        with timed("the page, from opening it to the result", took):
            session = opened(browser, address, given.to, (1280, "light"))
            session.described()
            session.upload([given.radiograph])
            expect(session.page.locator("#table")).to_contain_text(given.radiograph.name)
            expect(session.page.locator("#canvas")).to_be_visible()
        session.picture("newcomer")
    print(f"{describe()}{'; begun before' if begun else ''}")
    for step, seconds in (took | {"together": sum(took.values())}).items():
        print(f"{seconds / 60:6.1f} min  {step} ({seconds:.0f} s)")


@contextmanager
def timed(step: str, took: dict[str, float]) -> Iterator[None]:
    """Note the seconds of a step.

    Args:
        step: What it is called.
        took: Gets them by that name.
    """
    print(f"{step} ...", flush=True)
    began = time.monotonic()
    yield
    took[step] = time.monotonic() - began


def run(command: list[str], folder: Path) -> None:
    """Run a command as a newcomer would, with an environment in which nothing is activated.

    Args:
        command: Program and arguments.
        folder: Where.

    Raises:
        PipelineError: It fails; what it said stands above.
    """
    environment = {name: value for name, value in os.environ.items() if name not in CLONES_OWN}
    if subprocess.run(command, cwd=folder, env=environment, check=False).returncode:  # noqa: S603
        raise PipelineError(f"{' '.join(command)} failed, as told above")


def read_arguments() -> argparse.Namespace:
    """Return the command line's arguments."""
    parser = parser_of("newcomer", __doc__)
    parser.add_argument("folder", type=Path, help="for the clone")
    parser.add_argument("radiograph", type=Path, help="a file that is uploaded")
    add_options(parser)
    return parser.parse_args()


if __name__ == "__main__":
    end_in_a_line(main)
