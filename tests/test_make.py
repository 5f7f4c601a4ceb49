"""The Makefile says which model failed."""

import os
import shutil
import subprocess
from pathlib import Path

from tests.conftest import ROOT

DVC = """#!/bin/sh
echo "$@"
case "$*" in *train@two*) exit 137;; esac
"""


def test_models_ends_with_an_error_that_names_the_model_that_failed(tmp_path: Path) -> None:
    shutil.copy(ROOT / "Makefile", tmp_path)
    asked = tmp_path / "data/inputs/train"
    asked.mkdir(parents=True)
    for model in ("one", "two", "idle"):
        said = "no part of the run" if model == "idle" else "part of the run"
        (asked / f"{model}.txt").write_text(f"{said}\n")
    (tmp_path / "dvc").write_text(DVC)
    (tmp_path / "dvc").chmod(0o755)
    # `make test` hands its level and flags on: a make below it would tell which folder it enters.
    own = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    made = subprocess.run(
        ["make", "models", "RUN=./"],
        cwd=tmp_path,
        env=own,
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode != 0
    assert "error: failed, as told above: two - mend that, and make repro goes on" in made.stderr
    whole = "--wait-for-lock repro --single-item"
    assert sorted(made.stdout.splitlines()) == [
        f"audit: {whole} audit",
        f"augment: {whole} augment",
        f"build: {whole} build",
        f"one: {whole} train@one predict@one",
        "repro preprocess",
        f"two: {whole} train@two predict@two",
    ]
