from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from ruamel.yaml import YAML

from fracture.artifacts import audit as audits
from fracture.artifacts import built, comparison, curves, history, predictions, systems, two_step
from fracture.artifacts import scores as artifact
from fracture.artifacts.atomic import read_json
from fracture.artifacts.built import Built
from fracture.artifacts.scores import Scores
from fracture.artifacts.systems import System
from fracture.console import PipelineError
from fracture.judging.evaluation import evaluate
from fracture.targets import Target
from stages.compare import main
from tests.judging import two_steps
from tests.judging.comparison import examples
from tests.run_files import leave_systems, make_mean, make_system

FILES = [
    "metrics/comparison.json",
    "metrics/pairs.json",
    "metrics/two_step.json",
    "plots/comparison/ablation.png",
    "plots/comparison/calibration.csv",
    "plots/comparison/comparison.csv",
    "plots/comparison/comparison.md",
    "plots/comparison/comparison.png",
    "plots/comparison/history.csv",
    "plots/comparison/precision_recall.csv",
    "plots/comparison/roc.csv",
    "plots/comparison/targets.png",
    "plots/comparison/two_step.png",
    "plots/comparison/verdicts.png",
]


def leave(
    model: str, table: pd.DataFrame, *, composed: bool = False, scores: Scores | None = None
) -> None:
    TABLES[model] = table
    artifact.write(scores or examples.scored(model, table), artifact.path(model))
    rows = {
        str(curve): pd.DataFrame({key: [3, 3, 5] for key in curves.COLUMNS[curve]})
        for curve in curves.CURVES
    }
    curves.write(rows, artifact.plots(model))
    if not composed:
        history.write(rows["history"], history.path(model))


TABLES: dict[str, pd.DataFrame] = {}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("params.yaml").write_text(
        f"seed: {examples.SEED}\nmodel: one\nrecipe: demo\nrun: [one, two]\n"
        "evaluate: {points: {balanced: youden, half: 0.5}, draws: 200, confidence: 0.95}\n"
        "systems: {}\nmodels:\n"
        "  one: {backbone: vgg16, variant: plain, target: fractured}\n"
        "  two: {backbone: vgg16, variant: canny, target: fractured}\n"
    )
    TABLES.clear()
    leave("one", examples.predictions(0.5, 1, test_quality=4.0))
    leave("two", examples.predictions(3.0, 2, test_quality=0.3))
    leave_systems(TABLES)
    leave("gone", examples.predictions(5.0, 3))
    audits.write(examples.audit())
    built.write([])
    return tmp_path


@pytest.mark.usefixtures("folder")
def test_the_models_of_params_yaml_are_compared_and_no_others(
    capsys: pytest.CaptureFixture[str],
) -> None:
    main()
    metrics = read_json(artifact.COMPARISON)
    assert metrics["best"] == {"fractured": "two"}
    aurocs = {model: artifact.read(model).auroc for model in ("two", "one")}
    assert metrics["auroc"] == {
        "fractured": {model: auroc.value for model, auroc in aurocs.items()}
    }
    table = pd.read_csv(comparison.TABLE)
    assert table["model"].tolist() == ["hash look-up", "shortcut: file size", "two", "one"]
    (full,) = comparison.read()
    assert full.ranking == ["two", "one"]
    assert [pair.verdict for pair in full.pairs] == ["worse"]
    assert [row.verdict for row in full.ablations] == ["worse"]
    assert "gone" not in Path("plots/comparison/comparison.md").read_text()
    out = capsys.readouterr().out.splitlines()
    assert out[0].startswith(
        f"fractured: two is first of 2 on validation; its test AUROC: {aurocs['two']}; "
        "hash look-up: 0.500"
    )
    assert out[1] == "better than 0 of the others, worse than 1, not distinguishable from 0"


@pytest.mark.usefixtures("folder")
def test_curves_of_all_models_stand_in_one_table_best_first() -> None:
    main()
    roc = pd.read_csv("plots/comparison/roc.csv")
    assert roc.columns.tolist() == ["model", *curves.COLUMNS["roc"]]
    assert roc["model"].tolist() == ["two"] * 3 + ["one"] * 3
    history = pd.read_csv("plots/comparison/history.csv")
    assert history["seed"].tolist() == [3, 3, 3, 3]  # of the first seed alone


@pytest.mark.usefixtures("folder")
def test_a_composition_stands_among_the_models() -> None:
    compose()
    leave("both", examples.predictions(4.0, 4, test_quality=3.0), composed=True)
    tables = {name: TABLES[name] for name in ("one", "two", "both")}
    leave_systems(tables, [make_mean("both", ["two", "one", "two"])])
    main()
    (full,) = comparison.read()
    assert full.ranking == ["both", "two", "one"]
    assert [(pair.first, pair.second) for pair in full.pairs][:2] == [
        ("both", "two"),
        ("both", "one"),
    ]
    assert [spread.model for spread in full.spreads] == ["two", "one"]
    assert [(row.plain, row.other) for row in full.ablations] == [("one", "two")]
    table = pd.read_csv(comparison.TABLE, keep_default_na=False).set_index("model")
    made_of = table[["backbone", "variant", "members"]].to_numpy().tolist()
    assert made_of[2:4] == [["vgg16", "canny and plain", "two one"], ["vgg16", "canny", ""]]
    roc, history = (pd.read_csv(f"plots/comparison/{name}.csv") for name in ("roc", "history"))
    assert roc["model"].unique().tolist() == ["both", "two", "one"]
    assert history["model"].unique().tolist() == ["two", "one"]  # an ensemble is not trained


@pytest.mark.usefixtures("folder")
def test_systems_of_two_steps_and_what_was_only_built_get_their_sections() -> None:
    run = two_steps.make_run()
    routes = {name: entry.model_dump() for name, entry in two_steps.ROUTES.items()}
    named = [name for name in run.made if "." not in name]
    entries = {
        "models": two_steps.MODEL_ENTRIES,
        "systems": routes,
        "targets": {name: {"column": name} for name in ("fractured", "body_part")},
    }
    settings = {"seed": two_steps.SEED, "model": "shared", "recipe": "demo", "run": named}
    judged = {"evaluate": two_steps.SECTION.model_dump()}
    YAML().dump(settings | judged | entries, Path("params.yaml"))
    systems.write(list(run.made.values()), systems.FOLDER)
    for name, system in run.made.items():
        table = two_steps.given().table(system)
        predictions.write(table, systems.path(name))
        leave(name, table, scores=run.joined[name].scores, composed=system.kind != "model")
    audits.write(examples.audit(n=90, positives=36))
    built.write([Built(backbone="b", size=8, parameters=9, layers=1, features=[1], megabytes=0.1)])
    main()
    (step,) = two_step.read()
    assert [each.system for each in step.systems] == ["hard", "soft", "perfect", "shared", "both"]
    first, *further = comparison.read()
    assert first.unranked == ["perfect"]
    assert "perfect" not in first.ranking
    assert {each.title for each in further} == {"body_part", "fractured, body_part hand"}
    page = comparison.TEXT.read_text()
    assert page.index("## Two steps") < page.index("## Built, not trained")


@pytest.mark.usefixtures("folder")
def test_what_is_missing_of_a_composition_names_its_own_command() -> None:
    compose()
    means = [make_mean("both", ["two", "one"])]
    leave_systems({**TABLES, "both": examples.predictions(1.0, 1)}, means)
    with pytest.raises(PipelineError, match=r"both\.json not found.*dvc repro evaluate"):
        main()


def compose() -> None:
    text = Path("params.yaml").read_text()
    text = text.replace(
        "systems: {}", "systems: {both: {mean_of: [one, two], weights: {selected: 3}}}"
    )
    text = text.replace("run: [one, two]", "run: [one, two, both]\nseeds: [0]")
    Path("params.yaml").write_text(text)


def test_the_same_files_and_bytes_each_time(folder: Path) -> None:
    main()
    first = {name: (folder / name).read_bytes() for name in FILES}
    made = [*folder.glob("metrics/*.json"), *folder.glob("plots/comparison/*")]
    assert sorted(str(file.relative_to(folder)) for file in made) == sorted(
        [*FILES, "metrics/audit.json", "metrics/built.json"]
    )
    main()
    assert {name: (folder / name).read_bytes() for name in FILES} == first


def test_missing_scores_name_the_command_that_makes_them(folder: Path) -> None:
    artifact.path("two").unlink()
    with pytest.raises(PipelineError, match=r"two\.json not found.*dvc repro evaluate"):
        main()
    assert not (folder / "plots/comparison").exists()


@pytest.mark.usefixtures("folder")
def test_missing_predictions_name_the_command_that_makes_them() -> None:
    systems.path("one").unlink()
    with pytest.raises(PipelineError, match=r"one\.csv not found.*dvc repro compose"):
        main()


def test_foreign_predictions_are_refused_and_nothing_is_written(folder: Path) -> None:
    leave_systems(TABLES | {"two": examples.predictions(1.0, 9)})
    with pytest.raises(PipelineError, match=r"scores of two are not .*run `dvc repro`"):
        main()
    assert not (folder / "plots/comparison").exists()


@pytest.mark.usefixtures("folder")
def test_one_model_alone_is_no_mistake(capsys: pytest.CaptureFixture[str]) -> None:
    text = Path("params.yaml").read_text()
    Path("params.yaml").write_text(text.replace("[one, two]", "[one]"))
    leave_systems({"one": TABLES["one"]})
    main()
    assert capsys.readouterr().out.startswith("fractured: one is first of 1 on ")
    assert [each.pairs for each in comparison.read()] == [[]]
    assert all(Path(name).is_file() for name in FILES)


SIDE = Target("side", "side", ("left", "middle", "right"))


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
    rows = {
        str(curve): pd.DataFrame({key: [3, 3, 5] for key in curves.COLUMNS[curve]})
        for curve in curves.CURVES
    }
    curves.write(rows, artifact.plots(name))
    history.write(rows["history"], history.path(name))
    return make_system(name, target=SIDE)


def leave_targets(headline: str) -> None:
    """Leave two systems of fractures, an oracle of these, and two systems of sides."""
    text = Path("params.yaml").read_text()
    for name in ("sides", "more_sides"):
        text += f"  {name}: {{backbone: vgg16, variant: plain, target: side}}\n"
    text = text.replace("[one, two]", "[one, two, sides, more_sides, told]\nseeds: [0]")
    text = text.replace("systems: {}", "systems: {told: {mean_of: [one, two], weights: equal}}")
    Path("params.yaml").write_text(text.replace("model: one", f"model: {headline}"))
    leave("told", examples.predictions(9.0, 7), composed=True)
    leave_systems({name: TABLES[name] for name in ("one", "two", "told")})
    made = [*systems.read().values(), leave_sides("sides", 1), leave_sides("more_sides", 2)]
    told = next(each for each in made if each.name == "told")
    changes = {"kind": "mean", "ranked": False, "formula": made[0].formula}
    made[made.index(told)] = told.model_copy(update=changes)
    systems.write(made, systems.FOLDER)


@pytest.mark.usefixtures("folder")
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


@pytest.mark.usefixtures("folder")
def test_the_group_of_the_headline_stands_first() -> None:
    leave_targets("sides")
    main()
    assert [each.title for each in comparison.read()] == ["side", "fractured"]
    roc = pd.read_csv("plots/comparison/roc.csv")
    assert set(roc["model"]) == {"sides", "more_sides"}


@pytest.mark.usefixtures("folder")
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
