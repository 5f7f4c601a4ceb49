from pathlib import Path

import pytest

from fracture.artifacts import compositions
from fracture.artifacts.compositions import Composition, Step
from fracture.console import PipelineError

BEST = Composition(
    name="best",
    selection="forward",
    candidates=["a", "b", "c"],
    seeds=[0],
    members=["b", "c", "b"],
    steps=[
        Step(model=model, log_loss=loss)
        for model, loss in (("b", 0.5), ("c", 0.4), ("b", 0.3), ("a", 0.6))
    ],
)
EACH = Composition(
    name="each",
    selection="all",
    candidates=["a", "b"],
    seeds=[0, 7],
    members=["a", "b"],
    steps=[Step(model="a", log_loss=0.5), Step(model="b", log_loss=0.75)],
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "compositions.json"


def test_what_is_written_is_read_by_name(path: Path) -> None:
    compositions.write([BEST, EACH], path)
    assert compositions.read(["each", "best"], path) == {"each": EACH, "best": BEST}
    assert compositions.read(["each"], path) == {"each": EACH}
    assert compositions.read([], path) == {}


def test_a_composition_that_is_not_there(path: Path) -> None:
    compositions.write([EACH], path)
    with pytest.raises(PipelineError, match="not hold the composition best: run `dvc repro com"):
        compositions.read(["best"], path)


def test_in_words() -> None:
    assert BEST.weights == {"b": 2, "c": 1}
    assert str(BEST) == (
        "mean logit of b (2 of 3), c (1 of 3); forward selection among 3 candidates, log loss on "
        "validation as they join: 0.500, 0.400, 0.300"
    )
    assert str(EACH) == (
        "mean logit of a, b, each of training seeds 0, 7; all candidates, log loss on validation "
        "as they join: 0.500, 0.750"
    )
