from pathlib import Path

import pytest

from fracture.artifacts import comparison, external, scores
from fracture.artifacts.report import CARD, PAGE
from fracture.console import PipelineError
from fracture.params.section import load
from fracture.presenting.report.findings import gather
from stages.report import main
from tests.presenting.report.examples import MODELS, make_comparison, make_scores


def test_the_same_bytes_each_time(run_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main()
    first = PAGE.read_bytes(), CARD.read_bytes()
    assert sorted(file.name for file in (run_folder / "plots/report").iterdir()) == [
        "model_card.md",
        "report.html",
    ]
    main()
    assert (PAGE.read_bytes(), CARD.read_bytes()) == first
    assert "report: plots/report/report.html, 0.1 MB" in capsys.readouterr().out


def test_counts_come_from_manifest_and_split(run_folder: Path) -> None:
    assert run_folder.is_dir()
    train = gather(load()).parts["train"]
    assert (train.groups, train.patients, train.studies) == (3, 3, 3)
    assert (train.radiographs, train.fractured, train.rate) == (6, 3, 0.5)


def test_models_of_another_run_are_refused(run_folder: Path) -> None:
    comparison.write([make_comparison(MODELS[:2])], run_folder / comparison.PATH)
    with pytest.raises(
        PipelineError, match="comparison differ in last_canny: run `dvc repro compare`"
    ):
        main()


def test_scores_of_another_data_set_are_refused(run_folder: Path) -> None:
    other = make_scores("middle", 0.7, dataset="mura")
    scores.write(other, run_folder / scores.path("middle"))
    with pytest.raises(PipelineError, match="the scores of middle are of data set mura"):
        main()


def test_without_an_artifact_nothing_is_written(run_folder: Path) -> None:
    (run_folder / external.PATH).unlink()
    with pytest.raises(PipelineError, match="not found: run `dvc repro external`"):
        main()
    assert not PAGE.exists()
