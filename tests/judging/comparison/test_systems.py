import numpy as np
import pandas as pd
import pytest

from fracture.artifacts.scores import rank
from fracture.console import PipelineError
from fracture.judging.comparison.comparing import pairs
from fracture.judging.comparison.systems import Measured, join, measure, require_same
from fracture.judging.evaluation import evaluate
from tests.judging.comparison.examples import SEED, made, measured, predictions, scored
from tests.judging.evaluation.examples import PARTS, parts, section

TABLE = predictions(1.5, 1)


def test_samples_are_sorted_whatever_the_order_of_the_rows() -> None:
    straight = made("one", TABLE)
    turned = join(straight.scores, TABLE[::-1])
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
        join(scored("one", TABLE), other)


def test_training_seeds_on_different_radiographs_are_refused() -> None:
    table = predictions(1.5, 1, seeds=2)
    renamed = table["id"].where(table["seed"] == 0, "x" + table["id"])
    with pytest.raises(PipelineError, match=r"training seeds of one .*dvc repro compose"):
        join(scored("one", table), table.assign(id=renamed))


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
    other = join(two.scores.model_copy(update=change), TABLE)
    with pytest.raises(PipelineError, match=rf"one was scored on synthetic.*{found}.*dvc repro"):
        require_same([one, other])


def test_one_training_seed_gives_the_scores_of_the_evaluation() -> None:
    scores = scored("one", predictions(1.5, 1))
    found = measured("one", 1.5)
    assert (found.validation, found.test) == (scores.validation_auroc, scores.auroc)
    assert found.components is not None
    assert found.components.negatives.mean() == pytest.approx(found.auroc.value)
    assert found.right.mean() == pytest.approx(scores.point.scores["accuracy"].value, abs=1e-6)


def test_several_training_seeds_give_their_mean() -> None:
    found = measured("one", 1.5, seeds=3)
    values = [each.auroc.value or 0 for each in found.scores.seeds.values()]
    assert found.test.value == pytest.approx(np.mean(values), abs=2e-6)
    assert found.components is not None
    assert found.components.positives.mean() == pytest.approx(found.auroc.value)


def test_validation_orders_and_test_does_not() -> None:
    # Better on validation, worse on test: only the first may count.
    solid = scored("solid", predictions(2.5, 1, test_quality=0.5))
    lucky = scored("lucky", predictions(1.0, 2, test_quality=3.0))
    assert (lucky.auroc.value or 0) > (solid.auroc.value or 0)
    assert rank([lucky, solid]) == [solid, lucky]


def test_of_equal_models_the_earlier_stands_first() -> None:
    one, two = (scored(name, predictions(1.5, 1)) for name in ("one", "two"))
    assert [each.model for each in rank([two, one])] == ["two", "one"]
    assert [each.model for each in rank([one, two])] == ["one", "two"]


def test_permuted_test_labels_leave_the_order() -> None:
    tables = {f"model{noise}": predictions(1 + noise / 4, noise) for noise in range(4)}
    order = [each.model for each in rank(scored(*item) for item in tables.items())]
    for trial in range(3):
        generator = np.random.default_rng(trial)
        held = (tables["model0"]["part"] == "test").to_numpy()
        shuffled = generator.permutation(tables["model0"]["label"].to_numpy()[held])
        changed = {}
        for name, table in tables.items():
            labels = table["label"].to_numpy().copy()
            labels[held] = shuffled
            changed[name] = table.assign(label=labels)
        ranked = rank(scored(*item) for item in changed.items())
        assert [each.model for each in ranked] == order
        assert ranked[0].auroc.value != pytest.approx(measured(order[0], 1.75, 3).test.value)


def several(name: str, seeds: tuple[int, ...]) -> Measured:
    tables = [parts(seed=seed).assign(seed=trained) for trained, seed in enumerate(seeds)]
    table = pd.concat(tables, ignore_index=True)
    return measure(join(evaluate(name, table, PARTS, section(), SEED), table), SEED)


def test_several_classes_are_compared_by_their_mean_auroc_and_their_right_calls() -> None:
    one, other = several("one", (0,)), several("other", (1, 2))
    scores = one.scores
    assert one.auroc.value == pytest.approx(scores.auroc.value, abs=1e-6)
    assert one.auroc.estimate(scores.confidence) == scores.auroc
    assert one.right.mean() == pytest.approx(scores.decisions["accuracy"].value, abs=1e-6)
    assert one.components is None
    values = [each.auroc.value or 0 for each in other.scores.seeds.values()]
    assert other.auroc.value == pytest.approx(np.mean(values), abs=1e-6)
    (pair,) = pairs([one, other])
    difference = (scores.auroc.value or 0) - (other.scores.auroc.value or 0)
    assert pair.difference.value == pytest.approx(difference, abs=2e-6)
    assert (pair.difference.low or 0) < (pair.difference.high or 0)
    assert pair.bootstrap.p is not None
    assert pair.delong.p is None
    assert pair.only_first_right == (one.right & ~other.right).sum()
    assert pair.mcnemar.p is not None
