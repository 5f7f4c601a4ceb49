import numpy as np
import pytest

from fracture.artifacts.scores import rank
from tests.judging.comparison.examples import measured, predictions, scored


def test_one_training_seed_gives_the_scores_of_the_evaluation() -> None:
    scores = scored("one", predictions(1.5, 1))
    found = measured("one", 1.5)
    assert (found.validation, found.test) == (scores.validation_auroc, scores.auroc)
    assert found.components.others.mean() == pytest.approx(found.auroc.value)
    assert found.right.mean() == pytest.approx(scores.point.scores["accuracy"].value, abs=1e-6)


def test_several_training_seeds_give_their_mean() -> None:
    found = measured("one", 1.5, seeds=3)
    values = [each.auroc.value or 0 for each in found.scores.seeds.values()]
    assert found.test.value == pytest.approx(np.mean(values), abs=2e-6)
    assert found.components.fractured.mean() == pytest.approx(found.auroc.value)


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
        shuffled = generator.permutation(tables["model0"]["fractured"].to_numpy()[held])
        changed = {}
        for name, table in tables.items():
            labels = table["fractured"].to_numpy().copy()
            labels[held] = shuffled
            changed[name] = table.assign(fractured=labels)
        ranked = rank(scored(*item) for item in changed.items())
        assert [each.model for each in ranked] == order
        assert ranked[0].auroc.value != pytest.approx(measured(order[0], 1.75, 3).test.value)
