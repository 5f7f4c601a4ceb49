"""The section of params.yaml that names other data sets, on which the models are scored too."""

from pathlib import Path
from typing import Any

from fracture.console import PipelineError
from fracture.params.datasets import DATASETS, DataSet, chosen_dataset
from fracture.params.section import PATH, Section, require, value_at


class External(Section):
    """An entry of `external`; all else in it are keys of the data set's own section.

    Attributes:
        dataset: Who reads it, a key of `datasets`.
    """

    dataset: str


def external_datasets(parameters: dict[str, Any]) -> dict[str, tuple[str, DataSet]]:
    """Return who reads each data set of `external`, and its section, by name, in order.

    A key that an entry lacks is that of `datasets.<dataset>`.

    Raises:
        PipelineError: A reader is unknown, a section is not valid, or its folder is the one that
            the models are trained on.
    """
    entries = value_at(parameters, "external")
    if not isinstance(entries, dict):
        raise PipelineError(
            f"{PATH}: external is {entries!r}; expected {{}}, or entries such as "
            "other_hospital: {dataset: class_folders, root: data/raw/other_hospital}"
        )
    return {str(name): _external(parameters, name) for name in entries}


def _external(parameters: dict[str, Any], name: str) -> tuple[str, DataSet]:
    where = f"external.{name}"
    entry = value_at(parameters, "external", name)
    if not isinstance(entry, dict):
        raise PipelineError(f"{PATH}: {where} is {entry!r}; expected dataset, root and so on")
    reader = External.parse({key: entry[key] for key in entry if key == "dataset"}, where).dataset
    require(reader, DATASETS, f"{where}.dataset")
    own = {key: value for key, value in entry.items() if key != "dataset"}
    section = DATASETS[reader].parse(value_at(parameters, "datasets").get(reader, {}) | own, where)
    trained, dataset = chosen_dataset(parameters)
    if _folder(section) == _folder(dataset):
        raise PipelineError(
            f"{PATH}: {where}.root is {section.root}, the folder that the models are trained on "
            f"(datasets.{trained}.root): expected that of another data set"
        )
    return reader, section


def _folder(section: DataSet) -> Path:
    return Path(section.root).expanduser().resolve()
