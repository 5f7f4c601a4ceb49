"""Reports of studies: Comprehensive SR as highdicom reads it back, and what is left out."""

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import highdicom
import pytest
from highdicom.sr import ComprehensiveSR, MeasurementReport
from pydicom import dcmread

from fracture.artifacts.bundle import Bundle
from fracture.console import PipelineError
from fracture.inference import Answer, Predictor, Refusal
from serving.dicom.report import meaning, write_reports
from serving.dicom.source import Source, source_of
from serving.predict import Outputs, dicom_writers, score
from tests.serving.dicom.examples import NAME, PATIENT, answer, write

WRITTEN = datetime(2026, 11, 26, 21, 0, 5, tzinfo=UTC)


def reports(
    files: Sequence[Path], answers: Sequence[Answer | Refusal], bundle: Bundle, folder: Path
) -> tuple[list[ComprehensiveSR], dict[Path, str]]:
    left = write_reports(files, answers, bundle, folder, WRITTEN)
    read = [highdicom.sr.srread(file) for file in folder.rglob("report.dcm")]
    found = [each for each in read if isinstance(each, ComprehensiveSR)]
    assert len(found) == len(read)
    return sorted(found, key=lambda each: str(each.StudyInstanceUID)), left


def said(group: Any) -> dict[str, Any]:
    numbers = {each.name.value: each.value for each in group.get_measurements()}
    words = {each.name.value: each.value.meaning for each in group.get_qualitative_evaluations()}
    return numbers | words


def test_a_report_of_a_study_says_the_result_by_whom_and_of_which_radiographs(
    small: Bundle, tmp_path: Path
) -> None:
    files = [write(tmp_path / f"{n}.dcm", instance=f"1.2.3.4.{n}") for n in (1, 2)]
    notes = ("looks odd",)
    (report,), left = reports(files, [answer(0.75), answer(0.25, notes=notes)], small, tmp_path)
    assert left == {}
    assert (str(report.PatientName), report.PatientID) == (NAME, PATIENT)
    assert (report.StudyInstanceUID, str(report.StudyDate)) == ("1.2.3", "20200304")
    assert (str(report.ContentDate), str(report.ContentTime)) == ("20261126", "210005")
    assert (report.PreliminaryFlag, report.VerificationFlag) == ("PRELIMINARY", "UNVERIFIED")
    assert report.ContentQualification == "RESEARCH"
    assert {instance for _, _, instance, _ in report.get_evidence()} == {"1.2.3.4.1", "1.2.3.4.2"}
    content = report.content
    assert isinstance(content, MeasurementReport)
    study, first, second = content.get_image_measurement_groups()
    assert said(first) == {
        "probability": 0.75, "verdict": "fractured", "call_balanced": "fractured",
        "call_sensitive": "fractured",
    }  # fmt: skip
    assert said(second)["verdict"] == "unsure"
    assert said(second)["call_balanced"] == "not fractured"
    assert said(study) == {
        "radiographs": 2.0, "probability": 0.5, "verdict": "fractured",
        "call_balanced": "fractured", "call_sensitive": "fractured",
    }  # fmt: skip
    assert [one.referenced_sop_instance_uid for one in second.source_images] == ["1.2.3.4.2"]
    assert len(study.source_images) == 2
    texts = [str(item.get("TextValue")) for item in second[0].ContentSequence]
    assert "Research, not for clinical use; looks odd" in texts
    assert "small" in texts
    assert f"digest: {small.digest}" in texts
    assert "thresholds: balanced 0.5; sensitive 0.3" in texts


def test_each_study_has_a_report_and_who_is_left_out_is_named(
    small: Bundle, tmp_path: Path
) -> None:
    one, other = write(tmp_path / "1.dcm", "1.2.3"), write(tmp_path / "2.dcm", "1.2.4", "1.2.4.1")
    twice = write(tmp_path / "3.dcm", "1.2.4", "1.2.4.1")
    bad = write(tmp_path / "4.dcm", "1.2.5", "1.2.5.1")
    nameless = write(tmp_path / "5.dcm", "1.2.6", "1.2.6.1", StudyInstanceUID="")
    picture, absent = tmp_path / "6.png", tmp_path / "7.dcm"
    picture.write_bytes(b"\x89PNG")
    files = [one, other, twice, bad, nameless, picture, absent]
    answers = [answer() if file != bad else Refusal("truncated") for file in files]
    found, left = reports(files, answers, small, tmp_path / "out")
    assert [each.StudyInstanceUID for each in found] == ["1.2.3", "1.2.4"]
    assert left == {
        twice: "another file is the same instance",
        bad: "it was not scored",
        nameless: "its header has no StudyInstanceUID",
        picture: "it is no DICOM file",
        absent: "its header cannot be read",
    }


def test_all_but_the_time_is_the_same_again(small: Bundle, tmp_path: Path) -> None:
    file = write(tmp_path / "a.dcm")
    first, again, later = tmp_path / "x", tmp_path / "y", tmp_path / "z"
    for folder, when in (
        (first, WRITTEN),
        (again, WRITTEN),
        (later, datetime(2027, 1, 1, tzinfo=UTC)),
    ):
        write_reports([file], [answer()], small, folder, when)
    read = [next(folder.rglob("report.dcm")).read_bytes() for folder in (first, again, later)]
    assert read[0] == read[1]
    one, other = (dcmread(next(folder.rglob("report.dcm"))) for folder in (first, later))
    assert one.SOPInstanceUID != other.SOPInstanceUID
    assert one.SeriesInstanceUID == other.SeriesInstanceUID


def test_what_a_header_lacks_is_empty(small: Bundle, tmp_path: Path) -> None:
    bare = dict.fromkeys(("PatientName", "PatientBirthDate", "PatientSex", "AccessionNumber"), "")
    file = write(tmp_path / "a.dcm", **bare, StudyDate="", StudyTime="")
    (report,), _ = reports([file], [answer()], small, tmp_path)
    assert [report.PatientName, report.PatientSex] == ["", ""]
    assert not report.StudyDate
    assert "PatientAge" not in report


def test_long_names_stay_within_what_dicom_allows(small: Bundle, tmp_path: Path) -> None:
    several = small.model_copy(
        update={
            "target": small.target.model_copy(update={"classes": ["foot", "x" * 80, "leg"]}),
            "thresholds": {},
            "unsure": None,
        }
    )
    given = answer(
        0.5, calls={}, verdict="", probabilities={"foot": 0.2, "x" * 80: 0.5, "leg": 0.3}
    )
    (report,), _ = reports([write(tmp_path / "a.dcm")], [given], several, tmp_path)
    content = report.content
    assert isinstance(content, MeasurementReport)
    group = content.get_image_measurement_groups()[1]
    assert {len(each.name.value) for each in group.get_measurements()} <= {*range(17)}
    assert [each.value for each in group.get_measurements()] == [0.5, 0.2, 0.5, 0.3]


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("probability", "Probability of fractured"),
        ("call_balanced", "Call at the operating point balanced"),
        ("router_hand", "router of hand"),
        ("body_part", "Body part"),
        ("body_part_hand", "Probability of hand"),
    ],
)
def test_columns_have_a_meaning(key: str, words: str, small: Bundle) -> None:
    assert meaning(key, small) == words


def test_the_command_writes_a_picture_of_each_dicom_file(
    small: Bundle, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    class Seeing:
        bundle = small

        def predict(self, sources: list[Path], *, heat: bool) -> list[Answer]:
            return [answer(heat=heat) for _ in sources]

    files = [write(tmp_path / "a.dcm"), tmp_path / "b.png"]
    files[1].write_bytes(b"\x89PNG")
    seeing = cast("Predictor", Seeing())
    answers = [*score(seeing, files, Outputs(dicom=tmp_path / "out"))]
    assert [one.heat for one in answers if isinstance(one, Answer)] == [None, None]
    (picture,) = (tmp_path / "out").rglob("*.dcm")
    source = source_of(files[0])
    assert isinstance(source, Source)
    assert dcmread(picture).SourceImageSequence[0].ReferencedSOPInstanceUID == source.instance
    assert PATIENT not in "".join(capsys.readouterr())


def test_without_highdicom_the_command_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for module in [name for name in sys.modules if name.startswith("serving.dicom")]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setitem(sys.modules, "highdicom", None)
    monkeypatch.setitem(sys.modules, "highdicom.sc", None)
    with pytest.raises(PipelineError, match=r"--dicom needs highdicom.*make \.venv/\.serving"):
        dicom_writers()
