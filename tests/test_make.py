"""The Makefile says which model failed."""

import os
import shutil
import subprocess
from pathlib import Path

from tests.conftest import ROOT

DVC = r"""#!/bin/sh
echo "$@"
case "$*" in *train@two*) exit 137;; esac
cat <<'END'
Stage 'gate' didn't change, skipping
> python -m stages

Updating lock file 'dvc.lock'

Use `dvc push` to send your updates to remote storage.
END
test "$*" != repro || {
  printf '%s\n' "Running stage 'train@idle':" '' '' "Running stage 'report':" failed
  exit 3
}
"""


def make(folder: Path, target: str) -> subprocess.CompletedProcess[str]:
    """Make a target with a DVC that says what it was asked for."""
    shutil.copy(ROOT / "Makefile", folder)
    (folder / "dvc").write_text(DVC)
    (folder / "dvc").chmod(0o755)
    # `make test` hands its level and flags on: a make below it would tell which folder it enters.
    own = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    return subprocess.run(
        ["make", target, "RUN=./"],
        cwd=folder,
        env=own,
        capture_output=True,
        text=True,
        check=False,
    )


def test_what_dvc_says_of_itself_is_left_out_and_its_exit_status_is_kept(tmp_path: Path) -> None:
    made = make(tmp_path, "rest")
    assert made.stdout.splitlines() == ["repro", "", "Running stage 'report':", "failed"]
    assert made.returncode != 0


def test_models_ends_with_an_error_that_names_the_model_that_failed(tmp_path: Path) -> None:
    asked = tmp_path / "data/inputs/train"
    asked.mkdir(parents=True)
    for model in ("one", "two", "idle"):
        said = "no part of the run" if model == "idle" else "part of the run"
        (asked / f"{model}.txt").write_text(f"{said}\n")
    made = make(tmp_path, "models")
    assert made.returncode != 0
    assert "error: failed, as told above: two - mend that, and make repro goes on" in made.stderr
    whole = "--wait-for-lock repro --single-item"
    assert sorted(made.stdout.splitlines()) == [
        "",  # of the two behind `preprocess`
        f"audit: {whole} audit",
        f"augment: {whole} augment",
        f"build: {whole} build",
        f"one: {whole} train@one predict@one",
        "repro preprocess",
        f"two: {whole} train@two predict@two",
    ]
