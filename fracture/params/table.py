"""The sections of params.yaml for data sets that a table describes."""

import re
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, ConfigDict, Field, model_validator

from fracture.params.dataset import DataSet
from fracture.params.section import Place, Section
from fracture.texts import normalised


class Corners(Section):
    """Names of four columns that hold a box, pixels: its sides.

    Attributes:
        left: Holds the distance of its left side from the left edge of the upright radiograph.
        top: Holds the distance of its upper side from the upper edge.
        right: Holds the distance of its right side from the left edge.
        bottom: Holds the distance of its lower side from the upper edge.
    """

    left: str
    top: str
    right: str
    bottom: str


class Extents(Section):
    """Names of four columns that hold a box, pixels: its upper left corner and its size.

    Attributes:
        left: Holds the distance of its left side from the left edge of the upright radiograph.
        top: Holds the distance of its upper side from the upper edge.
        width: Holds its width.
        height: Holds its height.
    """

    left: str
    top: str
    width: str
    height: str


class TableColumns(Section):
    """What the table calls its columns; None for what it does not have.

    Attributes:
        file: Holds the path of a file relative to the root, with or without suffix; the end of that
            path, such as the name alone, where one file has it; or a SOPInstanceUID.
        label: Holds one of the values in `positive` or `negative`.
        patient: Holds the patient id.
        study: Holds the study id.
        body_part: Holds the body part.
        view: Holds the view, such as `AP` or `lateral`.
        part: Holds the part of the split that the data set ships: train, validation or test.
        age: Holds the age in years, or as DICOM writes it, such as `006M`.
        sex: Holds the sex as a word or its first letter.
        boxes: Holds fractures as JSON, [[left, top, right, bottom], ...]; or four columns.
        further: Hold further labels, which targets can name. They are written down as they stand.
        flags: Hold whether something is so, such as `hardware`; each becomes a flag of its name.
    """

    file: str
    label: str
    patient: str | None
    study: str | None
    body_part: str | None
    view: str | None
    part: str | None
    age: str | None
    sex: str | None
    boxes: str | Corners | Extents | None
    further: tuple[str, ...]
    flags: tuple[str, ...]


def _text(value: Any) -> Any:
    """Return how a table would write a truth value that YAML has read."""
    return str(value).lower() if isinstance(value, bool) else value


LabelText = Annotated[str, BeforeValidator(_text)]


class Table(DataSet):
    """Any images and a table that says what they show; see fracture/datasets/table.

    Attributes:
        labels: The table, relative to the root: CSV, Parquet or a workbook.
        sheet: Of a workbook; None for the first.
        columns: What stands where in it.
        studies: Whether a study id is `unique` in the table, or begins again with each patient.
        positive: Labels that mean fractured, in any case; numbers are compared as numbers.
        negative: Labels that mean not fractured; what is neither is left out.
        private: Whether ids of radiographs, patients and studies are hashed.
    """

    model_config = ConfigDict(coerce_numbers_to_str=True)

    labels: Place
    sheet: str | None
    columns: TableColumns
    studies: Literal["unique", "within_patient"]
    positive: Annotated[tuple[LabelText, ...], Field(min_length=1)]
    negative: Annotated[tuple[LabelText, ...], Field(min_length=1)]
    private: bool

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        meant = {label_key(label) for label in self.positive}
        if both := sorted(label for label in self.negative if label_key(label) in meant):
            raise ValueError(f"{', '.join(both)} stands in positive and negative")
        if self.private and self.pictures_under is not None:
            raise ValueError(
                "pictures_under is set, but private is true: pictures of private radiographs are "
                "never passed on; leave pictures_under null, or set private to false"
            )
        if self.studies == "within_patient" and not (self.columns.patient and self.columns.study):
            raise ValueError("studies is within_patient, but columns lacks patient or study")
        return self


def label_key(label: str) -> str:
    """Return a label as it is compared: without case, spaces around it, and zeros of a number."""
    text = normalised(label).casefold()
    return repr(float(text)) if re.fullmatch(r"[+-]?\d+(\.\d*)?", text) else text


class Dicom(Table):
    """A tree of DICOM files with a table of labels; see fracture/datasets/table.

    Attributes:
        private: Always: headers tell whose the radiographs are.
    """

    private: Literal[True]
