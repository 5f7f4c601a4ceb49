from pathlib import Path

import pandas as pd
import pytest

from stages.artifacts import scores as artifact
from stages.artifacts.atomic import read_json
from stages.compare.__main__ import main
from stages.console import PipelineError
from tests.compare.examples import scores

FILES = [
    "metrics/comparison.json",
    "plots/comparison/comparison.csv",
    "plots/comparison/comparison.md",
    "plots/comparison/comparison.png",
]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("params.yaml").write_text(
        "models:\n  one: {backbone: vgg16, variant: plain}\n"
        "  two: {backbone: xception, variant: canny}\n"
    )
    for each in (
        scores("one", 0.7, (0.9, 0.85, 0.95)),
        scores("two", 0.8, (0.6, 0.55, 0.65)),
        scores("gone", 0.99, (0.99, 0.98, 1.0)),
    ):
        artifact.write(each, artifact.path(each.model))
    return tmp_path


@pytest.mark.usefixtures("folder")
def test_the_models_of_params_yaml_are_compared_and_no_others(
    capsys: pytest.CaptureFixture[str],
) -> None:
    main()
    assert read_json(artifact.COMPARISON) == {"best": "two", "auroc": {"two": 0.6, "one": 0.9}}
    assert pd.read_csv(artifact.COMPARISON_TABLE)["model"].tolist() == ["two", "one"]
    assert "gone" not in Path("plots/comparison/comparison.md").read_text()
    out = capsys.readouterr().out
    assert out.startswith("two is first of 2 on validation; its test AUROC: 0.600 (0.550 to 0.650)")


def test_the_same_files_and_bytes_each_time(folder: Path) -> None:
    main()
    first = {name: (folder / name).read_bytes() for name in FILES}
    main()
    assert {name: (folder / name).read_bytes() for name in FILES} == first


def test_missing_scores_name_the_command_that_makes_them(folder: Path) -> None:
    artifact.path("two").unlink()
    with pytest.raises(PipelineError, match=r"two\.json not found.*dvc repro evaluate@two"):
        main()
    assert not (folder / "plots").exists()


@pytest.mark.usefixtures("folder")
def test_scores_of_another_version_are_refused() -> None:
    artifact.path("two").write_text('{"model": "two", "auc": 0.5}')
    with pytest.raises(PipelineError, match=r"keys model, auc, expected model, .*evaluate@two"):
        main()
