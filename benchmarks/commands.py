"""Run each command of the documents in a small clone: `python -m benchmarks.commands FOLDER`.

The clone has some models of params.yaml, with random weights and an epoch each, on few drawn
radiographs; benchmarks get options that make them small. Each block of commands, and each command
in a sentence, starts from what is committed. What needs a network runs without one, and has to end
in one line. What is not run is parsed, and told with the reason. A table of all stands at the end.
"""

import json
import re
import shlex
import shutil
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic

from dvc.utils.hydra import apply_overrides
from ruamel.yaml import YAML
from tabulate import tabulate

from benchmarks.command_line import parser_of
from benchmarks.commands_clone import LAID_OUT, commit, go_back, make_clone, start
from benchmarks.commands_how import WRITTEN, at_small_size, reason_not_to_run, way_of
from benchmarks.edits_clone import ROOT
from benchmarks.machine import describe
from fracture.console import PipelineError
from fracture.params.whole import validate

TEXTS = sorted(file for file in (ROOT / "docs").iterdir() if file.suffix in (".md", ".ipynb"))
DOCUMENTS = ("README.md", "CONTRIBUTING.md", *(str(file.relative_to(ROOT)) for file in TEXTS))
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
IN_A_SENTENCE = re.compile(r"`([^`]+)`")
STARTS = re.compile(
    r"(?:[A-Z_0-9]+=(?:<[^>]*>|\S)+ )*"
    r"(?:python|make|dvc|git|source|pytest|pre-commit|mlflow|curl) "
)
COMMENT = re.compile(r"\s+# .*")

NAMES = {
    "mlflow models serve",
    "dvc exp run",
    "dvc exp run -q",
    "python -m stages",
    "python -m serving.predict",
    "python -m stages.train",
}
"""What sentences name and mean without arguments."""


@dataclass(frozen=True)
class Command:
    """A command of a document.

    Attributes:
        document: Its path.
        block: The number of its block in the document; a command in a sentence is one of its own.
        text: As a shell takes it, without the comment.
    """

    document: str
    block: int
    text: str


FIRST = Command("README.md", 0, "make repro")
"""Its results are committed: all others start from them."""


def commands() -> Iterator[Command]:
    """Yield the commands of all documents; those in sentences once, and not if a block has them."""
    found = [command for document in DOCUMENTS for command in commands_of(document)]
    yield from found
    seen = {command.text for command in found} | NAMES
    for document in DOCUMENTS:
        text = BLOCK.sub("", text_of(document))
        for number, match in enumerate(IN_A_SENTENCE.finditer(text)):
            command = " ".join(match[1].split())
            if STARTS.match(command) and command not in seen:
                seen.add(command)
                yield Command(document, -1 - number, command)


def text_of(document: str) -> str:
    """Return the text of a document; of a notebook that of the cells that are no code.

    Args:
        document: Its path, relative to the repository.
    """
    text = (ROOT / document).read_text(encoding="utf-8")
    if not document.endswith(".ipynb"):
        return text
    cells = [cell for cell in json.loads(text)["cells"] if cell["cell_type"] == "markdown"]
    return "\n".join("".join(cell["source"]) + "\n" for cell in cells)


def commands_of(document: str) -> Iterator[Command]:
    """Yield the commands of a document's blocks of code that name no language.

    Args:
        document: Its path, relative to the repository.
    """
    blocks = [block for language, block in BLOCK.findall(text_of(document)) if not language]
    for number, block in enumerate(blocks):
        for line in block.replace("\\\n", " ").splitlines():
            command = " ".join(COMMENT.sub("", line).split())
            if STARTS.match(f"{command} "):
                yield Command(document, number, command)


@dataclass(frozen=True)
class Outcome:
    """How a command ended.

    Attributes:
        command: Its text.
        ended: `ran`, `ran small`, `refused in one line`, `parsed: <reason>` or `FAILED: <fault>`.
        seconds: That it took.
    """

    command: str
    ended: str
    seconds: float


def main(folder: Path, fracatlas: Path | None, only: str) -> int:
    """Run the commands of all documents in a clone, print how each ended; return how many failed.

    Args:
        folder: For the clone; one that an earlier call has made keeps its results.
        fracatlas: FracAtlas, for the commands that read it; None: these are not run.
        only: The first command, and those that hold this regular expression.
    """
    began, last = monotonic(), ("", 0)
    make_clone(folder, fracatlas)
    outcomes = []
    for command in commands():
        if command != FIRST and not re.search(only, command.text):
            continue
        if last != (last := (command.document, command.block)) and command != FIRST:
            go_back(folder)
        since = monotonic()
        reason = reason_not_to_run(command.text, fracatlas is not None)
        ended = parsed(folder, command.text, reason) if reason else ran(folder, command.text)
        outcomes.append(Outcome(command.text, ended, monotonic() - since))
        print(f"{outcomes[-1].seconds:4.0f} s  {command.text}: {ended}", flush=True)
        if command == FIRST:
            start(folder, f"python -c {shlex.quote(LAID_OUT)}")
            commit(folder)
    print(f"\n{describe()}: {(monotonic() - began) / 60:.0f} min\n")
    rows = [
        [f"`{each.command}`".replace("|", r"\|"), each.ended, f"{each.seconds:.0f}"]
        for each in outcomes
    ]
    print(tabulate(rows, ["command", "ended", "seconds"], "pipe"))
    counts = Counter(each.ended.partition(":")[0] for each in outcomes)
    print("\n" + "; ".join(f"{count} {ended}" for ended, count in counts.most_common()))
    return counts["FAILED"]


def parsed(folder: Path, text: str, reason: str) -> str:
    """Return how a command that is not run ended.

    Args:
        folder: Of the clone.
        text: The command.
        reason: Why it is not run.
    """
    fault = parse(folder, text)
    return f"FAILED: {fault}" if fault else f"parsed: {reason}"


def parse(folder: Path, text: str) -> str:
    """Return what is wrong with a command, as far as one sees without running it; empty: nothing.

    A module and a command of DVC know `--help`, what `make` is asked for is made, and params.yaml
    with what `-S` sets is one that works.

    Args:
        folder: Of the clone.
        text: The command.
    """
    words = shlex.split(re.sub("<[^>]*>", "NAMED", text))
    words = [word for word in words if not re.match(r"[A-Z_0-9]+=", word)]
    if words[0] == "make":
        done = start(folder, f"make -n {words[1]}")
    elif words[0] == "python":
        done = start(folder, f"python -m {words[2]} --help")
    elif words[0] == "dvc":
        done = start(folder, f"dvc {' '.join(words[1 : 3 if words[1] == 'exp' else 2])} --help")
    else:
        done = start(folder, f"{words[0]} --help")
    if done.returncode:
        return (done.stderr.strip() or done.stdout.strip()).splitlines()[-1]
    return refused([words[place + 1] for place, word in enumerate(words) if word == "-S"])


def refused(settings: list[str]) -> str:
    """Return why params.yaml with other settings is refused; empty where it is not.

    Args:
        settings: What follows each `-S` of a command, such as `model=two_step`.
    """
    with TemporaryDirectory() as beside:
        path = Path(beside) / "params.yaml"
        shutil.copyfile(ROOT / "params.yaml", path)
        try:
            apply_overrides(path, settings)
            validate(YAML(typ="safe").load(path))
        except (PipelineError, ValueError) as error:
            return str(error)
    return ""


def ran(folder: Path, text: str) -> str:
    """Run a command and return how it ended; the last lines of one that failed are printed.

    Args:
        folder: Of the clone.
        text: The command.
    """
    small, how = at_small_size(text), way_of(text)
    done = start(folder, how.around(small), how.environment)
    fault = how.fault(done)
    written = " ".join(shlex.quote(f":!{name}") for name in WRITTEN)
    if dirty := start(folder, f"git status --short -- {written}").stdout:
        fault = f"git sees what it wrote: {' '.join(dirty.split())}"
    if fault:
        print("\n".join((done.stdout + done.stderr).strip().splitlines()[-12:]))
        return f"FAILED: {fault}"
    if how.begins:
        return "refused in one line"
    return "ran" if small == text else "ran small"


if __name__ == "__main__":
    parser = parser_of("commands", __doc__)
    parser.add_argument(
        "folder", type=Path, help="for the clone; one that is there is gone on with"
    )
    parser.add_argument("--fracatlas", type=Path, metavar="FOLDER", help="for what needs FracAtlas")
    parser.add_argument(
        "--only", default="", metavar="TEXT", help="the first, and those that hold this regex"
    )
    arguments = parser.parse_args()
    sys.exit(bool(main(arguments.folder, arguments.fracatlas, arguments.only)))
