"""Random params.yaml: each is refused in one line by the first stage, or the stages it touches run.

Some here; 300, which take about a quarter of an hour on two cores:

    FUZZ=300 pytest tests/fuzz/test_params.py -s
"""

import os
import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import chdir
from copy import deepcopy
from pathlib import Path
from random import Random
from typing import Any

import pytest
from ruamel.yaml import YAML

from fracture.console import PipelineError
from fracture.params import section
from fracture.params.train import resolve
from stages import audit, evaluate, gate, ingest, inputs, preprocess, split, train
from tests.conftest import ROOT
from tests.fuzz.mutations import mutate
from tests.judging.comparison import examples
from tests.run_files import leave_systems

FILES = int(os.environ.get("FUZZ", "20"))
MODEL, SIZE, PATIENTS = "deepconvnet", 32, 30
OUTCOMES: Counter[str] = Counter()


def write(parameters: dict[str, Any]) -> None:
    with Path("params.yaml").open("w", encoding="utf-8") as file:
        YAML(typ="safe").dump(parameters, file)


@pytest.fixture(scope="module")
def committed() -> dict[str, Any]:
    with chdir(ROOT):
        return section.load()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, committed: dict[str, Any]) -> Iterator[Path]:
    """Return a folder with what the first stages leave of a tiny data set; count in the end."""
    folder = tmp_path_factory.mktemp("made")
    with chdir(folder):
        write(tiny(committed, MODEL))
        for stage in (ingest, split, gate):
            stage.main()
        preprocess.main("plain")
        leave_systems({MODEL: examples.predictions(1.0, 0)})
    yield folder
    print(f"\n{dict(OUTCOMES)}")
    if sum(OUTCOMES.values()) == FILES:  # not where a single file is looked into
        assert min(OUTCOMES["refused"], OUTCOMES["ran"]) > FILES / 20


def tiny(parameters: dict[str, Any], model: str) -> dict[str, Any]:
    """Return valid parameters, small enough to run: one model, few radiographs and steps."""
    small = deepcopy(parameters)
    synthetic = small["datasets"].get("synthetic")
    if synthetic:
        synthetic["patients"] = min(synthetic["patients"], PATIENTS)
    for recipe in small["recipes"].values():
        recipe["preprocess"]["size"] = SIZE
    small["evaluate"]["draws"] = min(small["evaluate"]["draws"], 100)
    small["split"]["on_miss"] = "report"
    made_of, settings = resolve(small, model)
    entry = settings.model_dump() | {"backbone": MODEL, "weights": None, "device": "cpu"}
    for phase in ("frozen", "finetune"):
        entry[phase]["epochs"] = min(entry[phase]["epochs"], 1)
    entry["frozen"]["views"] = min(entry["frozen"]["views"], 2)
    entry["head"]["units"] = [min(units, 64) for units in entry["head"]["units"]]
    small["models"] = {model: made_of.model_dump(exclude_none=True) | entry | {"variant": "plain"}}
    return small | {"run": [model], "model": model, "systems": {}}


def touched(place: tuple[str | int, ...], parameters: dict[str, Any]) -> list[Callable[[], None]]:
    """Return the stages that read what stands at a place."""
    top, name = place[0], str(place[1]) if len(place) > 1 else ""
    if top == "variants":
        return [lambda: preprocess.main(name if name in parameters["variants"] else "plain")]
    if top in {"models", "train", "recipes", "targets", "training_seeds"}:
        return [lambda: train.main(next(iter(parameters["models"])))]
    if top in {"dataset", "datasets", "data_seed", "ingest"}:
        return [ingest.main, split.main] if parameters["dataset"] == "synthetic" else []
    return {"split": [split.main], "audit": [audit.main], "gate": [gate.main],
            "evaluate": [evaluate.main]}.get(str(top), [])  # fmt: skip


@pytest.mark.parametrize("number", range(FILES))
def test_refused_in_one_line_or_run(
    made: Path,
    committed: dict[str, Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    number: int,
) -> None:
    changed, places = mutate(committed, Random(number))  # noqa: S311 - no secret
    work = tmp_path / "work"
    shutil.copytree(made, work, copy_function=os.link)  # stages replace files and write into none
    (work / "params.yaml").unlink()
    monkeypatch.chdir(work)
    monkeypatch.setattr(inputs, "code", lambda _: {})  # the same for each, and slow
    write(changed)
    before = sorted(tmp_path.iterdir())
    OUTCOMES[run(places)] += 1
    assert sorted(tmp_path.iterdir()) == before  # nothing beside the working directory
    assert not [*work.rglob("TOUCHED")]


def run(places: list[tuple[str | int, ...]]) -> str:
    """Run the first stage, then those that changed places touch; return how it went."""
    if said := refusal_of(inputs.main):
        assert re.match(r"(params\.yaml|recipes|models)\b", said)
        return "refused"
    valid = section.load()
    names = [str(place[1]) for place in places if place[0] == "models" and len(place) > 1]
    model = next((name for name in [*names, MODEL] if name in valid["models"]), None)
    if model is None:
        return "passed"
    small = tiny(valid, model)
    write(small)
    stages = [stage for place in places for stage in touched(place, small)]
    for stage in stages:
        if said := refusal_of(stage):  # what the data hold, the first stage cannot know
            print(f"{places}: {said}")
            return "refused by what the data hold"
    return "ran" if stages else "passed"


def refusal_of(stage: Callable[[], None]) -> str:
    """Return the line in which a stage refuses; empty where it runs."""
    try:
        stage()
    except PipelineError as refusal:
        said = str(refusal)
    else:
        return ""
    assert said.isprintable()
    return said
