"""Damage in DVC's cache is found, of what dvc.lock names; DVC itself would trust it."""

import hashlib
import json
from pathlib import Path

import pytest

from fracture.artifacts import cache
from stages.inputs import drop_damaged
from tests.conftest import ROOT

TABLE, LARGE = b"id,part\n1,test\n", b"weights" * cache.SMALL


def keep(content: bytes, ending: str = "") -> Path:
    """Put content into a cache as DVC does."""
    path = cache.kept(Path(".dvc/cache"), hashlib.md5(content).hexdigest() + ending)  # noqa: S324
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def entry(path: str, content: bytes, size: int) -> str:
    md5 = hashlib.md5(content).hexdigest()  # noqa: S324 - DVC's names
    ending = "" if content in (TABLE, LARGE) else ".dir"
    return f"    - path: {path}\n      hash: md5\n      md5: {md5}{ending}\n      size: {size}\n"


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Path]:
    """Return what the cache of a repository keeps: a table, and a folder of a table and weights."""
    monkeypatch.chdir(tmp_path)
    names = {"split.csv": TABLE, "copy.csv": TABLE, "network.weights.h5": LARGE}
    md5s = {name: hashlib.md5(content).hexdigest() for name, content in names.items()}  # noqa: S324
    listing = json.dumps([{"md5": md5, "relpath": name} for name, md5 in md5s.items()]).encode()
    size = sum(map(len, names.values()))
    lock = entry("data/split.csv", TABLE, len(TABLE)) + entry("data/models/one", listing, size)
    cache.LOCK.write_text(lock + entry("data/lost", b"lost", 4))
    return {"table": keep(TABLE), "weights": keep(LARGE), "listing": keep(listing, ".dir")}


def test_what_is_whole_or_absent_is_not_damaged(kept: dict[str, Path]) -> None:
    assert cache.damaged_outputs(Path(".dvc/cache")) == {}
    kept["weights"].unlink()
    assert cache.damaged_outputs(Path(".dvc/cache")) == {}


@pytest.mark.parametrize(
    ("which", "content", "name"),
    [
        ("table", b"", "data/models/one/copy.csv"),
        ("table", TABLE[:-1] + b" ", "data/models/one/copy.csv"),
        ("listing", b"[]", "data/models/one"),
        ("weights", LARGE[:-1], "data/models/one/network.weights.h5"),
    ],
    ids=["emptied", "a byte flipped", "listing cut", "large file cut"],
)
def test_what_is_damaged_is_dropped_and_named(
    kept: dict[str, Path],
    capsys: pytest.CaptureFixture[str],
    which: str,
    content: bytes,
    name: str,
) -> None:
    kept[which].write_bytes(content)
    Path(".dvc/config.local").write_text("[cache]\n    dir = cache\n")
    drop_damaged()
    dropped = Path.cwd() / kept[which]
    told = f"{name}: damaged in DVC's cache: {dropped} dropped, it is made anew\n"
    assert capsys.readouterr().out == told
    assert [each for each, file in kept.items() if not file.exists()] == [which]


def test_links_into_an_empty_cache_are_removed(kept: dict[str, Path]) -> None:
    Path("data").mkdir()
    lost = Path.cwd() / cache.kept(Path(".dvc/cache"), "0" * 32)
    for name, target in {"lost": lost, "whole": kept["table"].absolute()}.items():
        Path("data", name).symlink_to(target)
    drop_damaged()
    assert len(list(Path("data").iterdir())) == 2
    Path(".dvc/config").write_text("[cache]\n    type = symlink\n")
    drop_damaged()
    assert [path.name for path in Path("data").iterdir()] == ["whole"]


def test_all_that_the_committed_lock_names_is_read() -> None:
    lock = (ROOT / "dvc.lock").read_text()
    assert len(cache.OUTPUT.findall(lock)) == lock.count(" hash: md5\n") > 0
