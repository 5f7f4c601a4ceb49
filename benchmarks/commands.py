"""Run each command of the documents in a small clone: `python -m benchmarks.commands FOLDER`.

The clone has the models of params.yaml, with random weights and an epoch each, on few drawn
radiographs. Each block of commands, and each command in a sentence, starts from what is committed.
Those that need a network run without one, and have to end in one line. What is not run is parsed,
and told with the reason. The end counts what went well, and names what failed.
"""

import json
import re
import shlex
import shutil
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic

from dvc.utils.hydra import apply_overrides
from ruamel.yaml import YAML

from benchmarks.commands_clone import LAID_OUT, commit, make_clone, start
from benchmarks.edits_clone import ROOT
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
    "python -m stages.train",
}
"""What sentences name and mean without arguments."""
NOT_RUN = {
    r"make (test|lint)|\bpytest\b": "linters and tests, minutes",
    r"benchmarks\.": "a benchmark: hours, or a quiet machine",
    r"EXTRAS=": "a GPU",
    r"JOB_ADDRESSES=": "several machines",
    r"-S run=r\d": "ImageNet weights, from a network",
    r"\bdvc gc\b": "asks its user first",
    r"install\.sh|\bdocker\b": "another environment: minutes, or Docker",
    r"^curl ": "asks a service that runs: tests/serving/app does",
}
"""Why a command that holds this is not run."""
FRACATLAS = {r"dataset=fracatlas|data/raw/FracAtlas": "FracAtlas: give it with --fracatlas"}
"""The same, where its folder is not given."""
PLACES = {
    "<folder of the radiographs>": "data/raw/FracAtlas",
    "<folder with Keras' MobileNetV2 weights>": "~/.keras",
}
"""What the documents' words stand for in the clone, whose networks have random weights."""
REFUSED = dict.fromkeys(
    [r"tools\.download", r"registry rollback", r"serving\.corrections"], "error: "
)
"""What has to end in one line, and how that begins: without a network, a version, a correction."""
WRITTEN = ("params.yaml", "dvc.lock", "metrics", "plots", "predictions.csv", "paper", "answers")
"""What commands may change of what git sees."""
SERVES = r"make (mlflow|app)|mlflow models serve"
"""What runs until it is stopped."""
NOWHERE = dict.fromkeys(
    ["HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"], "http://[::1]:9"
)


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

    def reason(self, fracatlas: bool = False) -> str:
        """Return why it is not run; empty where it is.

        Args:
            fracatlas: Whether the clone has radiographs of FracAtlas.
        """
        reasons = NOT_RUN if fracatlas else NOT_RUN | FRACATLAS
        return next((why for what, why in reasons.items() if re.search(what, self.text)), "")


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


def main(folder: Path, fracatlas: Path | None, only: str) -> int:
    """Run the commands of all documents in a clone; return how many failed.

    Args:
        folder: For the clone; one that an earlier call has made keeps its results.
        fracatlas: FracAtlas, for the commands that read it; None: these are not run.
        only: The first command, and those that hold this regular expression.
    """
    make_clone(folder, fracatlas)
    outcome: dict[str, list[str]] = {"ok": [], "failed": [], "not run": []}
    last = ("", 0)
    for command in commands():
        if command != FIRST and not re.search(only, command.text):
            continue
        if reason := command.reason(fracatlas is not None):
            fault = parse(folder, command.text)
            line = f"{command.text}: {reason}; " + (fault or "parsed")
            outcome["failed" if fault else "not run"].append(line)
            print(f"{'FAILED ' if fault else 'not run'}  {line}", flush=True)
            continue
        if last != (last := (command.document, command.block)) and (folder / "dvc.lock").exists():
            start(folder, "git reset -q && git checkout -q . && dvc checkout -q")
        outcome["failed" if told(folder, command) else "ok"].append(command.text)
        if command == FIRST:
            start(folder, f"python -c {shlex.quote(LAID_OUT)}")
            commit(folder)
    print("; ".join(f"{len(each)} {name}" for name, each in outcome.items()))
    print("\n".join(f"failed: {each}" for each in outcome["failed"]))
    return len(outcome["failed"])


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


def told(folder: Path, command: Command) -> bool:
    """Run a command, print how it ended, and return whether it failed.

    Args:
        folder: Of the clone.
        command: To be run.
    """
    began = monotonic()
    text = command.text
    for words, place in PLACES.items():
        text = text.replace(words, place)
    line = next((begins for what, begins in REFUSED.items() if re.search(what, text)), "")
    serves = re.search(SERVES, text)
    done = start(folder, f"timeout 60 {text}" if serves else text, NOWHERE if line else None)
    if line:
        said = done.stderr.strip().splitlines()
        clear = said and said[-1].startswith(line) and "Traceback" not in done.stderr
        failed = done.returncode != 1 or not clear
    elif serves:
        failed = done.returncode != 124  # noqa: PLR2004 - stopped by `timeout`
    else:
        failed = done.returncode != 0
    written = " ".join(shlex.quote(f":!{name}") for name in WRITTEN)
    dirty = start(folder, f"git status --short -- {written}")
    failed |= bool(dirty.stdout)
    print(f"{'FAILED ' if failed else 'ok     '}  {command.text}: {monotonic() - began:.0f} s")
    if failed or line:
        print("\n".join((dirty.stdout + done.stdout + done.stderr).strip().splitlines()[-12:]))
    sys.stdout.flush()
    return failed


if __name__ == "__main__":
    parser = ArgumentParser("python -m benchmarks.commands", description=__doc__)
    parser.add_argument(
        "folder", type=Path, help="for the clone; one that is there is gone on with"
    )
    parser.add_argument("--fracatlas", type=Path, metavar="FOLDER", help="for what needs FracAtlas")
    parser.add_argument(
        "--only", default="", metavar="TEXT", help="the first, and those that hold this regex"
    )
    arguments = parser.parse_args()
    sys.exit(bool(main(arguments.folder, arguments.fracatlas, arguments.only)))
