"""Unpacking: the content of a good archive, and nothing at all of a harmful or broken one."""

import io
import re
import stat
import tempfile
from contextlib import suppress
from pathlib import Path
from zipfile import ZipFile, ZipInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from fracture.console import PipelineError
from fracture.datasets import fracatlas
from fracture.datasets.findings import separate
from fracture.params.datasets import FracAtlas
from tests.datasets.test_fracatlas import FILES, lay_out
from tests.tools.examples import CONTENT, archive_of, files, names, zipped
from tools import download as command
from tools.archives import ARCHIVES


def put(folder: Path, content: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put an archive into a folder, and expect just this one."""
    monkeypatch.setitem(ARCHIVES, "fracatlas", archive_of(content))
    (folder / "FracAtlas.zip").write_bytes(content)


def special(name: str, kind: int) -> ZipInfo:
    entry = ZipInfo(name)
    entry.external_attr = (kind | 0o777) << 16
    return entry


def encrypted() -> bytes:
    content = bytearray(CONTENT)
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        for found in re.finditer(re.escape(signature), bytes(content)):
            content[found.start() + offset] |= 1
    return bytes(content)


def unknown_compression() -> bytes:
    content = CONTENT
    for signature, offset in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        position = content.index(signature) + offset
        content = content[:position] + b"\x63" + content[position + 1 :]
    return content


def understated() -> bytes:
    """Return an archive with an entry that is larger than it says."""
    size = 10_000_000
    bomb = zipped(("FracAtlas/zeros", bytes(size)))
    return bomb.replace(size.to_bytes(4, "little"), (5).to_bytes(4, "little"))


HALF = [(f"FracAtlas/{letter}", bytes(4_801)) for letter in "ab"]  # and 411 bytes beside
LINK = "the entry 'FracAtlas/link' is a link or a device: nothing was unpacked"
BROKEN = r"FracAtlas.zip cannot be unpacked \((?:{}).*: delete it"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        *(
            (zipped((name, b"x")), re.escape(f"the entry {name!r} leads out of the folder"))
            for name in [
                "../outside.txt",
                "FracAtlas/../../outside.txt",
                "/outside.txt",
                "//server/outside.txt",
                "C:/outside.txt",
                "C:outside.txt",
                "FracAtlas\\..\\outside.txt",
                "\\outside.txt",
                "../folder/",
                ".",
            ]
        ),
        (zipped((special("FracAtlas/link", stat.S_IFLNK), b"/etc/passwd")), LINK),
        (zipped((special("FracAtlas/link", stat.S_IFIFO), b"")), LINK),
        (zipped((special("FracAtlas/link", stat.S_IFCHR), b"")), LINK),
        (zipped(("FracAtlas/zeros", bytes(10_000_000))), "unpacks to more than the 10,000 bytes"),
        (zipped(*HALF), "unpacks to more than the 10,000 bytes of FracAtlas v0: nothing was"),
        (understated(), BROKEN.format("Bad CRC-32")),
        (zipped(("FracAtlas/dataset.csv/below", b"x")), "dataset.csv.* cannot be written"),
        (encrypted(), BROKEN.format("File .* is encrypted")),
        (b"no archive", BROKEN.format("File is not a zip file")),
        (CONTENT[:-30], BROKEN.format("File is not a zip file")),
        (CONTENT[:53] + b"x" + CONTENT[54:], BROKEN.format("Error -3|Bad CRC-32")),
        (unknown_compression(), BROKEN.format("That compression method is not supported")),
    ],
)
def test_a_harmful_or_broken_archive_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes, message: str
) -> None:
    put(tmp_path, content, monkeypatch)
    with pytest.raises(PipelineError, match=message) as caught:
        command.main("fracatlas", str(tmp_path / "X"))
    assert "\n" not in str(caught.value)
    assert names(tmp_path) == {"FracAtlas.zip"}


@given(st.lists(st.text("ab./\\: C", min_size=1, max_size=12), min_size=1, max_size=3, unique=True))
@example(["a/../../b", "..", "a"])
@settings(max_examples=50)
def test_nothing_is_ever_written_elsewhere(entries: list[str]) -> None:
    content = zipped(*((name, b"x") for name in entries))
    with tempfile.TemporaryDirectory() as temporary:
        root = Path(temporary) / "deep/down/root"
        root.parent.mkdir(parents=True)
        archive = root.with_name("FracAtlas.zip")
        archive.write_bytes(content)
        with suppress(PipelineError, OSError):  # `main` turns the second into the first
            command.install(archive_of(content), root)
        outside = {path for path in Path(temporary).rglob("*") if root not in {path, *path.parents}}
        assert outside == {root.parents[1], root.parent, archive}


def test_the_reader_reads_what_was_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory = io.BytesIO()
    with ZipFile(memory, "w") as archive:
        for name, body in files(lay_out(tmp_path / "official")).items():
            archive.writestr(name, body)  # without a folder at its top
    root = tmp_path / "raw/X"
    root.parent.mkdir()
    put(root.parent, memory.getvalue(), monkeypatch)
    command.main("fracatlas", str(root))
    kept, (note,) = separate(fracatlas.read(FracAtlas(root=str(root)), root))
    assert len(kept) == len(FILES)
    assert (note.path, note.radiograph) == ("SOURCE.txt", False)  # of the command's own making
