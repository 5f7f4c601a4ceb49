import numpy as np
import pandas as pd
import pytest

from fracture.console import PipelineError
from fracture.judging.sample import by_study, sample, select_part
from tests.judging.evaluation.examples import predictions


def test_take_keeps_order_and_part() -> None:
    table = predictions(validation=10, test=20)
    drawn = select_part(table, "test")
    np.testing.assert_array_equal(drawn.labels, table["label"][10:])
    np.testing.assert_array_equal(drawn.probabilities, table["probability"][10:].astype(float))
    assert drawn.groups.tolist() == table["group"][10:].tolist()


@pytest.mark.parametrize("value", [np.nan, -0.1, 1.1, np.inf])
def test_what_is_no_probability_is_refused(value: float) -> None:
    table = predictions(validation=10, test=20)
    table.loc[12, "probability"] = value
    select_part(table, "validation")
    with pytest.raises(PipelineError, match=r"1 of 20 test predictions .* for radiograph0012"):
        select_part(table, "test")


@pytest.mark.parametrize(
    ("label", "found"), [(0, "20 not fractured, 0 fractured"), (1, "0 not fractured, 20 fractured")]
)
def test_one_class_alone_is_refused(label: int, found: str) -> None:
    table = predictions(validation=10, test=20)
    table.loc[table["part"] == "test", "label"] = label
    with pytest.raises(PipelineError, match=rf"test radiographs are {found}, .* raise split\.test"):
        select_part(table, "test")


def test_an_empty_part_is_refused() -> None:
    table = predictions(validation=0, test=20)
    with pytest.raises(
        PipelineError, match="validation radiographs are 0 not fractured, 0 fractured, "
    ):
        select_part(table, "validation")


@pytest.mark.parametrize(("label", "both"), [(0, False), (1, False), (None, True)])
def test_both_classes(label: int | None, both: bool) -> None:
    table = predictions(validation=0, test=20)
    assert sample(table if label is None else table.assign(label=label)).has_both_classes == both


# s1 holds two radiographs, one of them fractured.
STUDIES = predictions(validation=0, test=4).assign(
    patient=["p1", "p1", "p1", "p2"],
    study=["s1", "s1", "s2", "s3"],
    fractured=[0, 1, 0, 0],
    probability=[0.2, 0.8, 0.1, 0.3],
)


def test_a_study_is_the_mean_of_its_radiographs() -> None:
    studies = by_study(STUDIES)
    assert studies is not None
    assert list(studies) == list(STUDIES)
    assert studies[["patient", "study"]].to_numpy().tolist() == [
        ["p1", "s1"], ["p1", "s2"], ["p2", "s3"],
    ]  # fmt: skip
    assert studies["probability"].tolist() == [0.5, 0.1, 0.3]
    assert studies["label"].tolist() == [1, 0, 0]
    assert studies["group"].tolist() == STUDIES["group"].iloc[[0, 2, 3]].tolist()


def test_parts_stay_apart() -> None:
    studies = by_study(pd.concat([STUDIES, STUDIES.assign(part="validation")]))
    assert studies is not None
    assert studies["part"].tolist() == ["test"] * 3 + ["validation"] * 3


@pytest.mark.parametrize("studies", [["s1", "s1", "s2", ""], ["s1", "s2", "s3", "s4"]])
def test_without_studies_of_several_radiographs_there_is_no_study_level(studies: list[str]) -> None:
    assert by_study(STUDIES.assign(study=studies)) is None
