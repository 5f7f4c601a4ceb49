"""Rows of answers: one for a radiograph, one for a study, the same keys whatever was answered."""

from pathlib import Path
from typing import Any

import pytest
from pydicom.uid import generate_uid

from fracture.artifacts import bundle as bundles
from fracture.artifacts.bundle import Bundle, Studies
from fracture.artifacts.unsure import Unsure
from fracture.inference import Answer, Refusal
from fracture.inference.answer import doubt
from fracture.inference.neighbours import Similar
from serving.answers import describe, radiograph_rows, similar_to, studies_of, study_rows
from tests.dicom_files import content, dataset
from tests.inference.external.examples import pixels, save
from tests.serving.sealing import PART, PARTS, seal

REFUSAL = Refusal("not an image")
UNSURE = Unsure(low=0.2, high=0.8, missed=0.05, false_alarms=0.1)


def bundle(parameters: dict[str, Any], tmp_path: Path, **changed: Any) -> Bundle:
    return bundles.read(seal(tmp_path / "sealed", "small", parameters["ingest"], **changed))


def answer(uncalibrated: float, verdict: str = "", **changed: Any) -> Answer:
    return Answer(
        probability=0.25, uncalibrated=uncalibrated, calls={"balanced": uncalibrated >= 0.5},
        probabilities={}, routed={}, verdict=verdict, **changed,
    )  # fmt: skip


def test_a_radiograph_without_an_answer_has_the_same_cells_and_the_reason(
    parameters: dict[str, Any], tmp_path: Path
) -> None:
    of = bundle(parameters, tmp_path, thresholds={"balanced": 0.5})
    given = answer(0.6, "unsure", notes=("in colour", "looks odd"))
    first, second = radiograph_rows(["a", "b"], [REFUSAL, given], of)
    assert first == {
        "file": "a", "model": "small", "probability": None, "verdict": None,
        "call_balanced": None, "note": "not scored, not an image",
    }  # fmt: skip
    assert second == {
        "file": "b", "model": "small", "probability": 0.25, "verdict": "unsure",
        "call_balanced": "fractured", "note": "not for clinical use; in colour; looks odd",
    }  # fmt: skip
    assert [*first] == [*second]


def test_the_body_part_stands_in_rows_of_radiographs_alone(
    parameters: dict[str, Any], tmp_path: Path
) -> None:
    of = bundle(parameters, tmp_path, body_parts=["hand", "leg"])
    given = answer(0.6, body_parts={"hand": 0.95, "leg": 0.05})
    first, second, third = radiograph_rows(["a", "b", "c"], [REFUSAL, given, doubt(given)], of)
    columns = ["body_part", "body_part_hand", "body_part_leg"]
    assert [first[name] for name in columns] == [None] * 3
    assert [third[name] for name in columns] == [None] * 3
    assert [*first] == [*second] == [*third]
    assert [second[name] for name in columns] == ["hand", 0.95, 0.05]
    assert not {*columns} & {*study_rows(["one"], [given], of)[0]}


def test_similar_radiographs_are_told_with_or_without_pictures() -> None:
    similar = (Similar("7", "fractured", "hand", 0.25, b"\xff"), Similar("8", "", "", 0.5))
    given = answer(0.6, similar=similar)
    first, second = similar_to(given)
    assert first == {"id": "7", "label": "fractured", "body_part": "hand", "distance": 0.25}
    assert second["label"] == ""
    assert [one["picture"] for one in similar_to(given, pictures=True)] == ["/w==", ""]
    assert similar_to(REFUSAL, pictures=True) == []


def test_a_study_has_the_mean_of_its_radiographs(
    parameters: dict[str, Any], tmp_path: Path
) -> None:
    """The mean of 0.4 and 0.8 is 0.6, odds of 3 to 2: at temperature 2 their root, 0.5505."""
    of = bundle(parameters, tmp_path, thresholds={"balanced": 0.5}, unsure=UNSURE)
    answers: list[Answer | Refusal] = [answer(0.4, "unsure"), REFUSAL, answer(0.8, "fractured")]
    rows = study_rows(["one", "two", "one"], answers, of)
    assert rows == [
        {
            "study": "one", "radiographs": 2, "model": "small", "probability": 0.55051,
            "verdict": "fractured", "call_balanced": "fractured", "note": "not for clinical use",
        },
        {
            "study": "two", "radiographs": 0, "model": "small", "probability": None,
            "verdict": None, "call_balanced": None, "note": "not scored, not an image",
        },
    ]  # fmt: skip


def test_studies_have_operating_points_of_their_own(
    parameters: dict[str, Any], tmp_path: Path
) -> None:
    studies = Studies(temperature=1, thresholds={"balanced": 0.7})
    of = bundle(parameters, tmp_path, thresholds={"balanced": 0.5}, studies=studies)
    (row,) = study_rows(["one"] * 2, [answer(0.4), answer(0.8)], of)
    assert row["probability"] == pytest.approx(0.6)
    assert row["call_balanced"] == "not fractured"


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        (["not fractured", "not fractured"], "not fractured"),
        (["not fractured", "unsure"], "unsure"),
        (["not fractured", "fractured", "unsure"], "fractured"),
        (["", ""], ""),
    ],
)
def test_a_study_is_called_not_fractured_if_all_its_radiographs_are(
    verdicts: list[str], expected: str, parameters: dict[str, Any], tmp_path: Path
) -> None:
    of = bundle(parameters, tmp_path)
    (row,) = study_rows(["one"] * len(verdicts), [answer(0.5, each) for each in verdicts], of)
    assert row["verdict"] == expected


def test_of_more_than_two_classes_the_mean_of_each_counts(
    parameters: dict[str, Any], tmp_path: Path
) -> None:
    of = bundle(
        parameters, tmp_path, target=PARTS, formula=PART, temperature=1.0, thresholds={},
        headline="most probable class",
    )  # fmt: skip
    shares = ((0.1, 0.2, 0.7), (0.5, 0.4, 0.1))
    answers = [
        Answer(max(given), max(given), {}, dict(zip(PARTS.classes, given, strict=True)), {})
        for given in shares
    ]
    (row,) = study_rows(["one"] * 2, answers, of)
    assert "verdict" not in row
    assert row["class"] == "leg"
    assert [row[f"probability_{name}"] for name in PARTS.classes] == pytest.approx([0.3, 0.3, 0.4])
    assert row["probability"] == row["probability_leg"]
    (nothing,) = radiograph_rows(["a"], [REFUSAL], of)
    assert [*nothing][2:-1] == [
        "probability",
        "class",
        *(f"probability_{c}" for c in PARTS.classes),
    ]


def test_a_study_is_what_dicom_says_or_a_folder_or_an_upload(tmp_path: Path) -> None:
    uid = str(generate_uid())
    (tmp_path / "a").mkdir()
    scan = tmp_path / "a" / "scan.dcm"
    scan.write_bytes(content(dataset(pixels(100, 0), 8, StudyInstanceUID=uid)))
    nameless = content(dataset(pixels(100, 0), 8))
    picture = save(tmp_path / "a" / "knee.png", 100, 0)
    sources: list[bytes | Path] = [
        scan,
        scan.read_bytes(),
        picture,
        picture.read_bytes(),
        nameless,
        tmp_path / "b/no",
    ]
    names = ["1", "2", "3", "4", "5", "6"]
    folder = str(tmp_path / "a")
    expected = [uid, uid, folder, "4", "5", str(tmp_path / "b")]
    assert studies_of(sources, names) == expected


def test_what_the_system_is_stands_with_thresholds_as_they_are_shown(
    parameters: dict[str, Any], tmp_path: Path
) -> None:
    """At temperature 2 odds become their roots: 1 to 4 is 1 to 2, 4 to 1 is 2 to 1."""
    of = bundle(parameters, tmp_path, unsure=UNSURE)
    said = describe(of)
    assert said["system"] == "small"
    assert said["synthetic"] is True
    assert said["thresholds"]["balanced"] == pytest.approx(0.5)
    assert said["unsure"] == pytest.approx(
        {"low": 1 / 3, "high": 2 / 3, "missed": 0.05, "false_alarms": 0.1}
    )
    assert said["digest"] == of.digest
    assert said["digest"] != of.model_copy(update={"temperature": 3.0}).digest
    assert describe(of.model_copy(update={"unsure": None}))["unsure"] is None
