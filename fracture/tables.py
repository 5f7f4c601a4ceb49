"""CSV tables that people bring, read strictly: whatever is not as expected is named."""

import csv
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from fracture.console import PipelineError

Row = dict[str, str]


def read_lines(source: Path, remedy: str) -> list[list[str]]:
    """Return the fields of each line that is not blank, in order.

    Args:
        source: A CSV file in UTF-8, with or without a byte order mark.
        remedy: What to do if it is none; ends the message.

    Raises:
        PipelineError: The file cannot be read, is not UTF-8, empty, or badly quoted, or a line has
            more or fewer fields than the first.
    """
    try:
        with source.open(encoding="utf-8-sig", newline="") as text:
            reader = csv.reader(text, strict=True)
            lines = [(reader.line_num, fields) for fields in reader if fields]
    except UnicodeDecodeError as error:  # whose own text quotes the table, perhaps a patient
        raise PipelineError(f"{source} is not UTF-8 at byte {error.start}: {remedy}") from None
    except OSError as error:
        raise PipelineError(f"{source} cannot be read ({error.strerror}): {remedy}") from None
    except (ValueError, csv.Error) as error:
        raise PipelineError(f"{source} is no CSV file ({error}): {remedy}") from None
    if not lines:
        raise PipelineError(f"{source} is no CSV file (it is empty): {remedy}")
    width = len(lines[0][1])
    for number, fields in lines:
        if len(fields) != width:
            raise PipelineError(
                f"{source}: line {number} has {len(fields)} fields, the first {width}: {remedy}"
            )
    return [fields for _, fields in lines]


def read_table(source: Path, columns: Sequence[str], remedy: str) -> list[Row]:
    """Return the rows of a table by column name; columns beyond `columns` come along.

    Args:
        source: A CSV file with a header, otherwise as for `read_lines`.
        columns: Those that must be there.
        remedy: What to do if they are not; ends the message.

    Raises:
        PipelineError: `read_lines` refuses the file, or a column is missing.
    """
    header, *lines = read_lines(source, remedy)
    if missing := [column for column in columns if column not in header]:
        raise PipelineError(f"{source} lacks the columns {', '.join(missing)}: {remedy}")
    return [dict(zip(header, fields, strict=True)) for fields in lines]


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
