"""Run each command of the documents in a small clone: `python -m benchmarks.commands FOLDER`.

The clone has the models of params.yaml, with random weights and an epoch each, on few drawn
radiographs. Each block of commands starts from what is committed. Those that need a network run
without one, and have to end in one line. What is not run is printed with the reason.
"""

import os
import re
import shlex
import subprocess
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from ruamel.yaml import YAML

from benchmarks.edits_clone import ROOT, copy_tree, edit_parameters

DOCUMENTS = ("README.md", "CONTRIBUTING.md", "docs/results.md", "docs/experiments.md")
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
STARTS = re.compile(
    r"(?:[A-Z_0-9]+=(?:<[^>]*>|\S)+ )*(?:python|make|dvc|git|source|pytest|pre-commit) "
)
COMMENT = re.compile(r"\s+# .*")

NOT_RUN = {
    r"make test": "runs the tests, minutes",
    r"<": "names a folder or a host of its user",
    r"benchmarks\.": "real radiographs, and hours",
    r"dataset=fracatlas": "real radiographs",
}
"""Why a command that holds this is not run."""
OFFLINE = {r"tools\.download": "error: "}
"""What needs a network, and how the line begins in which it ends without one."""
WRITTEN = ("':!params.yaml'", "':!dvc.lock'", "':!metrics'", "':!plots'", "':!predictions.csv'")
"""What commands may change of what git sees, as it excludes paths."""
SERVES = r"make mlflow"
"""What runs until it is stopped."""
NOWHERE = dict.fromkeys(
    ["HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"], "http://[::1]:9"
)
SMALL = {
    "train.weights": None,
    "datasets.synthetic.patients": 60,
    "recipes.demo.run": ["efficientnet_lite0", "bone_type", "specialists", "two_step"],
    "recipes.demo.builds": [],
    "recipes.demo.preprocess.size": 80,
    "train.frozen": {"epochs": 1, "views": 1, "patience": 0},
    "train.finetune.epochs": 1,
    "targets.body_part.least": 2,
    "models.specialists.per.body_part": 2,
    "evaluate.draws": 100,
}
KEPT = {
    "models": ["efficientnet_lite0", "mobilenet_v2", "bone_type", "specialists"],
    "systems": ["two_step"],
    "variants": ["plain"],
    "runs": [],
}
"""What the documents name of these tables; DVC has two stages for each model."""
LAID_OUT = """
import shutil
from pathlib import Path
from fracture.artifacts import manifest
for radiograph in manifest.read():
    source = Path("data/raw/synthetic", radiograph.path)
    to = Path("FOLDER", "fractured" if radiograph.fractured else "normal", source.name)
    to.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(source, to)
    shutil.copy(source, "knee.png")
Path("folder").mkdir(exist_ok=True)
shutil.copy("knee.png", "folder")
"""
"""Lays out what the documents' names stand for, once there are radiographs."""


@dataclass(frozen=True)
class Command:
    """A command of a document.

    Attributes:
        document: Its path.
        block: The number of its block in the document.
        text: As a shell takes it, without the comment.
    """

    document: str
    block: int
    text: str

    @property
    def reason(self) -> str:
        """Why it is not run; empty where it is."""
        return next((why for what, why in NOT_RUN.items() if re.search(what, self.text)), "")


def commands_of(document: str) -> Iterator[Command]:
    """Yield the commands of a document's blocks of code that name no language.

    Args:
        document: Its path, relative to the repository.
    """
    text = (ROOT / document).read_text(encoding="utf-8")
    blocks = [block for language, block in BLOCK.findall(text) if not language]
    for number, block in enumerate(blocks):
        for line in block.replace("\\\n", " ").splitlines():
            command = " ".join(COMMENT.sub("", line).split())
            if STARTS.match(f"{command} "):
                yield Command(document, number, command)


def main(folder: Path) -> int:
    """Run the commands of all documents in a new clone; return how many failed.

    Args:
        folder: For the clone; not there yet.
    """
    folder.mkdir(parents=True)
    copy_tree(folder)
    parameters = YAML(typ="safe").load(folder / "params.yaml")
    few = {table: {key: parameters[table][key] for key in keys} for table, keys in KEPT.items()}
    edit_parameters(folder, few | SMALL)
    (folder / ".venv").symlink_to(Path(sys.prefix))
    for name in ("uv.lock", "pyproject.toml"):
        os.utime(folder / name, (0, 0))  # the environment is there: `make env` has nothing to do
    commit(folder)
    failed, last = 0, ("", -1)
    for command in (each for document in DOCUMENTS for each in commands_of(document)):
        if command.reason:
            print(f"not run  {command.text}: {command.reason}", flush=True)
            continue
        if last != (last := (command.document, command.block)) and (folder / "dvc.lock").exists():
            start(folder, "git checkout -q . && dvc checkout -q")
        failed += told(folder, command)
        if not (folder / "FOLDER").exists() and (folder / "data/split.csv").exists():
            start(folder, f"python -c {shlex.quote(LAID_OUT)}")
            commit(folder)
    print(f"{failed} commands failed")
    return failed


def told(folder: Path, command: Command) -> bool:
    """Run a command, print how it ended, and return whether it failed.

    Args:
        folder: Of the clone.
        command: To be run.
    """
    began = monotonic()
    line = next((start for what, start in OFFLINE.items() if re.search(what, command.text)), "")
    serves = re.search(SERVES, command.text)
    done = start(folder, f"timeout 60 {command.text}" if serves else command.text, bool(line))
    if line:
        said = done.stderr.strip().splitlines()
        clear = said and said[-1].startswith(line) and "Traceback" not in done.stderr
        failed = done.returncode != 1 or not clear
    elif serves:
        failed = done.returncode != 124  # noqa: PLR2004 - stopped by `timeout`
    else:
        failed = done.returncode != 0
    dirty = start(folder, f"git status --short -- {' '.join(WRITTEN)}")
    failed |= bool(dirty.stdout)
    print(f"{'FAILED ' if failed else 'ok     '}  {command.text}: {monotonic() - began:.0f} s")
    if failed or line:
        print("\n".join((dirty.stdout + done.stdout + done.stderr).strip().splitlines()[-12:]))
    sys.stdout.flush()
    return failed


def start(folder: Path, text: str, offline: bool = False) -> subprocess.CompletedProcess[str]:
    """Run a command of a shell in the clone, in its environment.

    Args:
        folder: Of the clone.
        text: The command.
        offline: Whether it runs without a network.
    """
    path = {"PATH": f"{folder.resolve() / '.venv/bin'}:{os.environ['PATH']}"}
    environment = os.environ | path | (NOWHERE if offline else {})
    return subprocess.run(  # noqa: S603
        ["bash", "-c", text],  # noqa: S607
        cwd=folder, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip


def commit(folder: Path) -> None:
    """Commit all that there is."""
    who = "-c user.name=benchmark -c user.email=benchmark@example.org"
    start(folder, "git init -q && echo /.venv >> .git/info/exclude")
    start(folder, f"git add -A && git {who} commit -qm .")


if __name__ == "__main__":
    parser = ArgumentParser("python -m benchmarks.commands", description=__doc__)
    parser.add_argument("folder", type=Path, help="for the clone; not there yet")
    sys.exit(bool(main(parser.parse_args().folder)))
