import pandas as pd
import pytest

from fracture.console import PipelineError
from fracture.judging.comparison.systems import require_same, system
from tests.judging.comparison.examples import made, predictions, scored

TABLE = predictions(1.5, 1)


def test_samples_are_sorted_whatever_the_order_of_the_rows() -> None:
    straight = made("one", TABLE)
    turned = system(straight.scores, TABLE[::-1])
    assert (turned.test[0].probabilities == straight.test[0].probabilities).all()
    assert turned.radiographs.equals(straight.radiographs)
    require_same([straight, turned])


def test_training_seeds_stay_in_their_order() -> None:
    table = predictions(1.5, 1, seeds=2)
    later = table.assign(seed=7 - table["seed"])
    found = made("one", later)
    assert list(found.scores.seeds) == ["7", "6"]
    assert len(found.test) == 2
    rows = table[(table["seed"] == 0) & (table["part"] == "test")]
    assert (found.test[0].probabilities == rows["probability"].to_numpy()).all()


@pytest.mark.parametrize(
    "other",
    [predictions(1.5, 2), TABLE.assign(seed=1), predictions(1.5, 1, seeds=2), TABLE[:0]],
    ids=["other probabilities", "another seed", "one seed more", "no rows"],
)
def test_scores_of_other_predictions_are_refused(other: pd.DataFrame) -> None:
    with pytest.raises(PipelineError, match=r"scores of one are not .*run `dvc repro`"):
        system(scored("one", TABLE), other)


def test_training_seeds_on_different_radiographs_are_refused() -> None:
    table = predictions(1.5, 1, seeds=2)
    renamed = table["id"].where(table["seed"] == 0, "x" + table["id"])
    with pytest.raises(PipelineError, match=r"training seeds of one .*dvc repro predict@one"):
        system(scored("one", table), table.assign(id=renamed))


@pytest.mark.parametrize(
    "changed",
    [
        TABLE.assign(id=TABLE["id"].replace("r111", "s111")),
        TABLE.assign(group=TABLE["group"].replace("g055", "g056")),
    ],
    ids=["id", "group"],
)
def test_other_radiographs_are_not_compared(changed: pd.DataFrame) -> None:
    systems = [made("one", TABLE), made("two", TABLE), made("three", changed)]
    require_same(systems[:2])
    with pytest.raises(PipelineError, match=r"one .*three .*dvc repro"):
        require_same(systems)


def test_the_first_radiograph_that_differs_is_named() -> None:
    swapped = TABLE.assign(group=TABLE["group"].replace({"g058": "g059", "g059": "g058"}))
    with pytest.raises(PipelineError, match=r"4 differ in id, label or group, first r116"):
        require_same([made("one", TABLE), made("two", swapped)])


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"dataset": "fracatlas"}, "two on fracatlas"),
        ({"confidence": 0.9}, "two on .* 90 % intervals"),
        ({"draws": 100}, "two on .* from 100 draws"),
        ({"headline": "half"}, "two on .* operating point half"),
    ],
)
def test_different_ways_of_scoring_are_not_compared(change: dict[str, object], found: str) -> None:
    one, two = made("one", TABLE), made("two", TABLE)
    other = system(two.scores.model_copy(update=change), TABLE)
    with pytest.raises(PipelineError, match=rf"one was scored on synthetic.*{found}.*dvc repro"):
        require_same([one, other])
