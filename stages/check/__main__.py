"""Check params.yaml as a whole; every other stage waits for this one."""

from pathlib import Path

from stages.artifacts.atomic import write_text
from stages.console import run
from stages.params.section import load
from stages.params.whole import validate

PATH = Path("data/checked.txt")


def main() -> None:
    """Write the same line whatever the parameters are, so that nothing reruns because of it."""
    validate(load())
    write_text(PATH, "params.yaml is valid\n")


if __name__ == "__main__":
    run(main, __doc__)
