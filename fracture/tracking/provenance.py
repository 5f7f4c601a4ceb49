"""Where a result comes from: the revision, the DVC stages and the experiment."""

import hashlib
import json
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from fracture.tracking.record import STATE

LOCK = Path("dvc.lock")
STAGES = {
    "model": ("train@{0}", "predict@{0}", "compose", "evaluate"),
    "networks": ("train@{0}", "predict@{0}"),
    "mean": ("compose", "evaluate"),
    "route": ("compose", "evaluate"),
}
"""Names of the stages that make what a run of a system holds, by the run's kind."""
ALWAYS = {"inputs", "track"}
"""Stages that always run: they decide no result."""
CODE = ("fracture", "stages", "dvc.yaml", "uv.lock")


def common_tags(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the tags that all runs share; what cannot be found out is left out."""
    tags = {}
    if revision := git("rev-parse", "HEAD"):
        tags["mlflow.source.git.commit"] = tags["git_revision"] = revision
        # What an experiment sets is told by its name.
        settings = () if environment.get("DVC_EXP_NAME") else ("params.yaml",)
        changed = git("status", "--porcelain", "--", *CODE, *settings)
        tags["git_dirty"] = str(bool(changed)).lower()
    if experiment := environment.get("DVC_EXP_NAME"):
        tags["dvc_experiment"] = experiment
    return tags


def git(*arguments: str) -> str | None:
    """Return what a git command prints; None without git or outside a repository."""
    command = shutil.which("git")
    if command is None:
        return None
    finished = subprocess.run(  # noqa: S603 - all arguments are this module's own
        [command, *arguments], capture_output=True, text=True, check=False
    )
    return finished.stdout.strip() if finished.returncode == 0 else None


def locked_stages() -> dict[str, Any]:
    """Return the stages of dvc.lock, none where it is absent.

    While DVC runs, dvc.lock already holds all stages that came before.
    """
    if not LOCK.is_file():
        return {}
    stages: dict[str, Any] = YAML(typ="safe").load(LOCK).get("stages", {})
    return stages


def stage_tags(locked: dict[str, Any], kind: str, name: str) -> dict[str, str]:
    """Return a tag with the hash of the stages behind a run; none if dvc.lock lacks one of them.

    Behind the state of the pipeline are all stages.

    The hash covers the commands, dependencies, parameters and outputs of the stages, 32 hexadecimal
    digits.

    Args:
        locked: The stages of dvc.lock.
        kind: A key of `STAGES`, or another.
        name: Of the model, where the kind has one.
    """
    stages = (
        sorted(locked.keys() - ALWAYS)
        if kind == STATE
        else [stage.format(name) for stage in STAGES.get(kind, ())]
    )
    entries = [locked.get(stage) for stage in stages]
    if not entries or not all(entries):
        return {}
    text = json.dumps(entries, sort_keys=True)
    return {"dvc_stages": hashlib.sha256(text.encode()).hexdigest()[:32]}
