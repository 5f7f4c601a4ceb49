import numpy as np
import pandas as pd
import pytest
from scipy.special import expit, logit

from fracture.artifacts.predictions import COLUMNS
from fracture.console import PipelineError
from fracture.systems.candidates import side_by_side
from tests.systems.examples import predictions

ONE, TWO = predictions(2.0, 1), predictions(1.0, 2)


def probabilities(table: pd.DataFrame) -> np.ndarray:
    return table.sort_values(["part", "id"])["probability"].to_numpy()


def test_an_ensemble_predicts_as_a_model_does() -> None:
    table = side_by_side({"one": ONE, "two": TWO}).together(["one", "two"])
    assert list(table) == COLUMNS
    assert set(table["seed"]) == {0}
    alike = [column for column in COLUMNS if column != "probability"]
    expected = ONE.sort_values(["part", "id"], ignore_index=True)
    assert table[alike].equals(expected[alike])
    mean = (logit(probabilities(ONE)) + logit(probabilities(TWO))) / 2
    np.testing.assert_allclose(table["probability"], expit(mean))


def test_who_is_a_member_twice_weighs_twice() -> None:
    candidates = side_by_side({"one": ONE, "two": TWO})
    mean = (2 * logit(probabilities(ONE)) + logit(probabilities(TWO))) / 3
    twice = candidates.together(["one", "two", "one"])["probability"]
    np.testing.assert_allclose(twice, expit(mean))


def test_one_member_of_one_seed_is_that_model() -> None:
    candidates = side_by_side({"one": ONE, "two": TWO})
    assert (candidates.together(["two"])["probability"] == probabilities(TWO)).all()


def test_the_order_of_the_rows_does_not_matter() -> None:
    mixed = ONE.sample(frac=1, random_state=1)
    first = side_by_side({"one": ONE, "two": TWO}).together(["one", "two"])
    assert side_by_side({"one": mixed, "two": TWO}).together(["one", "two"]).equals(first)


def test_all_training_seeds_of_a_member_are_in_it() -> None:
    seeds = (3, 1, 2)
    table = predictions(2.0, 1, seeds=seeds)
    candidates = side_by_side({"one": table})
    assert candidates.seeds == list(seeds)
    each = [logit(probabilities(table[table["seed"] == seed])) for seed in seeds]
    together = candidates.together(["one"])
    assert len(together) == len(ONE)
    np.testing.assert_allclose(together["probability"], expit(np.mean(each, axis=0)))


@pytest.mark.parametrize(
    ("other", "found"),
    [
        (TWO[:-1], "1 differ in id, label or group, first r099"),
        (TWO.assign(id=TWO["id"].replace("r005", "s005")), "2 differ .*, first r005"),
        (TWO.assign(fractured=1 - TWO["fractured"]), "100 differ"),
        (TWO.assign(part="test"), "60 differ"),
    ],
    ids=["fewer", "id", "label", "part"],
)
def test_models_of_different_radiographs_are_refused(other: pd.DataFrame, found: str) -> None:
    message = rf"one and two were predicted on different radiographs: {found}.*; run `dvc repro`"
    with pytest.raises(PipelineError, match=message):
        side_by_side({"one": ONE, "two": other})


def test_models_of_different_training_seeds_are_refused() -> None:
    more = predictions(1.0, 2, seeds=(0, 1))
    with pytest.raises(PipelineError, match=r"one .*training seeds \[0\], two with \[0, 1\], exp"):
        side_by_side({"one": ONE, "two": more})


def test_what_is_no_probability_is_refused() -> None:
    broken = TWO.copy()
    broken.loc[3, "probability"] = np.nan
    candidates = side_by_side({"one": ONE, "two": broken})
    with pytest.raises(PipelineError, match=r"1 of 60 validation predictions .* nan for r003"):
        candidates.validation(["one", "two"])
