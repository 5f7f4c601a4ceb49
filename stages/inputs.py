"""Check params.yaml and DVC's cache; digest what DVC cannot see: code, libraries, data, weights."""

import json
from pathlib import Path
from typing import Any

from dvc.config import Config

from fracture.artifacts import asked, cache, inputs
from fracture.artifacts.raw import data_root
from fracture.console import run
from fracture.inputs.code import CodeBase
from fracture.inputs.data import digest_file, digest_folder
from fracture.inputs.presence import require_presence
from fracture.params.datasets import chosen_dataset, external_datasets
from fracture.params.radiographs import predicting
from fracture.params.run import chosen, variants_of
from fracture.params.section import PATH, load, value_at
from fracture.params.train import resolve, training_of
from fracture.params.whole import validate

COMPUTING = ("batch_size", "device", "threads")
"""What decides how a network is computed that has learnt already."""
JUDGED = ("confidence", "draws", "mark_share", "small_fracture")
"""What `predict` reads of the section `evaluate`."""


def main() -> None:
    """Refuse a params.yaml that cannot work here; then write what the other stages depend on."""
    parameters = load()
    validate(parameters)
    require_presence(parameters, chosen(parameters).models)
    drop_damaged()
    inputs.write(
        code(Path())
        | {inputs.PARAMETERS: [inputs.digest_parameters(PATH.read_bytes())]}
        | {"dataset": dataset(parameters), "split": split(parameters)}
        | {"external": external(parameters)}
        | {"run": run_of(parameters)}
        | recipe_of(parameters)
        | models(parameters)
        | variants(parameters)
    )


def drop_damaged() -> None:
    """Drop from DVC's cache what is damaged: the stages that run next make it anew."""
    if not cache.LOCK.is_file():
        return
    # `dvc cache dir` says the same, and takes a second.
    settings = Config(".dvc")["cache"]
    folder = Path(settings.get("dir") or ".dvc/cache").absolute()
    for file, name in cache.damaged_outputs(folder).items():
        cache.drop(file)
        print(f"{name}: damaged in DVC's cache: {file} dropped, it is made anew")
    if "symlink" in settings.get("type", []):
        # `dvc exp run` in a fresh clone links all outputs into the empty cache.
        for link in cache.dangling_links(folder):
            link.unlink()


def code(root: Path) -> dict[str, list[str]]:
    """Return what each stage runs on, by `code/<stage>`."""
    project = CodeBase(root)
    names = sorted(file.stem for file in (root / "stages").glob("[a-z]*.py"))
    return {f"code/{name}": project.digests(f"stages.{name}") for name in names if name != "inputs"}


def dataset(parameters: dict[str, Any]) -> list[str]:
    """Return a digest of the folder of the chosen data set, unless `ingest` draws it."""
    name, section = chosen_dataset(parameters)
    return ["drawn"] if name == "synthetic" else digest_folder(data_root(section.root))


def external(parameters: dict[str, Any]) -> list[str]:
    """Return digests of the folders of the other data sets that systems are scored on."""
    return [
        f"{name}: {line}"
        for name, (_, section) in external_datasets(parameters).items()
        for line in digest_folder(data_root(section.root))
    ] or ["none"]  # DVC warns of an empty file


def split(parameters: dict[str, Any]) -> list[str]:
    """Return the digest of a given split."""
    given = value_at(parameters, "split", "given")
    return [digest_file(data_root(given))] if given else ["none"]


def run_of(parameters: dict[str, Any]) -> list[str]:
    """Return the entries of the models and of the composed systems that the run has."""
    run = chosen(parameters)
    entries = [("models", name) for name in run.models]
    entries += [("systems", name) for name in run.compositions]
    return _lines({f"{table}.{name}": value_at(parameters, table, name) for table, name in entries})


def recipe_of(parameters: dict[str, Any]) -> dict[str, list[str]]:
    """Return what the chosen recipe says of all models, wherever in params.yaml it stands."""
    train = training_of(parameters, value_at(parameters, "recipe"))
    computing = {key: train[key] for key in COMPUTING}
    return {"augmentation": _lines(train["augmentation"]), "computing": _lines(computing)}


def models(parameters: dict[str, Any]) -> dict[str, list[str]]:
    """Return what decides how each model is trained and predicts, by `train/` and `predict/`.

    DVC would write all of it into dvc.lock, for each model, and rewrites that for each stage.
    """
    run = chosen(parameters).models
    digests: dict[str, list[str]] = {}
    for name in value_at(parameters, "models"):
        train, predict = [asked.NO_PART], [asked.NO_PART]
        if name in run:
            model, settings = resolve(parameters, name)
            made_of = model.model_dump(mode="json")
            sections = {key: value_at(parameters, "targets", key) for key in model.targets}
            seeds = value_at(parameters, "training_seeds")
            train = _lines(
                made_of | settings.model_dump(mode="json") | sections | {"training_seeds": seeds}
            )
            if settings.weights not in {None, "imagenet"}:
                train.append(f"weights {digest_file(data_root(str(settings.weights)))}")
            computed = {key: getattr(settings, key) for key in COMPUTING}
            judged = {key: value_at(parameters, "evaluate", key) for key in JUDGED}
            seed = {"data_seed": value_at(parameters, "data_seed")}
            predict = _lines(
                made_of | predicting(parameters).model_dump() | computed | judged | seed
            )
        digests |= {f"train/{name}": train, f"predict/{name}": predict}
    return digests


def variants(parameters: dict[str, Any]) -> dict[str, list[str]]:
    """Say of each variant whether a model of the run sees it, by `variants/`."""
    seen = variants_of(parameters)
    return {
        f"variants/{name}": [asked.PART if name in seen else asked.NO_PART]
        for name in value_at(parameters, "variants")
    }


def _lines(settings: dict[str, Any]) -> list[str]:
    return [f"{key}: {json.dumps(value)}" for key, value in settings.items()]


if __name__ == "__main__":
    run(main, __doc__)
