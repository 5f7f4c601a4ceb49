from pathlib import Path

import numpy as np
import pytest
from scipy.special import expit, logit

from fracture.artifacts import compositions, predictions, systems
from fracture.console import PipelineError
from fracture.judging.temperature import TINY
from stages.compose import main
from tests.run_files import leave_predictions
from tests.systems import examples

FILES = [
    "data/systems/best.csv",
    "data/systems/chance.csv",
    "data/systems/good.csv",
    "data/systems/other.csv",
    "data/systems/pair.csv",
    "data/systems/systems.json",
    "data/systems/weak.csv",
    "metrics/compositions.json",
]
PARAMETERS = """\
seeds: [0]
model: good
recipe: demo
run: [chance, good, weak, other, best, pair]
models:
  chance: {target: fractured}
  good: {target: fractured}
  weak: {target: fractured}
  other: {target: fractured}
systems:
  best: {mean_of: all, members: 4}
  pair: {mean_of: [weak, good], members: all}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("params.yaml").write_text(PARAMETERS)
    for name, table in (examples.library() | {"gone": examples.predictions(9.0, 9)}).items():
        leave_predictions(name, table)
    return tmp_path


def written(folder: Path) -> dict[str, bytes]:
    files = [*folder.glob("data/systems/*"), *folder.glob("metrics/*")]
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
    table = systems.read_predictions("pair")
    weak, good = (
        predictions.read(predictions.path(name)).sort_values(["part", "id"])["probability"]
        for name in ("weak", "good")
    )
    mean = expit(sum(logit(each.clip(TINY, 1 - TINY).to_numpy()) for each in (weak, good)) / 2)
    np.testing.assert_allclose(table["probability"], mean, atol=1e-8)
    assert table.columns.tolist() == [*predictions.COLUMNS, "probability"]


def test_none_leaves_an_empty_folder_and_an_empty_list(folder: Path) -> None:
    main()
    text = Path("params.yaml").read_text()
    Path("params.yaml").write_text(text.replace(", weak, other, best, pair", ""))
    main()
    assert list(written(folder)) == [
        "data/systems/chance.csv",
        "data/systems/good.csv",
        "data/systems/systems.json",
        "metrics/compositions.json",
    ]
    assert compositions.read([]) == {}


def test_missing_predictions_name_the_command_and_leave_what_was_there(folder: Path) -> None:
    main()
    before = written(folder)
    predictions.path("other").unlink()
    with pytest.raises(PipelineError, match=r"fractured\.csv not found.*dvc repro predict@other"):
        main()
    leave_predictions("other", examples.predictions(1.0, 1)[:-2])
    with pytest.raises(PipelineError, match="chance and other were predicted on different"):
        main()
    assert written(folder) == before
