from pathlib import Path

import pandas as pd
import pytest

from fracture.artifacts import curves, pictures
from fracture.console import PipelineError

ROC = pd.DataFrame(
    {
        "high": [0.5, 1.0],
        "false_positive_rate": [0.0, 1.0],
        "sensitivity": [1 / 3, 1.0],
        "low": [0.0, 0.75],
    }
)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_columns_stand_in_their_order_with_six_digits() -> None:
    curves.write({"roc": ROC}, pictures.folder("small"))
    assert Path("plots/systems/small/roc.csv").read_text() == (
        "false_positive_rate,sensitivity,low,high\n0,0.333333,0,0.5\n1,1,0.75,1\n"
    )
    pd.testing.assert_frame_equal(
        curves.read("small", "roc"), ROC[curves.COLUMNS["roc"]], rtol=1e-5, check_dtype=False
    )


def test_a_table_without_a_column_is_not_written() -> None:
    with pytest.raises(KeyError, match="high"):
        curves.write({"roc": ROC.drop(columns="high")}, pictures.folder("small"))
    assert not list(Path().rglob("*.csv"))


@pytest.mark.parametrize(("table", "stage"), [("roc", "evaluate"), ("history", "train@small")])
def test_other_columns_are_of_another_version(table: str, stage: str) -> None:
    curves.write(
        {"confusion": pd.DataFrame({"actual": [0], "predicted": [1]})}, pictures.folder("small")
    )
    curves.path("small", table).parent.mkdir(parents=True, exist_ok=True)
    curves.path("small", "confusion").rename(curves.path("small", table))
    with pytest.raises(PipelineError, match=rf"{table}\.csv has .* run .*`dvc repro {stage}`"):
        curves.read("small", table)


def test_systems_stand_in_one_table() -> None:
    curves.write({"roc": ROC}, pictures.folder("small"))
    curves.write({"roc": ROC[1:]}, pictures.folder("large"))
    curves.write_comparison("roc", ["large", "small"])
    table = pd.read_csv(curves.comparison_path("roc"))
    assert table.columns.tolist() == ["model", *curves.COLUMNS["roc"]]
    assert table["model"].tolist() == ["large", "small", "small"]
    assert table["sensitivity"].tolist() == [1, 0.333333, 1]


def test_the_confusion_of_the_headline_stands_with_the_comparison() -> None:
    pairs = pd.DataFrame({"actual": ["fractured", "not fractured"], "predicted": ["fractured"] * 2})
    curves.write({"confusion": pairs}, pictures.folder("small"))
    curves.write_confusion("small")
    assert curves.CONFUSION.read_bytes() == curves.path("small", "confusion").read_bytes()
