"""A clone that was moved or copied, and a database that was damaged."""

import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

import pytest

from fracture.tracking.database import is_damaged, mend, relocate, was_beside
from fracture.tracking.location import Location
from stages.track import main
from tests.tracking.examples import runs

# MLflow uses what SQLAlchemy deprecates.
pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SADeprecationWarning")

ODD = "50% #1 ä'b"


def folder(run: Any) -> Path:
    return Path(url2pathname(urlsplit(run.info.artifact_uri).path))


@pytest.mark.parametrize("moved", [True, False], ids=["moved", "copied"])
@pytest.mark.usefixtures("database")
def test_artifacts_follow_a_clone(
    moved: bool, pipeline: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    main()
    there = pipeline.parent / ODD
    if moved:
        pipeline.rename(there)
    else:
        shutil.copytree(pipeline, there, copy_function=shutil.copy2)
    monkeypatch.chdir(there)
    capsys.readouterr()
    main()
    assert capsys.readouterr().out.startswith("0 of 3 runs are new")
    assert pipeline.exists() != moved
    for run in runs(f"sqlite:///{there}/mlflow.db").values():
        assert folder(run).is_relative_to(there / "mlartifacts")
        assert list(folder(run).iterdir())


@pytest.mark.usefixtures("database")
def test_a_database_that_was_copied_without_artifacts_gets_them_again(
    pipeline: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    main()
    before = {file: file.stat().st_mtime_ns for file in (pipeline / "mlartifacts").rglob("*")}
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{tmp_path}/other.db")
    shutil.copy(pipeline / "mlflow.db", tmp_path / "other.db")
    main()
    found = runs(f"sqlite:///{tmp_path}/other.db").values()
    assert [folder(run).is_relative_to(tmp_path / "mlartifacts") for run in found] == [True] * 3
    assert before == {file: file.stat().st_mtime_ns for file in before}


@pytest.mark.usefixtures("pipeline")
def test_a_clone_may_have_any_name(
    pipeline: Path, empty_database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Once in all tests: with a question mark MLflow gets a relative path, by which it remembers
    # a database for as long as the process lives.
    there = pipeline.parent / f"{ODD}?"
    pipeline.rename(there)
    monkeypatch.chdir(there)
    shutil.copy(empty_database, there / "mlflow.db")
    main()
    with closing(sqlite3.connect("mlflow.db")) as connection:
        found = connection.execute("SELECT artifact_uri FROM runs").fetchall()
    assert len(found) == 3
    for (uri,) in found:
        assert list(Path(url2pathname(urlsplit(uri).path)).iterdir())
    assert sorted(path.name for path in pipeline.parent.iterdir()) == [there.name]


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("file:///before/mlartifacts", True),
        ("/before/mlartifacts", True),
        ("file:///now/mlartifacts", False),
        ("file:///before/elsewhere", False),
        ("s3://bucket/mlartifacts", False),
        ("mlflow-artifacts:/mlartifacts", False),
    ],
)
def test_only_what_lay_beside_the_database_follows_it(address: str, expected: bool) -> None:
    assert was_beside(address, "file:///now/mlartifacts") is expected


def test_addresses_change_by_whole_names(tmp_path: Path) -> None:
    before, now = "file:///a/mlartifacts", "file:///b%20c/mlartifacts"
    addresses = [f"{before}/1/artifacts", f"{before}2/1", "s3://x"]
    with closing(sqlite3.connect(tmp_path / "x.db")) as connection:
        connection.execute("CREATE TABLE experiments (artifact_location)")
        connection.execute("CREATE TABLE runs (artifact_uri)")
        connection.execute("CREATE TABLE logged_models (artifact_location)")
        connection.execute("CREATE TABLE model_versions (storage_location)")
        connection.execute("INSERT INTO experiments VALUES (?)", [before])
        connection.executemany("INSERT INTO runs VALUES (?)", [[each] for each in addresses])
        relocate(connection, now)
        experiments = connection.execute("SELECT * FROM experiments").fetchall()
        found = connection.execute("SELECT * FROM runs").fetchall()
    assert experiments == [(now,)]
    assert found == [(f"{now}/1/artifacts",), *((each,) for each in addresses[1:])]


def cut(file: Path) -> None:
    os.truncate(file, file.stat().st_size // 2)


def overwrite(file: Path) -> None:
    content = bytearray(file.read_bytes())
    middle = len(content) // 2 // 4096 * 4096
    content[middle : middle + 4 * 4096] = bytes(range(256)) * 64
    file.write_bytes(content)


def replace(file: Path) -> None:
    file.write_text("junk " * 1000)


@pytest.mark.parametrize("damage", [cut, overwrite, replace])
def test_a_damaged_database_is_set_aside(
    damage: Callable[[Path], None],
    empty_database: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    file = tmp_path / "mlflow.db"
    shutil.copy(empty_database, file)
    (tmp_path / "mlflow.db-journal").write_text("")
    assert not is_damaged(file)
    damage(file)
    before = file.read_bytes()
    assert is_damaged(file)
    mend(Location.find({"DVC_ROOT": str(tmp_path)}))
    aside, journal = sorted(tmp_path.iterdir())
    assert aside.name.startswith("mlflow.db.damaged-")
    assert journal.name == f"{aside.name}-journal"
    assert aside.read_bytes() == before
    assert f"mlflow.db is damaged and was moved to {aside}" in capsys.readouterr().err


def test_a_file_that_the_user_names_is_not_moved(tmp_path: Path) -> None:
    file = tmp_path / "params.yaml"
    replace(file)
    location = Location.find(
        {"DVC_ROOT": str(tmp_path), "MLFLOW_TRACKING_URI": f"sqlite:///{file}"}
    )
    with pytest.raises(sqlite3.DatabaseError, match="file is not a database"):
        mend(location)
    assert list(tmp_path.iterdir()) == [file]
