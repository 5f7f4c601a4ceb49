from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from fracture.artifacts import left_out, manifest, splits
from fracture.artifacts.left_out import LeftOut
from fracture.artifacts.manifest import Radiograph
from fracture.console import PipelineError
from stages.split import main

SETTINGS = {
    "given": None, "shipped": ["mura"], "validation": 0.1, "test": 0.2, "on_miss": "fail",
}  # fmt: skip
ONE = Radiograph("", "", fractured=False, body_part="hand", dataset="mura")
MANIFEST = [
    replace(
        ONE,
        id=f"{n:03}",
        group=f"{n // 2:03}",
        fractured=n % 4 < 2,
        shipped="train" if n < 160 else "test",
    )
    for n in range(200)
]


@pytest.fixture
def project(
    parameters: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> dict[str, Any]:
    """A working directory with a manifest; the parameters, to be saved there."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DVC_ROOT", raising=False)
    manifest.write(MANIFEST)
    left_out.write([LeftOut("a", "truncated"), LeftOut("b", "missing"), LeftOut("c", "truncated")])
    return parameters | {"split": SETTINGS, "dataset": "synthetic"}


def split(parameters: dict[str, Any], **changes: object) -> dict[str, splits.Part]:
    YAML().dump(parameters | {"split": SETTINGS | changes}, Path("params.yaml"))
    main()
    return splits.read()


def test_the_stage_writes_the_split_and_says_how_it_is_spread(
    project: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    assert len(split(project)) == 200
    _, *table = capsys.readouterr().out.splitlines()
    assert [row.split() for row in table[2:]] == [
        ["train", "70", "70", "70", "0.500"],
        ["validation", "10", "10", "10", "0.500"],
        ["test", "20", "20", "20", "0.500"],
    ]
    assert splits.PATH.read_text().startswith("id,part\n000,")


@pytest.mark.parametrize(
    ("dataset", "kept", "told"),
    [
        ("mura", True, "note: the split that mura ships is kept (split.shipped)\n"),
        (
            "fracatlas",
            False,
            "note: fracatlas ships a split, which is not kept: split.shipped does not name frac",
        ),
    ],
)
def test_the_split_of_a_data_set_in_shipped_is_kept(
    project: dict[str, Any], capsys: pytest.CaptureFixture[str],
    dataset: str, kept: bool, told: str,
) -> None:  # fmt: skip
    shipped = {r.id for r in MANIFEST if r.shipped == "test"}
    parts = split(project | {"dataset": dataset})
    assert ({name for name, part in parts.items() if part == "test"} == shipped) == kept
    assert capsys.readouterr().out.startswith(told)


def test_a_copy_without_parts_is_split_here(
    project: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    drawn = split(project)
    capsys.readouterr()
    manifest.write([replace(radiograph, shipped="") for radiograph in MANIFEST])
    assert split(project | {"dataset": "mura"}) == drawn
    assert capsys.readouterr().out.startswith("note: mura ships no split: it is drawn here\n")


def test_a_given_split_is_kept_image_by_image(
    project: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    names = [splits.PARTS[n % 3] for n in range(198)]  # every group on two sides
    rows = [f"{r.id}.png,{part}" for r, part in zip(MANIFEST, names, strict=False)]
    lines = ["image_id,part", *rows, "a,test", "b,train", "c.jpg,test"]
    Path("given.csv").write_text("\n".join(lines))
    parts = split(project | {"dataset": "mura"}, given="given.csv")
    assert list(parts.values()) == [*names, "unused", "unused"]
    assert list(parts) == [r.id for r in MANIFEST]
    told = capsys.readouterr().out.splitlines()
    assert told[:2] == [
        "given.csv: 3 of its radiographs are left out of the manifest: 1 missing, 2 truncated",
        "given.csv: 2 radiographs of the manifest are in none of its parts: 198, 199",
    ]
    assert told[-1].split() == ["unused", "1", "2", "0", "0.000"]


def test_a_given_split_of_the_whole_manifest_tells_nothing_more(
    project: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """A temporary copy reads the file of the repository."""
    drawn = split(project)
    _, _, expected = capsys.readouterr().out.partition("\n")  # a note that it is drawn comes first
    (tmp_path / "repository").mkdir()
    splits.PATH.rename(tmp_path / "repository" / "published.csv")
    monkeypatch.setenv("DVC_ROOT", str(tmp_path / "repository"))
    assert split(project, given="published.csv") == drawn
    assert capsys.readouterr().out == expected


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("id,part\nmine,test\n", "1 ids that are neither in the manifest nor left out of it: mine"),
        ("id,part\n000,test\n", "train holds no radiograph .*: mend given.csv, or set"),
    ],
)
def test_a_refusal_leaves_the_earlier_split(
    project: dict[str, Any], content: str, message: str
) -> None:
    split(project)
    earlier = splits.PATH.read_bytes()
    Path("given.csv").write_text(content)
    with pytest.raises(PipelineError, match=message):
        split(project, given="given.csv")
    assert splits.PATH.read_bytes() == earlier


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"given": ""}, "split.given is ''"),
        ({"shipped": "mura"}, "split.shipped is 'mura': .*list"),
        ({"on_miss": "warn"}, "split.on_miss is 'warn': .*fail"),
        ({"test": 0.17}, "split.test is 0.17: .*multiple of 0.05"),
    ],
)
def test_a_mistake_in_the_parameters_is_refused(
    project: dict[str, Any], changes: dict[str, object], message: str
) -> None:
    with pytest.raises(PipelineError, match=message):
        split(project, **changes)


def test_a_group_that_fills_the_test_part_is_refused_or_told(
    project: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    crowd = [replace(each, group="anon") if n < 120 else each for n, each in enumerate(MANIFEST)]
    manifest.write(crowd)
    with pytest.raises(PipelineError, match=r"asked for .*the group anon holds 120 of 200"):
        split(project)
    assert not splits.PATH.exists()
    assert len(split(project, on_miss="report")) == 200
    assert "the group anon holds 120 of 200 radiographs and stays whole" in capsys.readouterr().out
