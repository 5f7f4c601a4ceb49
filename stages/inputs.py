"""Check params.yaml; digest what DVC cannot see: code, libraries, raw data, weights."""

from pathlib import Path
from typing import Any

from fracture.artifacts import asked as asked_for
from fracture.artifacts import inputs
from fracture.artifacts.raw import data_root
from fracture.console import run
from fracture.inputs.code import CodeBase
from fracture.inputs.data import digest_file, digest_folder
from fracture.params.datasets import chosen_dataset, external_datasets
from fracture.params.run import chosen, variants_of
from fracture.params.section import load, value_at
from fracture.params.train import resolve
from fracture.params.whole import validate


def main() -> None:
    """Refuse a params.yaml that cannot work; then write what the other stages depend on."""
    parameters = load()
    validate(parameters)
    inputs.write(
        code(Path())
        | {"dataset": dataset(parameters), "split": split(parameters)}
        | {"external": external(parameters)}
        | weights(parameters)
        | asked(parameters)
    )


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
    ]


def split(parameters: dict[str, Any]) -> list[str]:
    """Return the digest of a given split."""
    given = value_at(parameters, "split", "given")
    return [digest_file(data_root(given))] if given else ["none"]


def asked(parameters: dict[str, Any]) -> dict[str, list[str]]:
    """Say of each model and variant whether it is part of the run, by `models/` and `variants/`."""
    trained, seen = chosen(parameters).models, variants_of(parameters)
    return {
        f"{table}/{name}": [asked_for.PART if name in part else asked_for.NO_PART]
        for table, part in (("models", trained), ("variants", seen))
        for name in value_at(parameters, table)
    }


def weights(parameters: dict[str, Any]) -> dict[str, list[str]]:
    """Return the digest of each model's own weights file, by `weights/<model>`."""
    files = {name: resolve(parameters, name)[1].weights for name in value_at(parameters, "models")}
    return {
        f"weights/{name}": ["none" if file in {None, "imagenet"} else digest_file(data_root(file))]
        for name, file in files.items()
    }


if __name__ == "__main__":
    run(main, __doc__)
