import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize_scalar
from scipy.special import expit, logit
from sklearn.metrics import log_loss

from fracture.artifacts.compositions import Composition
from fracture.artifacts.predictions import COLUMNS
from fracture.console import PipelineError
from fracture.judging.sample import sample
from fracture.params.systems import Mean
from fracture.systems.mean import calibrated_log_loss, choose, forward, side_by_side
from tests.systems.examples import VALIDATION, library, predictions

ONE, TWO = predictions(2.0, 1), predictions(1.0, 2)


def probabilities(table: pd.DataFrame) -> np.ndarray:
    return table.sort_values(["part", "id"])["probability"].to_numpy()


def test_an_ensemble_predicts_as_a_model_does() -> None:
    table = side_by_side({"one": ONE, "two": TWO}).together(["one", "two"])
    assert list(table) == [*COLUMNS, "probability"]
    assert set(table["seed"]) == {0}
    alike = COLUMNS
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
        (TWO.assign(label=1 - TWO["label"]), "100 differ"),
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


LIBRARY = library()


def chosen(tables: dict[str, pd.DataFrame], members: int | str = 6) -> Composition:
    section = Mean.parse({"mean_of": list(tables), "members": members}, "")
    return choose("best", section, side_by_side(tables))


def least_loss(probabilities: np.ndarray, labels: np.ndarray) -> float:
    """Return the log loss at the best temperature, found by SciPy."""
    logits = logit(probabilities)
    found = minimize_scalar(
        lambda slope: log_loss(labels, expit(slope * logits)), bounds=(1e-3, 100), method="bounded"
    )
    return float(found.fun)


def test_the_log_loss_is_that_of_the_best_temperature() -> None:
    rows = LIBRARY["good"][:VALIDATION]
    probabilities, labels = rows["probability"].to_numpy(), rows["label"].to_numpy()
    expected = least_loss(probabilities, labels)
    assert expected < log_loss(labels, probabilities) - 0.02
    assert calibrated_log_loss(sample(rows)) == pytest.approx(expected, abs=1e-4)


def test_the_first_member_is_the_best_model_and_each_step_the_best_left() -> None:
    steps = forward(side_by_side(LIBRARY), 3)
    rows = {
        name: table[:VALIDATION].sort_values("id")["probability"].to_numpy()
        for name, table in LIBRARY.items()
    }
    labels = LIBRARY["good"][:VALIDATION]["label"].to_numpy()
    members: list[str] = []
    for step in steps:
        losses = {
            name: least_loss(
                expit(np.mean([logit(rows[each]) for each in [*members, name]], axis=0)), labels
            )
            for name in rows
        }
        best = min(losses, key=lambda name: losses[name])
        assert step.model == best
        assert step.log_loss == pytest.approx(losses[best], abs=1e-4)
        members.append(best)


def test_two_that_err_apart_are_better_together() -> None:
    found = chosen(LIBRARY)
    assert {"good", "other"} <= set(found.members)
    assert "chance" not in found.members
    alone = forward(side_by_side(LIBRARY), 1)[0].log_loss
    assert min(step.log_loss for step in found.steps) < alone - 0.03


def test_the_ensemble_ends_where_the_log_loss_is_least() -> None:
    found = chosen(LIBRARY, 8)
    losses = [step.log_loss for step in found.steps]
    assert len(losses) == 8
    assert losses.index(min(losses)) == len(found.members) - 1
    assert found.members == [step.model for step in found.steps[: len(found.members)]]


def test_no_more_members_than_allowed() -> None:
    assert chosen(LIBRARY, 1).members == [forward(side_by_side(LIBRARY), 1)[0].model]
    assert len(chosen(LIBRARY, 2).members) <= 2


def test_one_model_that_nothing_helps_stays_alone() -> None:
    tables = {"right": predictions(4.0, 1), "wrong": predictions(-1.0, 2)}
    assert set(chosen(tables).members) == {"right"}


def test_every_candidate_where_all_are_asked_for() -> None:
    found = chosen(LIBRARY, "all")
    assert found.members == [step.model for step in found.steps] == list(LIBRARY)
    assert (found.selection, chosen(LIBRARY).selection) == ("all", "forward")


def test_the_seeds_of_one_model() -> None:
    table = predictions(1.5, 5, seeds=(0, 1, 2))
    found = chosen({"one": table}, "all")
    assert (found.members, found.seeds) == (["one"], [0, 1, 2])
    single = chosen({"one": table[table["seed"] == 0]}, "all")
    assert found.steps[0].log_loss < single.steps[0].log_loss


@pytest.mark.parametrize("seed", [0, 1])
def test_labels_and_probabilities_of_test_choose_nothing(seed: int) -> None:
    generator = np.random.default_rng(seed)
    labels = generator.permutation(LIBRARY["good"]["label"][VALIDATION:])
    moved = {}
    for name, table in LIBRARY.items():
        other = table.copy()
        other.loc[VALIDATION:, "label"] = labels
        other.loc[VALIDATION:, "probability"] = generator.permutation(
            table["probability"][VALIDATION:]
        )
        moved[name] = other
    assert chosen(moved, 2) == chosen(LIBRARY, 2)


def test_labels_of_validation_do_choose() -> None:
    turned = {name: table.assign(label=1 - table["label"]) for name, table in LIBRARY.items()}
    assert chosen(turned, 1).members != chosen(LIBRARY, 1).members


def test_the_order_of_the_rows_chooses_nothing() -> None:
    mixed = {name: table.sample(frac=1, random_state=2) for name, table in LIBRARY.items()}
    assert chosen(mixed, 2) == chosen(LIBRARY, 2)
