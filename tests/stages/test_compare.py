from pathlib import Path

import pandas as pd
import pytest
from ruamel.yaml import YAML

from fracture.artifacts import audit as audits
from fracture.artifacts import built, comparison, curves, predictions, systems, two_step
from fracture.artifacts import scores as artifact
from fracture.artifacts.atomic import read_json
from fracture.artifacts.built import Built
from fracture.console import PipelineError
from stages.compare import main
from tests.judging import two_steps
from tests.judging.comparison import examples
from tests.judging.examples import EVALUATE
from tests.run_files import leave_systems, make_mean
from tests.stages.compared import TABLES, leave, leave_two_models

FILES = [
    "metrics/comparison.json",
    "metrics/pairs.json",
    "metrics/two_step.json",
    "plots/comparison/ablation.png",
    "plots/comparison/calibration.csv",
    "plots/comparison/comparison.csv",
    "plots/comparison/comparison.md",
    "plots/comparison/comparison.png",
    "plots/comparison/confusion.csv",
    "plots/comparison/cost.png",
    "plots/comparison/curves.png",
    "plots/comparison/history.csv",
    "plots/comparison/precision_recall.csv",
    "plots/comparison/roc.csv",
    "plots/comparison/targets.png",
    "plots/comparison/two_step.png",
    "plots/comparison/verdicts.png",
]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    leave_two_models()
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
    assert out[1] == (
        "of these trainings, one seed each: better than 0 of the others, worse than 1, not "
        "distinguishable from 0"
    )


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
    settings = {"data_seed": two_steps.SEED, "model": "shared", "recipe": "demo", "run": named}
    judged = {"evaluate": EVALUATE.model_dump()}
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
    text = text.replace("run: [one, two]", "run: [one, two, both]\ntraining_seeds: [0]")
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
