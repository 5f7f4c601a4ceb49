"""Tables that people bring, read strictly: CSV, Parquet, Excel; whatever is wrong is named."""

import codecs
import csv
import io
import json
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, time
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import pandas as pd

from fracture.console import PipelineError
from fracture.texts import normalised

Row = dict[str, str]

WORKBOOKS = {".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"}
PARQUET = {".parquet", ".pq"}
TEXTS = {".csv", ".tsv"}
TABLES = {*TEXTS, *PARQUET, *WORKBOOKS}
"""Suffixes, in lower case; a table of any other suffix is read as text."""

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab"}
UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def read_lines(source: Path, remedy: str, sheet: str | None = None) -> list[list[str]]:
    """Return the fields of each line that is not blank, in order, as text.

    A CSV file holds text, which stays as it is. Numbers of other tables read as Python writes them,
    whole ones without a point; `true` and `false`; days and times as in ISO 8601; a list as JSON;
    a cell that is empty or holds no number is empty.

    Args:
        source: Parquet, a workbook, or else CSV with comma, semicolon or tab between its fields,
            in UTF-8 with or without a byte order mark, or in UTF-16 with one.
        remedy: What to do if it is none; ends the message.
        sheet: Of a workbook; None for the first.

    Raises:
        PipelineError: The file cannot be read, is not of its kind, is empty or badly quoted, or a
            line has more or fewer fields than the first.
    """
    try:
        with source.open("rb") as file:
            if source.suffix.lower() in PARQUET | WORKBOOKS:
                lines = _cells(_frame(file, source, remedy, sheet))
            else:
                lines = _csv(file.read(), source, remedy)
    except OSError as error:
        raise PipelineError(f"{source} cannot be read ({error.strerror}): {remedy}") from None
    if not lines:
        raise PipelineError(f"{source} is empty, expected a table: {remedy}")
    return lines


def read_table(
    source: Path, columns: Sequence[str], remedy: str, sheet: str | None = None
) -> list[Row]:
    """Return the rows of a table by column name; columns beyond `columns` come along.

    Names of columns are normalised: see `fracture.texts`.

    Args:
        source: A table with a header, otherwise as for `read_lines`.
        columns: Those that must be there.
        remedy: What to do if they are not; ends the message.
        sheet: Of a workbook; None for the first.

    Raises:
        PipelineError: `read_lines` refuses the file, or a column is missing or there twice.
    """
    first, *lines = read_lines(source, remedy, sheet)
    header = [normalised(name) for name in first]
    wanted = [normalised(column) for column in columns]
    if missing := [column for column in wanted if column not in header]:
        there = ", ".join(filter(None, header)) or "none with a name"
        raise PipelineError(
            f"{source} lacks the columns {', '.join(missing)}; it has {there}: {remedy}"
        )
    counts = Counter(header)
    if doubled := [column for column in wanted if counts[column] > 1]:
        raise PipelineError(f"{source} has several columns {', '.join(doubled)}: {remedy}")
    return [dict(zip(header, fields, strict=True)) for fields in lines]


def sheets(source: Path, remedy: str) -> list[str]:
    """Return the names of the sheets of a workbook; of any other table one empty name.

    Args:
        source: A table, as for `read_lines`.
        remedy: What to do if it cannot be read; ends the message.

    Raises:
        PipelineError: It is a workbook and cannot be read.
    """
    if source.suffix.lower() not in WORKBOOKS:
        return [""]
    try:
        with pd.ExcelFile(source, engine="calamine") as book:
            return [str(name) for name in book.sheet_names]
    except Exception:  # whatever a damaged file makes a decoder stumble over
        raise PipelineError(f"{source} is no workbook that can be read: {remedy}") from None


def require_values(
    rows: Sequence[Row], allowed: Mapping[str, Collection[str]], key: str, source: Path
) -> None:
    """Refuse a table with a value that nobody could interpret.

    Args:
        rows: As `read_table` returns them.
        allowed: The values that each column may have.
        key: The column that names a row in the message.
        source: The file that the message names.

    Raises:
        PipelineError: A value is none of those allowed.
    """
    for column, values in allowed.items():
        for row in rows:
            if row[column] not in values:
                expected = " or ".join(value or "nothing" for value in values)
                raise PipelineError(
                    f"{source}: {column} of {row[key]} is {row[column]!r}, expected {expected}"
                )


def _csv(content: bytes, source: Path, remedy: str) -> list[list[str]]:
    encoding = "utf-16" if content.startswith(UTF_16) else "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:  # whose own text quotes the table, perhaps a patient
        name = "UTF-16" if encoding == "utf-16" else "UTF-8"
        raise PipelineError(f"{source} is not {name} at byte {error.start}: {remedy}") from None
    try:
        lines = list(_numbered(text, _delimiter(text, source, remedy)))
    except (ValueError, csv.Error) as error:
        raise PipelineError(f"{source} is no CSV file ({error}): {remedy}") from None
    for number, fields in lines:
        if len(fields) != (width := len(lines[0][1])):
            raise PipelineError(
                f"{source}: line {number} has {len(fields)} fields, the first {width}: {remedy}"
            )
    return [fields for _, fields in lines]


def _numbered(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    return ((reader.line_num, fields) for fields in reader if fields)


def _delimiter(text: str, source: Path, remedy: str) -> str:
    """Return what divides the first line; where several do, what divides all lines alike."""
    widths = {delimiter: _widths(text, delimiter) for delimiter in DELIMITERS}
    dividing = [delimiter for delimiter, (first, _) in widths.items() if first > 1]
    if len(dividing) <= 1:
        return dividing[0] if dividing else ","
    even = [delimiter for delimiter in dividing if widths[delimiter][1]] or dividing
    if len(even) > 1:
        found = " and ".join(f"{DELIMITERS[each]} ({widths[each][0]} columns)" for each in even)
        raise PipelineError(
            f"{source}: its first line can be divided by {found}, expected one of them alone: "
            f"quote the names that hold another, or write the table with one; {remedy}"
        )
    return even[0]


def _widths(text: str, delimiter: str) -> tuple[int, bool]:
    """Return the number of fields of the first line, and whether all lines have as many."""
    try:
        lines = _numbered(text, delimiter)
        first = len(next(lines, (0, []))[1])
        return first, first > 1 and all(len(fields) == first for _, fields in lines)
    except csv.Error:
        return 0, False


def _frame(file: BinaryIO, source: Path, remedy: str, sheet: str | None) -> pd.DataFrame:
    """Return a table with its header as its first row."""
    try:
        if source.suffix.lower() in PARQUET:
            return _parquet(file)
        with pd.ExcelFile(file, engine="calamine") as book:
            names = [str(name) for name in book.sheet_names]
            chosen = names[0] if sheet is None else sheet
            if chosen in names:
                return pd.read_excel(book, chosen, header=None, dtype=object, na_filter=False)
    except Exception:  # whatever a damaged file makes a decoder stumble over
        kind = "Parquet file" if source.suffix.lower() in PARQUET else "workbook"
        raise PipelineError(f"{source} is no {kind} that can be read: {remedy}") from None
    raise PipelineError(
        f"{source} has no sheet {sheet!r}, expected one of: {', '.join(names)}: {remedy}"
    )


def _parquet(file: BinaryIO) -> pd.DataFrame:
    frame = pd.read_parquet(file, dtype_backend="numpy_nullable")
    if any(name is not None for name in frame.index.names):
        frame = frame.reset_index()
    header = pd.DataFrame([list(frame.columns)], columns=frame.columns, dtype=object)
    return pd.concat([header, frame.astype(object)])


def _cells(frame: pd.DataFrame) -> list[list[str]]:
    """Return the texts of a table without its empty rows and columns."""
    lines = [[_text(value) for value in row] for row in frame.itertuples(index=False, name=None)]
    lines = [line for line in lines if any(line)]
    used = [any(column) for column in zip(*lines, strict=True)]
    return [[field for field, keep in zip(line, used, strict=True) if keep] for line in lines]


def _text(value: Any) -> str:
    if isinstance(value, list | dict | np.ndarray):
        return json.dumps(value, default=np.ndarray.tolist)
    if pd.isna(value):
        return ""
    match value:
        case bool() | np.bool():
            return str(value).lower()
        case date() | time():  # a datetime too
            return value.isoformat().removesuffix("T00:00:00")
        case float() | np.floating() if value.is_integer():
            return str(int(value))
    return str(value)
