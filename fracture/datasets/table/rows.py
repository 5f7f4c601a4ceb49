"""The rows of somebody's table: what each says of the file that it names."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

from fracture.console import PipelineError, some
from fracture.datasets.table import cells
from fracture.datasets.table.cells import Box
from fracture.params.table import Corners, Extents, Table, TableColumns, label_key
from fracture.tables import Row as Cells
from fracture.tables import read_table
from fracture.texts import normalised

FEW = 12  # distinct labels of a public table that an error names

Value = TypeVar("Value")


@dataclass(frozen=True)
class Row:
    """What a row says; text is empty, and the age None, where it says nothing.

    Attributes:
        file: What it names: a path or the end of one, or a SOPInstanceUID.
        fractured: None where the label is neither positive nor negative.
        patient: As it stands there.
        study: As it stands there.
        body_part: In words of this project.
        view: Likewise.
        part: train, validation or test.
        age: Years.
        sex: female or male.
        boxes: Fractures, pixels.
        further: Further columns with what stands there.
        flags: Names of the columns that say yes.
    """

    file: str
    fractured: bool | None
    patient: str = ""
    study: str = ""
    body_part: str = ""
    view: str = ""
    part: str = ""
    age: float | None = None
    sex: str = ""
    boxes: tuple[Box, ...] = ()
    further: tuple[tuple[str, str], ...] = ()
    flags: tuple[str, ...] = ()


def read_rows(section: Table, root: Path, key: str) -> list[Row]:
    """Return the rows of the table, in order; errors quote no value of a private one.

    Args:
        section: Of the data set.
        root: The folder that holds the table.
        key: Of the section in params.yaml, for messages.

    Raises:
        PipelineError: The table cannot be read, lacks a column, names no file in a row, has a cell
            that cannot be understood, or no label that is positive or negative.
    """
    columns = section.columns
    remedy = f"set {key}.labels and {key}.columns to what the table is and has"
    table = _Table(root / section.labels, key, [])
    table.rows = read_table(table.source, _named(columns), remedy, section.sheet)
    files = table.column(columns.file, _file, "name of a file", "")
    labels = _labels(table, section)
    private = section.private
    patients = table.column(columns.patient, normalised, "", "")
    studies = table.column(columns.study, normalised, "", "")
    if section.studies == "within_patient":
        ids = zip(patients, studies, strict=True)
        studies = [f"{patient}/{study}" if patient and study else "" for patient, study in ids]
    described = zip(
        files,
        labels,
        patients,
        studies,
        table.column(columns.body_part, partial(cells.read_body_part, private=private), "", ""),
        table.column(columns.view, partial(cells.read_view, private=private), "", ""),
        table.column(columns.part, cells.read_part, "train, validation, test or nothing", ""),
        table.column(columns.age, cells.read_age, "years from 0 to 120 or nothing", None),
        table.column(columns.sex, cells.read_sex, "F, M, female, male or nothing", ""),
        _boxes(table, columns),
        table.together(columns.further, normalised, ""),
        _flags(table, columns.flags),
        strict=True,
    )
    return [Row(*said) for said in described]


@dataclass
class _Table:
    """The cells of a table and how messages call it."""

    source: Path
    key: str
    rows: list[Cells]

    def column(
        self,
        name: str | None,
        read: Callable[[str], Value],
        expected: str,
        absent: Value,
    ) -> list[Value]:
        """Return what a function reads from each cell of a column."""
        if name is None:
            return [absent] * len(self.rows)
        return self.values([name], lambda row: read(row[0]), expected)

    def values(
        self,
        names: Sequence[str],
        read: Callable[[list[str]], Value],
        expected: str,
    ) -> list[Value]:
        """Return what a function reads from the cells of some columns in each row."""
        values, unclear = [], []
        for number, row in enumerate(self.rows, 1):
            try:
                values.append(read([row[normalised(name)] for name in names]))
            except ValueError:
                unclear.append(number)
        if unclear:
            raise PipelineError(
                f"{self.source}: {len(unclear)} of {len(self.rows)} rows (the first is row "
                f"{unclear[0]}) hold in {', '.join(names)} no {expected}: mend them, "
                f"or set {self.key}.columns"
            )
        return values

    def together(
        self, names: Sequence[str], read: Callable[[str], Value], expected: str
    ) -> list[tuple[tuple[str, Value], ...]]:
        """Return name and value of some columns in each row."""
        columns = [self.column(name, read, expected, read("")) for name in names]
        if not columns:
            return [()] * len(self.rows)
        return [
            tuple(zip(map(normalised, names), values, strict=True))
            for values in zip(*columns, strict=True)
        ]


def _named(columns: TableColumns) -> list[str]:
    single = (
        columns.file, columns.label, columns.patient, columns.study, columns.body_part,
        columns.view, columns.part, columns.age, columns.sex,
    )  # fmt: skip
    named = [name for name in single if name is not None]
    if isinstance(columns.boxes, str):
        named.append(columns.boxes)
    elif columns.boxes is not None:
        named += columns.boxes.model_dump().values()
    return [*named, *columns.further, *columns.flags]


def _file(cell: str) -> str:
    name = normalised(cell).replace("\\", "/").removeprefix("./")
    if not name:
        raise ValueError
    return name


def _labels(table: _Table, section: Table) -> list[bool | None]:
    meanings = dict.fromkeys(map(label_key, section.negative), False)
    meanings |= dict.fromkeys(map(label_key, section.positive), True)
    column = normalised(section.columns.label)
    labels = [meanings.get(label_key(row[column])) for row in table.rows]
    if all(label is None for label in labels):
        expected = ", ".join([*section.positive, *section.negative])
        found = {row[column] or "nothing" for row in table.rows}
        shown = f"{len(found)} others" if section.private else some(found, FEW) or "no rows"
        raise PipelineError(
            f"{table.source}: no {column} is one of: {expected}; found {shown}: set {table.key}."
            f"positive and {table.key}.negative to the labels that it has"
        )
    return labels


def _boxes(table: _Table, columns: TableColumns) -> list[tuple[Box, ...]]:
    match columns.boxes:
        case Corners() | Extents() as sides:
            read = partial(cells.read_box, extents=isinstance(sides, Extents))
            names = list(sides.model_dump().values())
            return table.values(names, read, "numbers that span an area")
        case name:
            expected = "JSON such as [[left, top, right, bottom], ...]"
            return table.column(name, cells.read_boxes, expected, ())


def _flags(table: _Table, names: Sequence[str]) -> list[tuple[str, ...]]:
    said = table.together(names, cells.read_truth, "yes or no, 1 or 0, true or false")
    return [tuple(cells.own_word(name) for name, so in row if so) for row in said]
