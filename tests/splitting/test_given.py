from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fracture.artifacts.splits import PARTS, Part
from fracture.console import PipelineError
from fracture.splitting.given import match, read


def write(folder: Path, content: str | bytes) -> Path:
    source = folder / "split.csv"
    source.write_bytes(content.encode() if isinstance(content, str) else content)
    return source


@pytest.mark.parametrize(
    "content",
    [
        "id,part\na,train\nb,val\nc,test\n",
        "\ufeffid,part\r\na,train\r\nb,valid\r\nc,test",
        'part,fold,ID\nTrain,1,a\n validation ,2," b"\n\nTEST,3,c\n',
        "image_id,view,Part,\na,x,train,\nb,y,validation,\nc,z,test,\n",
        "image_id,part,id\n1.jpg,train,a\n2.jpg,val,b\n3.jpg,test,c\n",
    ],
)
def test_published_files_come_in_many_shapes(tmp_path: Path, content: str) -> None:
    assert read(write(tmp_path, content)) == [("a", "train"), ("b", "validation"), ("c", "test")]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("name,part\na,train\n", "columns: name, part; expected id .or image_id. and part"),
        ("id|part\na|train\n", r"columns: id\|part; expected id .or image_id. and part"),
        ("id,split\na,train\n", "columns: id, split; expected"),
        ("", r"is empty, expected a table: set split.given"),
        ("id,part\na,train\nb,dev\n", "row 3 puts 'b' in part 'dev'; expected .* val, valid, test"),
        ("id,part\n,train\n", "row 2 puts '' in part 'train'; expected an id"),
        ("id,part\na\n", "line 2 has 1 fields, the first 2: set split.given"),
        ("id,part\na,tést\n".encode("latin-1"), "not UTF-8 at byte 11: set split.given"),
        ('id,part\n"a,train\n', r"no CSV file \(unexpected end.*\): set split.given"),
    ],
)
def test_a_file_that_is_no_split_is_refused(
    tmp_path: Path, content: str | bytes, message: str
) -> None:
    with pytest.raises(PipelineError, match=message) as refusal:
        read(write(tmp_path, content))
    assert "\n" not in str(refusal.value)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    for source in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(PipelineError, match=f"{source} cannot be read .* split.given"):
            read(source)


@given(st.dictionaries(st.sampled_from([f"IMG{n}" for n in range(30)]), st.sampled_from(PARTS)))
def test_rows_give_themselves_back_whatever_their_suffix_and_however_often(
    parts: dict[str, Part],
) -> None:
    rows = list(parts.items())
    suffixed = [(f"{name}.JPG", part) for name, part in rows]
    assert match([*rows, *suffixed, *rows], {f"IMG{n}" for n in range(30)}) == parts


def test_a_suffix_that_belongs_to_an_id_stays() -> None:
    rows = [("a.png", PARTS[0]), ("b.v2.png", PARTS[1]), ("c.1", PARTS[2])]
    assert match(rows, {"a.png", "b.v2", "c.1"}) == {
        "a.png": "train", "b.v2": "validation", "c.1": "test",
    }  # fmt: skip
    with pytest.raises(PipelineError, match=r"lists 1 ids .*: c\.2:"):
        match([("c.2", "test")], {"c"})


def test_unknown_ids_are_named() -> None:
    rows = [(f"x{n:02}", PARTS[0]) for n in range(13)]
    with pytest.raises(
        PipelineError, match=r"13 ids that are neither .*: x00, x01, .*, x09 and 3 more: mend them"
    ):
        match([*rows, ("known", "train")], {"known"})


def test_ids_in_two_parts_are_named() -> None:
    rows = [("a", PARTS[0]), ("b", PARTS[0]), ("a.jpg", PARTS[2]), ("b", PARTS[0])]
    with pytest.raises(PipelineError, match="puts 1 ids into more than one part: a: keep one row"):
        match(rows, {"a", "b"})
