from pathlib import Path
from typing import Any

import pytest

from fracture.console import PipelineError
from fracture.params.datasets import ClassFolders, FracAtlas, Mura, external_datasets
from fracture.params.table import Dicom, Table


def given(parameters: dict[str, Any], external: object) -> dict[str, Any]:
    return parameters | {"external": external}


def test_none(parameters: dict[str, Any]) -> None:
    assert external_datasets(given(parameters, {})) == {}


def test_keys_that_lack_are_those_of_datasets(parameters: dict[str, Any]) -> None:
    found = external_datasets(
        given(
            parameters,
            {
                "wrists": {"dataset": "class_folders", "root": "a", "body_part": "wrist"},
                "clinic": {"dataset": "dicom", "root": "b", "positive": ["yes"]},
                "fracatlas": {"dataset": "fracatlas"},
            },
        )
    )
    assert list(found) == ["wrists", "clinic", "fracatlas"]
    assert found["wrists"] == (
        "class_folders",
        ClassFolders.parse(
            parameters["datasets"]["class_folders"] | {"root": "a", "body_part": "wrist"}, "wrists"
        ),
    )
    assert found["fracatlas"] == ("fracatlas", FracAtlas(**parameters["datasets"]["fracatlas"]))
    reader, clinic = found["clinic"]
    assert reader == "dicom"
    assert isinstance(clinic, Dicom)
    assert (clinic.root, clinic.labels, clinic.positive) == ("b", "labels.csv", ("yes",))


@pytest.mark.parametrize(
    ("external", "message"),
    [
        (None, r"external is None; expected \{\}, or entries such as other_hospital: \{dataset"),
        ({"x": "mura"}, r"external\.x is 'mura'; expected dataset, root"),
        ({"x": {"root": "a"}}, r"external\.x\.dataset is missing"),
        ({"x": {"dataset": "chexpert"}}, r"external\.x\.dataset is 'chexpert'; expected one of: s"),
        ({"x": {"dataset": "mura", "rot": "a"}}, r"unknown key external\.x\.rot"),
        (
            {"x": {"dataset": "class_folders", "body_part": "Left hand"}},
            r"external\.x\.body_part is 'Left hand'",
        ),
        (
            {"x": {"dataset": "class_folders", "root": "./data/raw/../raw/synthetic"}},
            r"external\.x\.root .* the folder that the models are trained on \(datasets\.synth",
        ),
        ({"x": {"dataset": "synthetic"}}, r"external\.x\.root is data/raw/synthetic, the folder"),
    ],
)
def test_what_cannot_be_read(parameters: dict[str, Any], external: object, message: str) -> None:
    with pytest.raises(PipelineError, match=message):
        external_datasets(given(parameters, external))


def test_the_same_folder_by_its_full_path(parameters: dict[str, Any]) -> None:
    root = str(Path("data/raw/synthetic").absolute())
    with pytest.raises(PipelineError, match="expected that of another data set"):
        external_datasets(given(parameters, {"x": {"dataset": "fracatlas", "root": root}}))


def test_pictures_of_private_radiographs_are_never_passed_on(parameters: dict[str, Any]) -> None:
    entry = parameters["datasets"]["table"] | {"pictures_under": "CC BY 4.0", "private": False}
    assert Table.parse(entry, "datasets.table").pictures_under == "CC BY 4.0"
    with pytest.raises(PipelineError, match="pictures_under is set, but private is true: pictures"):
        Table.parse(entry | {"private": True}, "datasets.table")


def test_pictures_stay_where_no_licence_is_named(parameters: dict[str, Any]) -> None:
    entry = {key: value for key, value in parameters["datasets"]["mura"].items() if key == "root"}
    assert Mura.parse(entry, "datasets.mura").pictures_under is None
