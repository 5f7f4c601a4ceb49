"""Archives as they should be, and archives that mean harm: nothing is ever left half-done."""

import errno
import re
import stat
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any
from zipfile import ZipFile, ZipInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from fracture.console import PipelineError
from fracture.datasets import fracatlas
from fracture.params.datasets import FracAtlas
from tests.datasets.test_fracatlas import FILES, lay_out
from tests.tools.download.examples import ENTRIES, source_of, zipped
from tools.download.sources import ARCHIVES, Archive
from tools.download.unpack import RECEIPT, require_free, unpack, unpacked


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "raw/FracAtlas"


def install(root: Path, content: bytes, **expected: Any) -> int:
    root.parent.mkdir(exist_ok=True)
    archive = root.with_name("FracAtlas.zip")
    archive.write_bytes(content)
    source: Archive = replace(source_of(content), **expected)
    return unpack(source, archive, root)


def assert_refused(root: Path, content: bytes, message: str, **expected: Any) -> None:
    """Assert one line, and nothing but the archive."""
    with pytest.raises(PipelineError, match=message) as caught:
        install(root, content, **expected)
    assert "\n" not in str(caught.value)
    assert [path.name for path in root.parent.iterdir()] == ["FracAtlas.zip"]


def files(root: Path) -> dict[str, bytes]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file()
    }


def special(name: str, kind: int) -> ZipInfo:
    entry = ZipInfo(name)
    entry.external_attr = (kind | 0o777) << 16
    return entry


def test_the_top_folder_is_stripped(root: Path) -> None:
    content = zipped(ENTRIES)
    assert install(root, content) == 3
    found = files(root)
    assert found.pop(RECEIPT).decode() == source_of(content).receipt
    assert found == {name.removeprefix("FracAtlas/"): body for name, body in ENTRIES.items()}


def test_an_archive_without_top_folder(root: Path) -> None:
    install(root, zipped({name.removeprefix("FracAtlas/"): b"" for name in ENTRIES}))
    assert {path.name for path in root.iterdir()} == {
        "Annotations",
        "dataset.csv",
        "images",
        RECEIPT,
    }


def test_folders_may_have_entries_of_their_own(root: Path) -> None:
    entries = [(special("FracAtlas/images/", stat.S_IFDIR), b"")]
    entries += [(special(name, stat.S_IFREG), body) for name, body in ENTRIES.items()]
    assert install(root, zipped(entries)) == 3


def test_the_reader_takes_what_was_unpacked(tmp_path: Path, root: Path) -> None:
    folder = lay_out(tmp_path / "FracAtlas")
    entries = {f"FracAtlas/{name}": body for name, body in files(folder).items()}
    install(root, zipped(entries), holds=ARCHIVES["fracatlas"].holds)
    assert len(fracatlas.read(FracAtlas(root=str(root)), root)) == len(FILES)


def test_an_empty_folder_is_taken(root: Path) -> None:
    root.mkdir(parents=True)
    install(root, zipped(ENTRIES))
    assert (root / "dataset.csv").is_file()


def test_what_was_unpacked_is_known_again(root: Path) -> None:
    content = zipped(ENTRIES)
    source = source_of(content)
    assert not unpacked(source, root)
    install(root, content)
    assert unpacked(source, root)
    with pytest.raises(PipelineError, match="is taken, expected an empty folder or none"):
        unpacked(source_of(b"another version"), root)


@pytest.mark.parametrize("file", [True, False])
def test_a_taken_place_is_left_as_it_is(root: Path, file: bool) -> None:
    root.parent.mkdir()
    mine = root if file else root / "mine.txt"
    mine.parent.mkdir(exist_ok=True)
    mine.write_text("mine")
    with pytest.raises(PipelineError, match=r"is taken, .*: nothing was changed"):
        require_free(root)
    with pytest.raises(PipelineError, match=r"is taken, .*: nothing was changed"):
        install(root, zipped(ENTRIES))
    assert mine.read_text() == "mine"
    assert len(list(root.parent.iterdir())) == 2


@pytest.mark.parametrize(
    "name",
    [
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
    ],
)
def test_no_entry_leads_out(root: Path, name: str) -> None:
    message = re.escape(f"the entry {name!r} leads out of the folder: nothing was unpacked")
    assert_refused(root, zipped(ENTRIES | {name: b"x"}), message)


@given(st.lists(st.text("ab./\\: C", min_size=1, max_size=12), min_size=1, max_size=3, unique=True))
@example(["a/../../b", "..", "a"])
@settings(max_examples=50)
def test_nothing_is_ever_written_elsewhere(names: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "deep/down/root"
        root.parent.mkdir(parents=True)
        try:
            install(root, zipped(dict.fromkeys(names, b"x")), holds=())
        except PipelineError:
            assert not root.exists()
        outside = {path for path in Path(folder).rglob("*") if root not in {path, *path.parents}}
        assert outside == {root.parents[1], root.parent, root.with_name("FracAtlas.zip")}


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR, stat.S_IFSOCK])
def test_no_link_and_no_device(root: Path, kind: int) -> None:
    entries = [(ZipInfo(name), body) for name, body in ENTRIES.items()]
    entries.append((special("FracAtlas/link", kind), b"/etc/passwd"))
    assert_refused(root, zipped(entries), "the entry 'FracAtlas/link' is a link or a device")


def test_names_that_occur_twice(root: Path) -> None:
    with pytest.warns(UserWarning, match="Duplicate name"):
        twice = zipped([*((ZipInfo(name), b"x") for name in ENTRIES for _ in range(2))])
    assert_refused(root, twice, "names dataset.csv twice: nothing was unpacked")


@pytest.mark.parametrize("other", ["FracAtlas/dataset.csv/below", "FracAtlas/images"])
def test_names_that_are_file_and_folder(root: Path, other: str) -> None:
    assert_refused(root, zipped(ENTRIES | {other: b"x"}), "names .* twice: nothing was unpacked")


def test_a_bomb(root: Path) -> None:
    bomb = zipped(ENTRIES | {"FracAtlas/zeros": bytes(10_000_000)})
    assert len(bomb) < 20_000
    assert_refused(
        root, bomb, r"unpacks to more than the 10,000 bytes of FracAtlas v0: nothing was"
    )


def test_the_bound_counts_all_files_together(root: Path) -> None:
    half = {f"FracAtlas/{letter}": bytes(4_801) for letter in "ab"}  # and 411 bytes beside
    assert_refused(root, zipped(ENTRIES | half), "unpacks to more than the 10,000 bytes")
    install(root, zipped(ENTRIES | half), unpacked_bytes=10_013)


def test_a_bomb_that_understates_its_size(root: Path) -> None:
    size = 10_000_000
    bomb = zipped(ENTRIES | {"FracAtlas/zeros": bytes(size)})
    lie = bomb.replace(size.to_bytes(4, "little"), (5).to_bytes(4, "little"))
    assert lie != bomb
    assert_refused(root, lie, r"cannot be unpacked \(Bad CRC-32")


def test_too_many_entries(root: Path) -> None:
    many = {f"FracAtlas/{number}": b"" for number in range(21)}
    assert_refused(
        root, zipped(many), "has 21 entries, FracAtlas v0 at most 20: nothing was unpacked"
    )


def test_an_encrypted_archive(root: Path) -> None:
    content = bytearray(zipped(ENTRIES))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        for found in re.finditer(re.escape(signature), bytes(content)):
            content[found.start() + offset] |= 1
    assert_refused(root, bytes(content), "the entry 'FracAtlas/dataset.csv' is encrypted")


@pytest.mark.parametrize("content", [b"", b"no archive", zipped(ENTRIES)[:-30]])
def test_no_archive(root: Path, content: bytes) -> None:
    assert_refused(
        root, content, r"FracAtlas.zip cannot be unpacked \(File is not a zip file\): delete"
    )


def test_a_damaged_entry(root: Path) -> None:
    content = bytearray(zipped({"FracAtlas/dataset.csv": bytes(range(250))}))
    content[70] ^= 0xFF
    assert_refused(root, bytes(content), r"FracAtlas.zip cannot be unpacked \(")


def test_an_unknown_compression(root: Path) -> None:
    content = zipped(ENTRIES)
    for signature, offset in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        at = content.index(signature) + offset
        content = content[:at] + b"\x63" + content[at + 1 :]
    assert_refused(root, content, "cannot be unpacked .*compression method is not supported")


def test_an_archive_that_the_reader_cannot_take(root: Path) -> None:
    entries = {"FracAtlas/images/a.jpg": b"", "FracAtlas/readme.txt": b""}
    assert_refused(root, zipped(entries), "holds no Annotations, dataset.csv, expected at its top")


def test_a_full_disk_leaves_nothing(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = Path.open

    def full(path: Path, mode: str = "r", *rest: Any, **options: Any) -> Any:
        if path.name == "dataset.csv":
            return real(Path("/dev/full"), "wb")
        return real(path, mode, *rest, **options)

    content = zipped(dict(sorted(ENTRIES.items(), reverse=True)))
    monkeypatch.setattr(Path, "open", full)
    with pytest.raises(OSError, match="No space left") as caught:
        install(root, content)
    assert caught.value.errno == errno.ENOSPC
    assert [path.name for path in root.parent.iterdir()] == ["FracAtlas.zip"]


def test_an_interrupted_run_leaves_nothing(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    content = zipped(ENTRIES)
    monkeypatch.setattr(ZipFile, "open", interrupt)
    with pytest.raises(KeyboardInterrupt):
        install(root, content)
    assert [path.name for path in root.parent.iterdir()] == ["FracAtlas.zip"]
