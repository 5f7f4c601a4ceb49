"""The clone that is disturbed: one tiny model on drawn radiographs."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from benchmarks.edits_clone import copy_tree, edit_parameters

OWN = ("data/resume/", "data/features/", "data/digests.json")
"""What a stage keeps for itself; no result."""
SECONDS = 600
LITTLE: dict[str, Any] = {
    "model": "one",
    "models": {
        "one": {
            "backbone": "deepconvnet",
            "target": "fractured",
            "variant": "plain",
            "learning_rate": "recipe",
            "weights": None,
            "head": {"normalize": False},
            "frozen": {"epochs": 0},
            "finetune": {"epochs": 40, "unfreeze": 1.0},
        }
    },
    "systems": {},
    "variants": {"plain": {"steps": []}},
    "run": ["one"],
    "datasets.synthetic.patients": 60,
    "recipes.demo.builds": [],
    "recipes.demo.preprocess.size": 48,
    "evaluate.draws": 100,
}
"""Changes of params.yaml that leave seconds of work: one small model, few radiographs."""


@dataclass(frozen=True)
class Clone:
    """A clone of the working tree.

    Attributes:
        folder: Where it lies.
        user: The number of the user who owns it and runs its commands; 0 is root.
    """

    folder: Path
    user: int = 0

    @classmethod
    def make(cls, folder: Path, user: int = 0) -> "Clone":
        """Copy the working tree, without its results, and give it little to do.

        Args:
            folder: Is made.
            user: As the attribute.
        """
        copy_tree(folder)
        subprocess.run(["git", "init", "-q"], cwd=folder, check=True)  # noqa: S607
        edit_parameters(folder, LITTLE)
        clone = cls(folder, user)
        clone.hand_over()
        return clone

    def hand_over(self) -> None:
        """Make all of it the user's: root has written into it."""
        for path in [self.folder, *self.folder.rglob("*")]:
            with suppress(FileNotFoundError):  # removed by a stage that ends
                os.chown(path, self.user, self.user, follow_symlinks=False)

    def path(self, name: str) -> Path:
        """Return a path within the clone."""
        return self.folder / name

    def start(self, *command: str) -> "subprocess.Popen[str]":
        """Start a command of the user in the clone, in a process group of its own."""
        scripts = Path(sys.executable).parent
        environment = os.environ | {"PATH": f"{scripts}:{os.environ['PATH']}"}
        environment.pop("MLFLOW_TRACKING_URI", None)
        change_user: list[str] = []
        if self.user:
            number = str(self.user)
            change_user = ["setpriv", "--reuid", number, "--regid", number, "--clear-groups"]
            environment["HOME"] = str(self.folder)
        return subprocess.Popen(  # noqa: S603 - our own commands
            [*change_user, *command], cwd=self.folder, env=environment, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip

    def run(self, *command: str) -> tuple[int, str]:
        """Run a command to its end; return its exit status and what it said."""
        process = self.start(*command)
        said, _ = process.communicate(timeout=SECONDS)
        return process.returncode, said

    def lock(self) -> dict[str, Any]:
        """Return the stages of dvc.lock."""
        stages: dict[str, Any] = YAML(typ="safe").load(self.path("dvc.lock"))["stages"]
        return stages

    def object(self, md5: str) -> Path:
        """Return a file of DVC's cache."""
        return self.path(".dvc/cache/files/md5") / md5[:2] / md5[2:]

    def md5(self, output: str) -> str:
        """Return the MD5 that dvc.lock gives for an output, or for a file in one."""
        for out in (out for stage in self.lock().values() for out in stage.get("outs", [])):
            if out["path"] == output:
                return str(out["md5"])
            if output.startswith(f"{out['path']}/"):
                for entry in json.loads(self.object(out["md5"]).read_text()):
                    if f"{out['path']}/{entry['relpath']}" == output:
                        return str(entry["md5"])
        raise KeyError(output)

    def forget(self, stage: str) -> None:
        """Remove what a stage left, in the cache as well: it has to run again."""
        shutil.rmtree(self.path(".dvc/cache/runs"), ignore_errors=True)
        for out in self.lock()[stage].get("outs", []):
            kept = self.object(out["md5"])
            if out["md5"].endswith(".dir") and kept.is_file():
                for entry in json.loads(kept.read_text()):
                    self.object(entry["md5"]).unlink(missing_ok=True)
            kept.unlink(missing_ok=True)
        self.remove_results(stage)

    def remove_results(self, stage: str) -> None:
        """Remove what a stage left."""
        for out in self.lock()[stage].get("outs", []):
            if self.path(out["path"]).is_dir():
                shutil.rmtree(self.path(out["path"]))
            else:
                self.path(out["path"]).unlink(missing_ok=True)

    def stage_process(self, stage: str) -> int:
        """Wait until a stage runs; return its process."""
        end = time.monotonic() + SECONDS
        while not (found := self.running(stage)):
            if time.monotonic() > end:
                raise TimeoutError(stage)
            time.sleep(0.02)
        return found[0]

    def running(self, stage: str = "") -> list[int]:
        """Return the processes of a stage of this clone, or of any."""
        mark = f"DVC_STAGE={stage}\0" if stage else "DVC_STAGE="
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            try:
                started = mark.encode() in (process / "environ").read_bytes()
                if started and (process / "cwd").resolve() == self.folder:
                    found.append(int(process.name))
            except OSError:  # it has just ended
                continue
        return found

    def digests(self) -> dict[str, str]:
        """Return the SHA-256 of each result by its path."""
        found = {}
        for folder in ("data", "metrics", "plots"):
            for path in sorted(self.path(folder).rglob("*")):
                name = path.relative_to(self.folder).as_posix()
                if path.is_file() and not name.startswith(OWN) and "/.new-" not in name:
                    found[name] = hashlib.sha256(path.read_bytes()).hexdigest()
        return found
