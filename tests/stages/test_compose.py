from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit, logit

from fracture.artifacts import compositions, predictions
from fracture.console import PipelineError
from fracture.judging.temperature import TINY
from stages.compose import main
from tests.systems import examples

FILES = [
    "data/compositions/best.csv",
    "data/compositions/pair.csv",
    "metrics/compositions.json",
]
PARAMETERS = """\
seeds: [0]
models: {chance: {}, good: {}, weak: {}, other: {}}
systems:
  best: {mean_of: all, members: 4}
  pair: {mean_of: [weak, good], members: all}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("params.yaml").write_text(PARAMETERS)
    for name, table in (examples.library() | {"gone": examples.predictions(9.0, 9)}).items():
        predictions.write(table, predictions.path(name))
    return tmp_path


def written(folder: Path) -> dict[str, bytes]:
    files = [*folder.glob("data/compositions/*"), *folder.glob("metrics/*")]
    return {str(file.relative_to(folder)): file.read_bytes() for file in sorted(files)}


def test_the_same_files_and_bytes_each_time(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main()
    first = written(folder)
    assert list(first) == FILES
    main()
    assert written(folder) == first
    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith("best: mean logit of ")
    assert "pair: mean logit of weak, good; all candidates, log loss" in said[1]


@pytest.mark.usefixtures("folder")
def test_predictions_are_those_of_the_members_that_params_yaml_names() -> None:
    main()
    found = compositions.read(["best", "pair"])
    assert "gone" not in found["best"].candidates
    assert found["pair"].members == ["weak", "good"]
    table = predictions.read(predictions.path("pair", "compositions"))
    weak, good = (
        predictions.read(predictions.path(name)).sort_values(["part", "id"])["probability"]
        for name in ("weak", "good")
    )
    mean = expit(sum(logit(each.clip(TINY, 1 - TINY).to_numpy()) for each in (weak, good)) / 2)
    np.testing.assert_allclose(table["probability"], mean, atol=1e-8)
    assert pd.read_csv("data/compositions/pair.csv").columns.tolist() == predictions.COLUMNS


def test_none_leaves_an_empty_folder_and_an_empty_list(folder: Path) -> None:
    main()
    Path("params.yaml").write_text("seeds: [0]\nmodels: {good: {}}\nsystems: {}\n")
    main()
    assert list(written(folder)) == ["metrics/compositions.json"]
    assert (folder / "data/compositions").is_dir()
    assert compositions.read([]) == {}


def test_missing_predictions_name_the_command_and_leave_what_was_there(folder: Path) -> None:
    main()
    before = written(folder)
    predictions.path("other").unlink()
    with pytest.raises(PipelineError, match=r"other\.csv not found.*dvc repro predict@other"):
        main()
    predictions.write(examples.predictions(1.0, 1)[:-2], predictions.path("other"))
    with pytest.raises(PipelineError, match="chance and other were predicted on different"):
        main()
    assert written(folder) == before
