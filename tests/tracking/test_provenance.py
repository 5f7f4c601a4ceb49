import subprocess
from pathlib import Path

import pytest

from fracture.tracking.provenance import common_tags, locked_stages, stage_tags

LOCK = """\
schema: '2.0'
stages:
  train@first: {cmd: python -m stages.train first, outs: [{path: data/models/first, md5: aa}]}
  predict@first: {cmd: python -m stages.predict first, outs: [{path: x, md5: bb}]}
  compose: {cmd: python -m stages.compose, outs: [{path: data/compositions, md5: ff}]}
  evaluate: {cmd: python -m stages.evaluate, outs: [{path: w, md5: gg}]}
  train@second: {cmd: python -m stages.train second, outs: [{path: z, md5: dd}]}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def git(*arguments: str) -> str:
    identity = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
    command = ["git", *identity, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def test_the_revision_is_told_and_whether_the_code_was_changed_since(folder: Path) -> None:
    code = folder / "stages" / "code.py"
    code.parent.mkdir()
    code.write_text("x = 1\n")
    git("init", "--quiet")
    git("add", "--all")
    git("commit", "--quiet", "--message", "one")
    assert common_tags({})["git_dirty"] == "false"
    (folder / "params.yaml").write_text("seed: 1\n")
    assert common_tags({})["git_dirty"] == "true"
    # What an experiment sets is told by its name.
    tags = common_tags({"DVC_EXP_NAME": "sunny-axe"})
    assert tags["git_revision"] == tags["mlflow.source.git.commit"] == git("rev-parse", "HEAD")
    assert tags["git_dirty"] == "false"
    assert tags["dvc_experiment"] == "sunny-axe"
    code.write_text("x = 2\n")
    assert common_tags({"DVC_EXP_NAME": "sunny-axe"})["git_dirty"] == "true"


@pytest.mark.usefixtures("folder")
def test_what_cannot_be_found_out_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    assert common_tags({}) == {}  # no repository
    monkeypatch.setenv("PATH", "")
    assert common_tags({}) == {}  # no git
    assert locked_stages() == {}


def test_the_hash_of_the_stages_follows_dvc_lock(folder: Path) -> None:
    lock = folder / "dvc.lock"
    lock.write_text(LOCK)
    tags = stage_tags(locked_stages(), "model", "first")
    assert list(tags) == ["dvc_stages"]
    assert len(tags["dvc_stages"]) == 32
    assert stage_tags(locked_stages(), "model", "second") == {}  # does not predict yet
    lock.write_text(LOCK.replace("dd", "ee"))
    assert stage_tags(locked_stages(), "model", "first") == tags
    lock.write_text(LOCK.replace("bb", "ee"))
    assert stage_tags(locked_stages(), "model", "first") != tags


def test_the_hash_of_a_composition_is_of_the_stages_of_all(folder: Path) -> None:
    lock = folder / "dvc.lock"
    lock.write_text(LOCK)
    tags = stage_tags(locked_stages(), "mean", "both")
    assert list(tags) == ["dvc_stages"]
    assert stage_tags(locked_stages(), "route", "other") == tags
    assert stage_tags(locked_stages(), "networks", "second") == {}
    assert stage_tags(locked_stages(), "comparison", "both") == {}
    lock.write_text(LOCK.replace("ff", "ee"))
    assert stage_tags(locked_stages(), "mean", "both") != tags
