"""The sections of params.yaml that name data sets and say where and what they are."""

import re
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import ConfigDict, Field, model_validator

from fracture.console import PipelineError
from fracture.params.dataset import DataSet
from fracture.params.section import PATH, Fraction, Section, require, value_at
from fracture.params.table import Dicom, Table


class Synthetic(DataSet):
    """Drawn radiographs; see fracture/datasets/synthetic."""

    meaning = "a fracture is drawn"
    patients: Annotated[int, Field(ge=20, le=100_000)]
    fracture_rate: Fraction
    implant_rate: Fraction
    duplicate_rate: Fraction
    off_centre: Annotated[float, Field(ge=0, le=0.4)]


class FracAtlas(DataSet):
    """The FracAtlas folder; see fracture/datasets/fracatlas.py."""

    meaning = "radiologists and an orthopaedic surgeon annotated a fracture"


class Mura(DataSet):
    """The MURA folder; see fracture/datasets/mura.py."""

    meaning = "radiologists called the study abnormal: a fracture, hardware, arthrosis or other"


class GrazPedWri(DataSet):
    """The GRAZPEDWRI-DX folder; see fracture/datasets/grazpedwri.py."""


class ClassFolders(DataSet):
    """Any folder of class folders; see fracture/datasets/class_folders.py.

    Attributes:
        body_part: Of all radiographs; `unknown` leaves it to the headers of DICOM files.
        positive: Names of folders of fractured radiographs; case, spaces, hyphens and underscores
            make no difference.
        negative: Names of folders of radiographs that are not fractured, likewise.
    """

    model_config = ConfigDict(coerce_numbers_to_str=True)

    body_part: Annotated[str, Field(pattern=r"^[a-z_]+$")]
    positive: Annotated[tuple[str, ...], Field(min_length=1)]
    negative: Annotated[tuple[str, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _names_differ(self) -> Self:
        if both := sorted({*map(folder_key, self.positive)} & {*map(folder_key, self.negative)}):
            raise ValueError(
                f"datasets.class_folders: {', '.join(both)} stands in positive and negative"
            )
        return self


def folder_key(name: str) -> str:
    """Return what is the same for all names of a folder that mean the same."""
    return re.sub(r"[\s_-]+", "", name).casefold()


DATASETS: dict[str, type[DataSet]] = {
    "synthetic": Synthetic,
    "fracatlas": FracAtlas,
    "mura": Mura,
    "grazpedwri": GrazPedWri,
    "class_folders": ClassFolders,
    "table": Table,
    "dicom": Dicom,
}


def chosen_dataset(parameters: dict[str, Any]) -> tuple[str, DataSet]:
    """Return the name and the section of the data set that params.yaml chooses.

    Raises:
        PipelineError: There is no such data set, or its section is not valid.
    """
    name = value_at(parameters, "dataset")
    require(name, value_at(parameters, "datasets"), "dataset")
    require(name, DATASETS, "dataset")
    section = value_at(parameters, "datasets", name)
    return name, DATASETS[name].parse(section, f"datasets.{name}")


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
