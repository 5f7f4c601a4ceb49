import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize_scalar
from scipy.special import expit, logit
from sklearn.metrics import log_loss

from fracture.artifacts.compositions import Composition
from fracture.judging.sample import sample
from fracture.params.systems import Mean
from fracture.systems.candidates import side_by_side
from fracture.systems.selection import calibrated_log_loss, choose, forward
from tests.systems.examples import VALIDATION, library, predictions

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
    probabilities, labels = rows["probability"].to_numpy(), rows["fractured"].to_numpy()
    expected = least_loss(probabilities, labels)
    assert expected < log_loss(labels, probabilities) - 0.02
    assert calibrated_log_loss(sample(rows)) == pytest.approx(expected, abs=1e-4)


def test_the_first_member_is_the_best_model_and_each_step_the_best_left() -> None:
    steps = forward(side_by_side(LIBRARY), 3)
    rows = {
        name: table[:VALIDATION].sort_values("id")["probability"].to_numpy()
        for name, table in LIBRARY.items()
    }
    labels = LIBRARY["good"][:VALIDATION]["fractured"].to_numpy()
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
    labels = generator.permutation(LIBRARY["good"]["fractured"][VALIDATION:])
    moved = {}
    for name, table in LIBRARY.items():
        other = table.copy()
        other.loc[VALIDATION:, "fractured"] = labels
        other.loc[VALIDATION:, "probability"] = generator.permutation(
            table["probability"][VALIDATION:]
        )
        moved[name] = other
    assert chosen(moved, 2) == chosen(LIBRARY, 2)


def test_labels_of_validation_do_choose() -> None:
    turned = {
        name: table.assign(fractured=1 - table["fractured"]) for name, table in LIBRARY.items()
    }
    assert chosen(turned, 1).members != chosen(LIBRARY, 1).members


def test_the_order_of_the_rows_chooses_nothing() -> None:
    mixed = {name: table.sample(frac=1, random_state=2) for name, table in LIBRARY.items()}
    assert chosen(mixed, 2) == chosen(LIBRARY, 2)
