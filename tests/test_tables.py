"""Tables of data sets: read as they are, or refused with what is wrong."""

from datetime import datetime
from pathlib import Path

import pandas as pd
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
        (b"", r"table.csv is empty, expected a table: look again"),
        (b"\n\n", r"is empty"),
        (b"a,b\n\xfc,1\n", "table.csv is not UTF-8 at byte 4: look again"),
        (b"\xff\xfe\0", "table.csv is not UTF-16 at byte 2: look again"),
        (b'a,b\n"1,2\n', r"no CSV file \(unexpected end of data\): look again"),
        (b"a,b\n1,2\n\n1,2,3\n", "line 4 has 3 fields, the first 2: look again"),
        (b"a,b\n1\n", "line 2 has 1 fields, the first 2"),
    ],
)
def test_what_is_no_table(tmp_path: Path, content: bytes, message: str) -> None:
    with pytest.raises(PipelineError, match=message):
        read_lines(write(tmp_path, content), "look again")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_what_divides_the_first_line_divides_all(
    tmp_path: Path, delimiter: str, encoding: str
) -> None:
    lines = [["Datei ", " Größe\u00a0"], ["007.png", "1.5"], ["ü", "NA"]]
    text = "\n".join(delimiter.join(line) for line in lines)
    assert read_table(write(tmp_path, text.encode(encoding)), ["Datei", "Größe"], "") == [
        {"Datei": "007.png", "Größe": "1.5"},
        {"Datei": "ü", "Größe": "NA"},
    ]


@pytest.mark.parametrize(
    ("content", "lines"),
    [
        (b"file;part, side\na;b\n", [["file", "part, side"], ["a", "b"]]),
        (b"file;age\na;7,5\n", [["file", "age"], ["a", "7,5"]]),
        (b'file,"a;b"\nx,y\n', [["file", "a;b"], ["x", "y"]]),
        (b"file\na;b\n", [["file"], ["a;b"]]),
    ],
)
def test_another_sign_in_a_cell_divides_nothing(
    tmp_path: Path, content: bytes, lines: list[list[str]]
) -> None:
    assert read_lines(write(tmp_path, content), "") == lines


def test_what_may_divide_in_two_ways_is_told(tmp_path: Path) -> None:
    message = r"divided by comma \(2 columns\) and semicolon \(2 columns\), expected one of them"
    with pytest.raises(PipelineError, match=message):
        read_lines(write(tmp_path, b"a;b,c\n1;2,3\n"), "look again")


def test_columns_of_one_name_are_told(tmp_path: Path) -> None:
    with pytest.raises(PipelineError, match="has several columns hand: look again"):
        read_table(write(tmp_path, b"hand,foot,hand \n1,2,3\n"), ["hand"], "look again")
    assert read_table(write(tmp_path, b"hand,foot,hand\n1,2,3\n"), ["foot"], "")


CELLS = {
    "id ": ["007", "8", None],
    "grade": [7.0, 7.5, None],
    "cast": [True, False, None],
    "taken": [datetime(2020, 1, 2), datetime(2020, 1, 2, 3, 4), None],
    "count": [1, 2, 3],
    "empty": [None, None, None],
}
TEXTS = [
    {"id": "007", "grade": "7", "cast": "true", "taken": "2020-01-02", "count": "1", "empty": ""},
    {
        "id": "8",
        "grade": "7.5",
        "cast": "false",
        "taken": "2020-01-02T03:04:00",
        "count": "2",
        "empty": "",
    },
    {"id": "", "grade": "", "cast": "", "taken": "", "count": "3", "empty": ""},
]


@pytest.mark.parametrize("suffix", ["xlsx", "parquet"])
def test_cells_of_other_kinds_of_tables_are_texts(tmp_path: Path, suffix: str) -> None:
    source = tmp_path / f"table.{suffix.upper()}"
    frame = pd.DataFrame(CELLS)
    with source.open("wb") as file:
        if suffix == "xlsx":
            frame.to_excel(file, index=False, engine="openpyxl")
        else:
            frame.to_parquet(file)
    assert read_table(source, ["id", "empty"], "") == TEXTS


def test_lists_in_parquet_are_json_and_an_index_with_a_name_is_a_column(tmp_path: Path) -> None:
    source = tmp_path / "table.parquet"
    boxes = [[[1.0, 2.0, 3.0, 4.0]], []]
    pd.DataFrame({"file": ["a", "b"], "boxes": boxes}).set_index("file").to_parquet(source)
    assert read_lines(source, "") == [
        ["file", "boxes"],
        ["a", "[[1.0, 2.0, 3.0, 4.0]]"],
        ["b", "[]"],
    ]


def test_the_first_sheet_or_the_one_that_is_named(tmp_path: Path) -> None:
    source = tmp_path / "table.xlsx"
    with pd.ExcelWriter(source, engine="openpyxl") as book:
        pd.DataFrame({"a": [1]}).to_excel(book, sheet_name="first", index=False)
        pd.DataFrame({"b": ["x"]}).to_excel(book, sheet_name="second", index=False, startrow=2)
        pd.DataFrame().to_excel(book, sheet_name="nothing", index=False)
    assert read_table(source, ["a"], "") == [{"a": "1"}]
    assert read_table(source, ["b"], "", "second") == [{"b": "x"}]
    with pytest.raises(PipelineError, match=r"no sheet 'third', expected one of: first, second, n"):
        read_lines(source, "", "third")
    with pytest.raises(PipelineError, match="is empty, expected a table"):
        read_lines(source, "", "nothing")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("t.xlsx", "is no workbook that can be read: look again"),
        ("t.parquet", "is no Parquet file that can be read: look again"),
    ],
)
def test_other_kinds_that_cannot_be_read(tmp_path: Path, name: str, message: str) -> None:
    (tmp_path / name).write_bytes(b"Meier")
    with pytest.raises(PipelineError, match=message) as refusal:
        read_lines(tmp_path / name, "look again")
    assert "Meier" not in str(refusal.value)


def test_a_folder_is_no_table(tmp_path: Path) -> None:
    with pytest.raises(PipelineError, match=r"cannot be read \(Is a directory\)"):
        read_lines(tmp_path, "")


def test_missing_columns_are_named(tmp_path: Path) -> None:
    with pytest.raises(PipelineError, match="the columns leg, hip; it has hand, foot: look again"):
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
