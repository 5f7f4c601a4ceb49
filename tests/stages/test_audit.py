import json
from dataclasses import replace
from pathlib import Path

import matplotlib.pyplot as plt
import pytest

from fracture.artifacts import audit as audits
from fracture.artifacts import duplicates, left_out, manifest, notes, splits
from fracture.artifacts.audit import Audit
from fracture.artifacts.left_out import LeftOut
from fracture.artifacts.notes import Note
from fracture.auditing.audit import Remarks, audit, found_table, kept_table
from fracture.console import PipelineError
from fracture.judging.bootstrap import Bootstrap
from fracture.params import evaluate as params
from fracture.presenting.audit import overview, report
from stages.audit import main
from tests.auditing.examples import KEPT, LEFT_OUT, PAIRS, PARTS, save_files

PARAMETERS = (
    "dataset: fracatlas\ndata_seed: 0\ndatasets: {fracatlas: {root: raw}}\n"
    "audit: {leaves: 8, suspicious: 0.7}\n"
    "split: {given: null, shipped: [fracatlas], validation: 0.1, test: 0.2, on_miss: report}\n"
    "evaluate: {points: {balanced: youden}, unsure: {missed: 0.05, false_alarms: 0.1}, "
    "draws: 200, confidence: 0.95, age_bands: [18], "
    "least_subgroup: 10, mark_share: 0.5, small_fracture: 30}\n"
)
SECTION = params.Audit(leaves=8, suspicious=0.7)
BOOTSTRAP = Bootstrap(draws=200, confidence=0.95, seed=0)
PICTURES = ["duplicates.png", "left_out.png", "opposite_labels.png", "overview.png"]


def audited(dataset: str = "fracatlas") -> Audit:
    tables = kept_table(KEPT, PARTS), found_table(KEPT, LEFT_OUT, PAIRS)
    return audit(dataset, tables, Remarks(LEFT_OUT, PAIRS), SECTION, [18], BOOTSTRAP)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("params.yaml").write_text(PARAMETERS)
    save_files(Path("raw"))
    manifest.write(KEPT)
    left_out.write(LEFT_OUT)
    notes.write([])
    duplicates.write(PAIRS)
    splits.write(PARTS)
    return tmp_path


def test_the_same_files_and_bytes_each_time(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main()
    first = {file: file.read_bytes() for file in [audits.PATH, *audits.PLOTS.iterdir()]}
    assert sorted(file.name for file in folder.glob("plots/audit/*")) == PICTURES
    main()
    assert {file: file.read_bytes() for file in first} == first
    assert audits.read() == audited()
    assert capsys.readouterr().out.splitlines()[0] == (
        "fracatlas: 24 found, 20 kept, 4 left out (1 missing, 2 opposite labels, 1 truncated)"
    )


def test_all_counts_add_up() -> None:
    result = audited()
    assert (result.found, result.kept) == (24, 20)
    assert result.left_out == {"missing": 1, "opposite labels": 2, "truncated": 1}
    assert result.by_class == {"fractured": 5, "not_fractured": 15}
    assert (result.groups, result.patients, result.studies) == (10, 10, 2)
    for counts in (result.by_body_part, result.by_view, result.parts):
        assert sum(count["radiographs"] for count in counts.values()) == 20
        assert sum(count["fractured"] for count in counts.values()) == 5
    assert result.left_out_radiographs == [
        {"id": "x1", "reason": "opposite labels"},
        {"id": "x2", "reason": "opposite labels"},
        {"id": "x3", "reason": "truncated"},
        {"id": "x4", "reason": "missing"},
    ]
    assert result.hash_lookup["our_split"]["looked_up"] == 0
    # r00 and r03 are test radiographs there, r04 and r02 are not.
    assert result.hash_lookup["shipped_split"]["looked_up"] == 2
    # Fractured ones are the smallest files.
    assert result.best_shortcut["column"] == "file_size"
    assert str(audits.auroc(result.best_shortcut)) == "1.000 (1.000 to 1.000)"


@pytest.mark.usefixtures("folder")
def test_a_drawn_split_that_misses_its_shares_is_noted() -> None:
    Path("params.yaml").write_text(PARAMETERS.replace("[fracatlas]", "[]"))
    main()
    group = "holds 2 of 20 radiographs and stays whole"
    assert audits.read().notes == [
        f"train: asked for 70% of the radiographs, got 60%; the group p0 {group}",
        f"validation: asked for 10% of the radiographs, got 20%; the group p6 {group}",
    ]


def test_order_changes_nothing() -> None:
    tables = kept_table(KEPT[::-1], PARTS), found_table(KEPT[::-1], LEFT_OUT[::-1], PAIRS[::-1])
    remarks = Remarks(LEFT_OUT[::-1], PAIRS[::-1])
    assert audit("fracatlas", tables, remarks, SECTION, [18], BOOTSTRAP) == audited()


def test_other_files_and_notes_are_told_apart_from_radiographs() -> None:
    others = [LeftOut("a", "not an image", radiograph=False)] * 2
    left = [*LEFT_OUT, *others]
    tables = kept_table(KEPT, PARTS), found_table(KEPT, left, PAIRS)
    remarks = Remarks(left, PAIRS, [Note("nobody", "1 patient id (x) means none", 3)])
    result = audit("fracatlas", tables, remarks, SECTION, [18], BOOTSTRAP)
    assert result.other_files == {"not an image": 2}
    assert result.found == audited().found == len(KEPT) + len(LEFT_OUT)
    assert result.left_out == audited().left_out
    assert "2 other files (2 not an image)\nnote: 1 patient id (x) means none; 3 radiographs" in (
        report(result)
    )


def keys(value: object) -> object:
    free = ("left_out", "by_body_part", "by_view", "by_age", "by_sex", "by_flag")
    if not isinstance(value, dict):
        return None
    return {key: None if key in free else keys(inner) for key, inner in value.items()}


def test_keys_are_the_same_whatever_the_data_set() -> None:
    plain = [
        replace(one, patient="", study="", shipped="", flags=(), file_size=0, width=9)
        for one in KEPT
    ]
    tables = kept_table(plain, PARTS), found_table(plain, [], [])
    other = audit("grazpedwri", tables, Remarks(), SECTION, [18], BOOTSTRAP)
    assert keys(other.model_dump()) == keys(audited().model_dump())
    assert (other.patients, other.studies) == (None, None)
    assert other.hash_lookup["shipped_split"]["auroc"] is None
    assert json.dumps(other.model_dump(), allow_nan=False)


def test_what_the_label_means_is_told() -> None:
    assert "abnormal" in audited("mura").label
    assert audited("class_folders").label == "the data set calls the radiograph fractured"
    assert audited("synthetic").synthetic
    assert not audited("class_folders").synthetic


def test_a_suspicious_column_is_named() -> None:
    assert report(audited()).splitlines()[-1].startswith("suspicious: file_size tells much")
    plain = [replace(one, file_size=0, path="x", width=9) for one in KEPT]
    tables = kept_table(plain, PARTS), found_table(plain, [], [])
    text = report(audit("fracatlas", tables, Remarks(), SECTION, [18], BOOTSTRAP))
    assert "20 found, 20 kept, 0 left out\n" in text
    without = (
        "test AUROC without a network: 0.500 (0.500 to 0.500) by hash look-up, no shortcut varies"
    )
    # Hands alone have no fracture: of r16 to r19 one of two legs ties, two hands lie below.
    from_table = "; from the table alone: 0.833 (0.833 to 1.000) by body_part"
    assert text.endswith(without + from_table)
    alike = [replace(one, body_part="hand") for one in plain]
    tables = kept_table(alike, PARTS), found_table(alike, [], [])
    text = report(audit("fracatlas", tables, Remarks(), SECTION, [18], BOOTSTRAP))
    assert text.endswith(without)


def test_the_overview_names_every_bar() -> None:
    result = audited()
    figure = overview(result, 0.7)
    panels = {axes.get_title(): axes for axes in figure.axes}
    assert list(panels) == [
        "Class",
        "Body part",
        "View",
        "Flag",
        "Part of the split",
        "Left out: 4 of 24",
        "Test AUROC without a network (n = 4, 1 fractured)",
    ]
    left_out = panels["Left out: 4 of 24"]
    assert [label.get_text() for label in left_out.get_yticklabels()] == [
        "opposite labels", "missing", "truncated"
    ]  # fmt: skip
    texts = [" ".join(text.get_text().split()) for text in figure.axes[-1].texts]
    assert texts[0] == "0.500, 0 of 4 stand in the training part as well"
    assert texts[3] == "1.000, the best on validation"
    assert texts[5] == "the same for all"
    assert texts[-1] == "0.833, from the table, the best of it on validation"
    (names,) = [[label.get_text() for label in figure.axes[-1].get_yticklabels()]]
    assert names[-1] == "body part"
    plt.close(figure)


def test_what_a_given_split_does_not_list_is_counted_apart() -> None:
    parts = PARTS.copy()
    parts["r01"] = parts["r02"] = "unused"
    tables = kept_table(KEPT, parts), found_table(KEPT, LEFT_OUT, PAIRS)
    result = audit("fracatlas", tables, Remarks(LEFT_OUT, PAIRS), SECTION, [18], BOOTSTRAP)
    assert (result.unused, audited().unused, result.kept) == (2, 0, 20)
    assert result.parts["train"]["radiographs"] == 10
    figure = overview(result, 0.7)
    assert figure.axes[4].get_title() == "Part of the split (2 unused)"
    plt.close(figure)


def test_rare_values_are_added_up_and_empty_panels_say_so() -> None:
    many = {f"part{n:02}": {"radiographs": 20 - n, "fractured": 1} for n in range(14)}
    result = audited().model_copy(update={"by_body_part": many, "by_flag": {}})
    figure = overview(result, 0.7)
    body_parts, flags = figure.axes[1], figure.axes[3]
    assert len(body_parts.get_yticklabels()) == 12
    assert body_parts.get_yticklabels()[-1].get_text() == "3 others"
    assert body_parts.texts[-1].get_text() == "24, 12% fractured"
    assert [text.get_text() for text in flags.texts] == ["none"]
    plt.close(figure)


@pytest.mark.usefixtures("folder")
def test_a_split_of_other_radiographs_writes_nothing() -> None:
    splits.write({"other": "test"})
    with pytest.raises(PipelineError, match="manifest and split differ in 21 radiographs"):
        main()
    assert not audits.PATH.exists()
    assert not audits.PLOTS.exists()


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("right", "wrong", "message"),
    [
        ("leaves: 8", "leaves: 1", r"audit\.leaves is 1"),
        ("suspicious: 0.7", "suspicious: 0.2", r"audit\.suspicious is 0\.2"),
    ],
)
def test_a_parameter_that_is_not_allowed_is_named(right: str, wrong: str, message: str) -> None:
    Path("params.yaml").write_text(PARAMETERS.replace(right, wrong))
    with pytest.raises(PipelineError, match=message):
        main()
