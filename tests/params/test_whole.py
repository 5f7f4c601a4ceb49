"""params.yaml as a whole: it is valid, and each kind of mistake is refused in one line."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from dvc.utils.hydra import apply_overrides
from ruamel.yaml import YAML

from fracture.console import PipelineError
from fracture.params.section import NAMED, load, value_at
from fracture.params.train import FineTune, resolve, training_of
from fracture.params.whole import validate

CHANNEL = {"step": "canny_channel", "blur": 1.0, "low": 40, "high": 110}


def put(parameters: dict[str, Any], path: str, value: object) -> None:
    *parents, last = path.split(".")
    section = parameters
    for key in parents:
        section = section[key]
    section[last] = value


def test_the_project_file_is_valid(parameters: dict[str, Any]) -> None:
    assert validate(parameters).data_seed == parameters["data_seed"]


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("model", "densnet121", r"model is 'densnet121' \(did you mean densenet121\?\); expected"),
        ("model", "nosuch", r"model is 'nosuch'; expected one of: .*densenet121"),
        ("dataset", "nosuch", r"dataset is 'nosuch'; expected one of: synthetic, fracatlas"),
        ("recipe", "nosuch", r"recipe is 'nosuch'; expected one of: demo, reference, transfer"),
        ("learning_rate", 1, r"unknown key learning_rate: remove it"),
        (
            "split.vaildation",
            0.1,
            r"unknown key split.vaildation \(did you mean validation\?\): remove",
        ),
        ("split.test", 0.9, r"split.test is 0.9: input should be less than 0.5"),
        ("split.test", 0.17, r"split.test is 0.17: .*multiple of 0.05"),
        ("split.shipped", ["murra"], r"'murra' \(did you mean mura\?\); expected one of: .*mura"),
        ("ingest.truncated", "drop", r"ingest.truncated is 'drop': .*'exclude', 'keep' or 'fail'"),
        ("gate.on_leak", "warn", r"gate.on_leak is 'warn': .*'fail' or 'report'"),
        ("recipes.demo.train.threads", 0, r"threads.* is 0: "),
        ("data_seed", "zero", r"data_seed is 'zero': .*integer"),
        (
            "models.densenet121.backbone",
            "densenet",
            r"backbone is .densenet. \(did you mean densenet121",
        ),
        (
            "models.densenet121.variant",
            "edge",
            r"variant is .edge. \(did you mean edges\?\); .*plain, canny",
        ),
        (
            "models.densenet121.lerning_rate",
            1,
            r"unknown key models.densenet121.*lerning_rate \(did you mean learning_rate\?",
        ),
        ("models.densenet121.recipes", {"dem": {}}, r"recipes is .dem. \(did you mean demo"),
        ("recipes.demo.train.optimizer", "sgd", r"recipes.demo.train.optimizer is 'sgd': .*adam"),
        ("recipes.demo.preprocess.size", 4, r"recipes.demo.preprocess.size is 4: .*16"),
        (
            "recipes.demo.preprocess.size",
            74,
            r"^recipes.demo.preprocess.size is 74, but inception_v3 needs at least 75 .*: raise it",
        ),
        ("variants.canny.steps", [{"step": "sobel"}], r"variants.canny.steps.*sobel"),
        ("variants.canny_channels.steps", [CHANNEL] * 2, r"canny_channel: .* expected last: move"),
        (
            "variants.canny_channels.steps",
            [CHANNEL | {"blend": 0.5}],
            r"unknown key variants.canny_channels.steps.0.canny_channel.blend: remove",
        ),
        ("evaluate.points.half", 1.5, r"evaluate.points.half is 1.5: expected youden, a prob"),
        ("training_seeds", [1, 1], r"training_seeds is \[1, 1\]: expected each seed once"),
        ("external", {"there": {"dataset": "mri"}}, r"external.there.dataset is 'mri'"),
        ("models.deepconvnet.weights", "imagenet", r"none are published for deepconvnet; set null"),
        ("datasets.synthetic.patients", 1, r"datasets.synthetic.patients is 1: .*20"),
        ("datasets.mine", {"root": "x"}, r"a key of datasets is 'mine'; .*synthetic, fracatlas"),
        ("recipes.reference.train.frozen.epochs", 0, r"both 0: nothing is learnt"),
        ("models", {}, r"models is \{\}"),
        ("recipes.demo.train.warmup", 1.0, r"recipes.demo.train.warmup is 1.0: .*less than 1"),
        ("datasets.fracatlas.root", "", r"datasets.fracatlas.root is '': .*at least 1 character"),
        ("datasets.fracatlas.root", "a\nb", r"datasets.fracatlas.root is 'a\\nb': .*pattern"),
        ("variants", {"canny": {"steps": []}}, r"need, a key of variants, is 'plain'; .*canny"),
        ("variants.plain.steps", [CHANNEL], r"variants.plain.steps holds steps: expected \[\]"),
        ("runs.recipe", ["densenet121"], r"a key of runs is recipe, which means another run"),
        (
            "models.deepconvnet.head.normalize",
            True,
            r"frozen.epochs is 0: set head.normalize to fa",
        ),
        ("models.vgg16.weight_decay", 0.1, r"optimizer is adam, which has none: set optimizer"),
        ("recipes.demo.train", None, r"recipes.demo.train is None: .*dictionary"),
        ("recipes.demo.train.head", 3, r"recipes.demo.train.head is 3: .*"),
        ("models.vgg16.recipes", 3, r"models.vgg16.recipes is 3; expected keys and values"),
        ("models.vgg16.recipes", {"demo": 1}, r"models.vgg16.recipes.demo is 1; expected keys"),
        ("audit.a\nb", 1, r"unknown key audit.'a\\nb': remove it"),
        ("train.focal", -1, r"train.focal is -1: .*greater than or equal to 0"),
        ("train", {}, r"train.weights is missing; .*train.finetune is missing"),
        ("recipes.demo.train.schedule", "constant", r"warmup is 0.1, but schedule is constant: "),
    ],
)
def test_a_mistake_is_refused(
    parameters: dict[str, Any], path: str, value: object, message: str
) -> None:
    put(parameters, path, value)
    with pytest.raises(PipelineError, match=message) as refusal:
        validate(parameters)
    assert "\n" not in str(refusal.value)


def test_crossed_canny_thresholds_are_refused(parameters: dict[str, Any]) -> None:
    parameters["variants"]["canny"]["steps"][0] |= {"low": 200, "high": 100}
    with pytest.raises(PipelineError, match=r"canny: low is 200.0, above high, 100.0"):
        validate(parameters)
    parameters["variants"]["canny"]["steps"] = [CHANNEL | {"low": 111}]
    with pytest.raises(PipelineError, match=r"canny_channel: low is 111.0, above high, 110.0"):
        validate(parameters)


def test_overrides_go_recipe_then_model_then_model_in_recipe(parameters: dict[str, Any]) -> None:
    parameters["models"]["vgg16"] = {
        "backbone": "vgg16",
        "variant": "plain",
        "target": "fractured",
        "batch_size": 7,
        "head": {"dropout": 0.3},
        "recipes": {"demo": {"batch_size": 5, "finetune": {"epochs": 2}}},
    }
    recipe = training_of(parameters, "demo")
    _, demo = resolve(parameters, "vgg16", "demo")
    _, transfer = resolve(parameters, "vgg16", "transfer")
    assert demo.learning_rate == recipe["learning_rate"]
    assert (demo.batch_size, transfer.batch_size) == (5, 7)
    assert demo.head.dropout == transfer.head.dropout == 0.3
    assert demo.head.pooling == recipe["head"]["pooling"]
    assert demo.finetune.epochs == 2
    assert transfer.finetune == FineTune(**training_of(parameters, "transfer")["finetune"])


@pytest.mark.parametrize("model", ["densenet121", "deepconvnet"])
def test_every_key_of_train_can_be_set_for_a_model_on_the_command_line(
    parameters: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, model: str
) -> None:
    """As DVC does it: `dvc exp run -S ++models.<model>.<key>=<value>`."""
    _, train = resolve(parameters, model)
    values = {key: value for key, value in leaves(train.model_dump(), "") if value is not None}
    assert {"batch_size", "finetune.epochs", "augmentation.zoom", "head.units"} <= values.keys()
    shutil.copy("params.yaml", tmp_path)
    monkeypatch.chdir(tmp_path)
    overrides = [f"++models.{model}.{key}={value}" for key, value in values.items()]
    # Each entry has this key, which therefore needs no `++`.
    apply_overrides("params.yaml", [*overrides, f"models.{model}.batch_size=7"])
    after = load()
    validate(after)
    assert resolve(after, model)[1] == train.model_copy(update={"batch_size": 7})
    assert [
        name for name in after["models"] if after["models"][name] != parameters["models"][name]
    ] == [model]


def test_each_entry_has_the_keys_that_the_command_line_sets_most(
    parameters: dict[str, Any],
) -> None:
    for entry in parameters["models"].values():
        assert {"learning_rate", "batch_size"} <= entry.keys()


def leaves(section: dict[str, Any], above: str) -> Iterator[tuple[str, Any]]:
    for key, value in section.items():
        if isinstance(value, dict):
            yield from leaves(value, f"{above}{key}.")
        else:
            yield above + key, value


def test_a_recipe_has_maps_for_models_of_fractures_alone(parameters: dict[str, Any]) -> None:
    assert resolve(parameters, "mobilenet_v2", "transfer")[1].localise.stride == 8
    assert resolve(parameters, "bone_type", "transfer")[1].localise.stride == 0
    assert resolve(parameters, "efficientnet_lite0_map", "demo")[1].localise.stride == 8
    assert resolve(parameters, "efficientnet_lite0", "demo")[1].localise.stride == 0


def test_a_map_is_refused_where_nothing_teaches_it(parameters: dict[str, Any]) -> None:
    parameters["models"]["bone_type"]["localise"] = {"stride": 8}
    message = r"models.bone_type .*: localise.stride asks for .* target is body_part: set .* to 0"
    with pytest.raises(PipelineError, match=message):
        validate(parameters)
    del parameters["models"]["bone_type"]["localise"]
    parameters["models"]["vgg16"]["localise"] = {"stride": 8}
    with pytest.raises(PipelineError, match=r"localise.stride is 8, but finetune.epochs is 0"):
        validate(parameters)


def test_the_reference_recipe_is_the_published_one(parameters: dict[str, Any]) -> None:
    reference = value_at(parameters, "recipes", "reference")
    assert reference["preprocess"]["size"] == 224
    train = training_of(parameters, "reference")
    assert train["weights"] == "imagenet"
    assert train["scaling"] == "unit"
    assert train["finetune"]["epochs"] == 0
    assert train["optimizer"] == "adam"
    assert train["learning_rate"] == 1e-4
    assert train["schedule"] == "constant"
    assert train["head"] == {
        "pooling": "average",
        "normalize": False,
        "units": [128],
        "dropout": 0.5,
    }
    bounds = {"rotation": 10, "shift": 0.1, "zoom": 0.1, "shear": 0.1, "flip": "horizontal"}
    assert train["augmentation"].items() >= bounds.items()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, r"params.yaml not found: run from the folder that holds dvc.yaml"),
        ("a: [1", r"params.yaml is not valid YAML: .*line"),
        ("- 1\n", r"holds no mapping"),
    ],
)
def test_an_unreadable_file_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str | None, message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    if text is not None:
        (tmp_path / "params.yaml").write_text(text)
    with pytest.raises(PipelineError, match=message):
        load()


@pytest.mark.parametrize("table", NAMED)
@pytest.mark.parametrize(
    "name",
    ["x; touch y #", "../best", "a/b", "$(id)", "`id`", "-c", "a.b", "a b", "", "ü", "a\nb",
     "x" * 65, 1, None],
)  # fmt: skip
def test_a_name_that_is_no_plain_one_is_refused_by_every_stage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, table: str, name: object
) -> None:
    section: dict[Any, Any] = {"plain-1": {}, name: {}}
    for key in reversed(table.split(".")):
        section = {key: section}
    monkeypatch.chdir(tmp_path)
    YAML(typ="safe").dump(section, Path("params.yaml"))
    with pytest.raises(PipelineError, match=rf"^params.yaml: a key of {table} is '.*rename") as no:
        load()
    assert "\n" not in str(no.value)
