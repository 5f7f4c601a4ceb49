"""No person, study or exposure on two sides of a split, and every file accounted for.

Some dozens of data sets here; 2,000, which take about half an hour on two cores:

    FUZZ=2000 pytest tests/fuzz
"""

import csv
import os
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import chdir
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from fracture.console import PipelineError
from stages import gate, ingest, split
from tests.fuzz import checker
from tests.fuzz.layouts import LAYOUTS, ODD, SHOTS, Shot, write_odd

DATA_SETS = int(os.environ.get("FUZZ", "48"))
READ = {"table": {"labels.csv"}, "dicom": {"labels.csv"}, "grazpedwri": {"dataset.csv"},
        "fracatlas": {"dataset.csv"}}  # fmt: skip
"""Tables that a reader reads besides the images."""
OUTCOMES: Counter[str] = Counter()


@pytest.fixture(scope="module", autouse=True)
def _most_are_split() -> Iterator[None]:
    """Require that the run says something: a refusal of every data set would pass each test."""
    yield
    print(f"\n{dict(OUTCOMES)}")
    assert OUTCOMES["split"] > OUTCOMES.total() / 3


@pytest.mark.usefixtures("private_salt")
@pytest.mark.parametrize("dataset", LAYOUTS)
@given(shots=SHOTS, odd=ODD, private=st.booleans(), shipped=st.booleans())
@settings(
    max_examples=max(1, DATA_SETS // len(LAYOUTS)), deadline=None, database=None,
    derandomize=DATA_SETS < 100, print_blob=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow,
                           HealthCheck.data_too_large],
)  # fmt: skip
def test_nobody_stands_on_two_sides(
    parameters: dict[str, Any],
    dataset: str,
    shots: list[Shot],
    odd: set[str],
    private: bool,
    shipped: bool,
) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        root = folder / "raw"
        root.mkdir()
        LAYOUTS[dataset](root, shots)
        write_odd(root, odd, folder)
        (folder / "work").mkdir()
        with chdir(folder / "work"):
            outcome = run(parameters, dataset, root, private, shipped)
            OUTCOMES[outcome] += 1
            if outcome != "refused by ingest":
                assert not_accounted_for(root, dataset) == []
            if outcome == "split":
                assert apart(root, dataset) == []


def run(parameters: dict[str, Any], dataset: str, root: Path, private: bool, shipped: bool) -> str:
    """Run the first stages as a user would; return how far they came."""
    section = parameters["datasets"][dataset] | {"root": str(root)}
    if dataset == "table":
        columns = section["columns"] | {"patient": "patient", "study": "study"}
        section |= {"columns": columns, "private": private}
    kept = {
        "dataset": dataset,
        "datasets": {dataset: section},
        "data_seed": 0,
        "ingest": parameters["ingest"],
        "split": parameters["split"]
        | {"shipped": ["mura"] if shipped else [], "validation": 0.25, "test": 0.25,
           "on_miss": "report"},
        "gate": {"on_leak": "fail"},
    }  # fmt: skip
    with Path("params.yaml").open("w", encoding="utf-8") as file:
        YAML().dump(kept, file)
    for stage, refused in ((ingest, "refused by ingest"), (split, "refused by split"),
                           (gate, "refused by gate")):  # fmt: skip
        try:
            stage.main()
        except PipelineError:
            return refused
    return "split"


def rows_of(source: str) -> list[dict[str, str]]:
    with Path(source).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def not_accounted_for(root: Path, dataset: str) -> list[str]:
    """Return paths and ids that are not once a radiograph, left out, or a table that was read.

    Where a file may tell whose it is, its path is not written down: so many may be unnamed.
    """
    left_out = rows_of("data/left_out.csv")
    rows = rows_of("data/manifest.csv") + left_out
    named = Counter(row["path"] for row in rows if row["path"])
    twice = [path for path, count in named.items() if count > 1]
    twice += [name for name, count in Counter(row["id"] for row in rows).items() if count > 1]
    unreasoned = [row["id"] for row in left_out if not row["reason"]]
    unnamed = [
        path
        for path in checker.every_file(root)
        if path not in named
        and path not in READ.get(dataset, ())
        and not any(parent.as_posix() in named for parent in Path(path).parents)
    ]
    hidden = sum(not row["path"] for row in rows)
    return [*twice, *unreasoned, *(unnamed if len(unnamed) > hidden else [])]


def apart(root: Path, dataset: str) -> list[object]:
    """Return what two parts share, by the independent checker, and parts that are none."""
    path_of = {row["id"]: row["path"] for row in rows_of("data/manifest.csv")}
    part_of = {path_of[row["id"]]: row["part"] for row in rows_of("data/split.csv")}
    members: dict[checker.Key, set[str]] = defaultdict(set)
    for path, ties in checker.keys(root, dataset).items():
        for tie in ties:
            members[tie].add(path)
    shared: list[object] = [
        (tie, sorted(paths))
        for tie, paths in members.items()
        if len({part_of[path] for path in paths if path in part_of}) > 1
    ]
    shared += sorted(set(part_of.values()) - {"train", "validation", "test"})
    exposures = checker.same_exposures(root, sorted(part_of))
    return shared + [pair for pair in exposures if len({part_of[path] for path in pair}) > 1]


def test_the_checker_knows_copies_and_persons(tmp_path: Path) -> None:
    """The checker itself, on a data set of known ties."""
    copies = [("bytes", 0), ("pixels", 1), ("mirror", 0), ("quarter", 0), ("jpeg", 0), ("none", 0)]
    shots = [Shot("P-1", "", True, "train", "none", 0, dicom=True)] + [
        Shot(f"x{n}", f"1.{n}", True, "train", change, original, dicom=False)
        for n, (change, original) in enumerate(copies)
    ] + [Shot("p1", "1.0", True, "train", "none", 0, dicom=True)]  # fmt: skip
    LAYOUTS["class_folders"](tmp_path / "raw", shots)
    root = tmp_path / "raw"
    paths = checker.images(root)
    assert len(paths) == len(shots)
    found = {frozenset(Path(path).stem for path in pair)
             for pair in checker.same_exposures(root, paths)}  # fmt: skip
    assert found == {frozenset(pair) for pair in combinations("012345", 2)}
    ties = {Path(path).stem: keys for path, keys in checker.keys(root, "class_folders").items()}
    assert ("person", "p1") in ties["0"] & ties["7"]
