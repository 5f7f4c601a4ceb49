"""Tables of data sets: read as they are, or refused with what is wrong."""

from pathlib import Path

import pytest

from fracture.console import PipelineError
from fracture.tables import read_lines, read_table, require_values

ROWS = [{"id": "7", "hand": "1", "cast": ""}, {"id": "NA", "hand": "0", "cast": "1"}]


def write(folder: Path, content: bytes) -> Path:
    source = folder / "table.csv"
    source.write_bytes(content)
    return source


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_fields_stay_text_whatever_the_line_ends_and_the_byte_order_mark(
    tmp_path: Path, mark: bytes, end: bytes
) -> None:
    content = mark + end.join([b"id,name,age", b"007,NA,", b"", b'8,"a, ""b""",1.50', b""])
    assert read_table(write(tmp_path, content), ["age", "id"], "") == [
        {"id": "007", "name": "NA", "age": ""},
        {"id": "8", "name": 'a, "b"', "age": "1.50"},
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", r"table.csv is no CSV file \(it is empty\): look again"),
        (b"\n\n", r"it is empty"),
        (b"\xff\xfe\0", "table.csv is not UTF-8 at byte 0: look again"),
        (b'a,b\n"1,2\n', r"no CSV file \(unexpected end of data\): look again"),
        (b"a,b\n1,2\n\n1,2,3\n", "line 4 has 3 fields, the first 2: look again"),
        (b"a,b\n1\n", "line 2 has 1 fields, the first 2"),
    ],
)
def test_what_is_no_table(tmp_path: Path, content: bytes, message: str) -> None:
    with pytest.raises(PipelineError, match=message):
        read_lines(write(tmp_path, content), "look again")


def test_a_folder_is_no_table(tmp_path: Path) -> None:
    with pytest.raises(PipelineError, match=r"cannot be read \(Is a directory\)"):
        read_lines(tmp_path, "")


def test_missing_columns_are_named(tmp_path: Path) -> None:
    with pytest.raises(PipelineError, match="lacks the columns leg, hip: look again"):
        read_table(write(tmp_path, b"hand,foot\n"), ["leg", "hand", "hip"], "look again")


@pytest.mark.parametrize(
    ("allowed", "message"),
    [
        ({"hand": ("1", "2")}, "^table.csv: hand of NA is '0', expected 1 or 2$"),
        ({"hand": ("0", "1"), "cast": ("0", "")}, "cast of NA is '1', expected 0 or nothing"),
        ({"cast": ("1",)}, "cast of 7 is '', expected 1$"),
    ],
)
def test_only_values_that_are_allowed_pass(
    allowed: dict[str, tuple[str, ...]], message: str
) -> None:
    require_values(ROWS, {"hand": ("0", "1"), "cast": ("1", "")}, "id", Path("table.csv"))
    with pytest.raises(PipelineError, match=message):
        require_values(ROWS, allowed, "id", Path("table.csv"))
