"""Systems of different targets, or that know different radiographs, are compared apart."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from fracture.artifacts import comparison, predictions, systems
from fracture.artifacts import scores as artifact
from fracture.artifacts.atomic import read_json
from fracture.artifacts.systems import System
from fracture.judging.evaluation import evaluate
from fracture.targets import Target
from stages.compare import main
from tests.judging.comparison import examples
from tests.run_files import leave_systems, make_system
from tests.stages.compared import TABLES, leave, leave_curves, leave_two_models

SIDE = Target("side", "side", ("left", "middle", "right"))


@pytest.fixture(autouse=True)
def two_models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in a folder in which two systems of fractures were evaluated."""
    monkeypatch.chdir(tmp_path)
    leave_two_models()


def leave_sides(name: str, noise: int) -> System:
    """Leave the predictions and scores of a system that predicts one of three sides."""
    table = examples.predictions(1.0, noise).drop(columns="probability")
    generator = np.random.default_rng(noise)
    table["label"] = np.arange(len(table)) // 2 % 3
    logits = generator.normal(size=(len(table), 3)) + 2 * np.eye(3)[table["label"]]
    shares = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    table[SIDE.columns] = np.round(shares, 6)
    predictions.write(table, systems.path(name))
    scored = evaluate(name, table, SIDE, examples.SECTION, examples.SEED)
    artifact.write(scored, artifact.path(name))
    leave_curves(name)
    return make_system(name, target=SIDE)


def leave_targets(headline: str) -> None:
    """Leave two systems of fractures, an oracle of these, and two systems of sides."""
    text = Path("params.yaml").read_text()
    for name in ("sides", "more_sides"):
        text += f"  {name}: {{backbone: vgg16, variant: plain, target: side}}\n"
    text = text.replace("[one, two]", "[one, two, sides, more_sides, told]\ntraining_seeds: [0]")
    text = text.replace("systems: {}", "systems: {told: {mean_of: [one, two], weights: equal}}")
    Path("params.yaml").write_text(text.replace("model: one", f"model: {headline}"))
    leave("told", examples.predictions(9.0, 7), composed=True)
    leave_systems({name: TABLES[name] for name in ("one", "two", "told")})
    made = [*systems.read().values(), leave_sides("sides", 1), leave_sides("more_sides", 2)]
    told = next(each for each in made if each.name == "told")
    changes = {"kind": "mean", "ranked": False, "formula": made[0].formula}
    made[made.index(told)] = told.model_copy(update=changes)
    systems.write(made, systems.FOLDER)


def test_systems_are_compared_within_their_target() -> None:
    leave_targets("one")
    main()
    fractures, sides = comparison.read()
    assert (fractures.title, fractures.ranking, fractures.unranked) == (
        "fractured", ["two", "one"], ["told"],
    )  # fmt: skip
    assert (sides.title, sorted(sides.ranking), sides.unranked) == (
        "side", ["more_sides", "sides"], [],
    )  # fmt: skip
    assert sides.classes == ["left", "middle", "right"]
    assert ([row.name for row in fractures.baselines][:1], sides.baselines) == (
        ["hash look-up"], [],
    )  # fmt: skip
    (pair,) = sides.pairs
    assert (pair.delong.p, {pair.first, pair.second}) == (None, {"sides", "more_sides"})
    assert read_json(artifact.COMPARISON)["best"] == {
        "fractured": "two",
        "side": sides.ranking[0],
    }
    table = pd.read_csv(comparison.TABLE, keep_default_na=False).set_index("model")
    assert table["verdict"].to_dict()["told"] == "not ranked"
    row = {str(key): str(value) for key, value in table.T["sides"].items()}
    assert (row["target"], row["sensitivity"]) == ("side", "")
    assert float(row["macro_f1"]) == artifact.read("sides").decisions["macro_f1"].value


def test_the_group_of_the_headline_stands_first() -> None:
    leave_targets("sides")
    main()
    assert [each.title for each in comparison.read()] == ["side", "fractured"]
    roc = pd.read_csv("plots/comparison/roc.csv")
    assert set(roc["model"]) == {"sides", "more_sides"}


def test_what_knows_other_radiographs_is_no_rival() -> None:
    leave("two", examples.predictions(3.0, 2))
    leave_systems({name: TABLES[name] for name in ("one", "two")})
    one, two = systems.read().values()
    systems.write([one, two.model_copy(update={"where": {"body_part": "hand"}})], systems.FOLDER)
    scored = artifact.read("two").model_copy(update={"where": {"body_part": "hand"}})
    artifact.write(scored, artifact.path("two"))
    main()
    first, hand = comparison.read()
    assert (first.ranking, hand.ranking) == (["one"], ["two"])
    assert (hand.title, hand.baselines, first.pairs) == ("fractured, body_part hand", [], [])
