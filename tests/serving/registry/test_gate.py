"""The gate: what takes the champion's place, and the reason in words."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from fracture.artifacts.trained import Footprint
from serving.registry.gate import Judged, decide, recorded_rows, shown
from tests.judging.comparison.examples import SEED, predictions, scored

COST = dict.fromkeys(Footprint.model_fields, 1)


def judged(name: str, quality: float, noise: int, cost: int | None = None, **more: Any) -> Judged:
    table = predictions(quality, noise, **more)
    scores = scored(name, table)
    if cost:
        footprint = Footprint(**COST | {"multiply_adds": cost * 1_000_000})
        scores = scores.model_copy(update={"footprint": footprint})
    return Judged(name, scores, table[table["part"] == "test"])


def test_the_first_champion_needs_no_comparison() -> None:
    decision = decide(judged("one", 1, 1), None, SEED)
    assert decision.moves
    assert decision.reason == "the first: there was none to be held against"


def test_better_moves_and_worse_does_not() -> None:
    good, bad = judged("good", 4, 1), judged("bad", 0.5, 2, cost=1)
    up, down = decide(good, bad, SEED), decide(bad, good, SEED)
    assert (up.moves, down.moves) == (True, False)
    figures = [f"{each.scores.auroc.value:.3f}" for each in (good, bad)]
    assert up.reason.startswith(f"better than bad: test AUROC {figures[0]} against {figures[1]}")
    assert down.reason.startswith(f"worse than good: test AUROC {figures[1]} against {figures[0]}")
    assert "synthetic, test part: 80 radiographs" in up.reason


@pytest.mark.parametrize(
    ("costs", "moves", "words"),
    [
        ((1, 2), True, "cheaper: 1 against 2 million multiply-adds a radiograph"),
        ((2, 2), False, "not cheaper: 2 against 2 million multiply-adds a radiograph"),
        ((3, 2), False, "not cheaper: 3 against 2 million multiply-adds a radiograph"),
        ((None, 2), False, "what the two cost is not known"),
    ],
)
def test_of_two_that_are_not_distinguishable_the_cheaper_one_is_taken(
    costs: tuple[int | None, int], moves: bool, words: str
) -> None:
    mine, theirs = (judged(f"at {each}", 2, 1, each) for each in costs)
    decision = decide(mine, theirs, SEED)
    assert decision.moves is moves
    assert decision.reason.startswith("not distinguishable from at 2: test AUROC")
    assert decision.reason.endswith(words)


def test_another_test_split_is_not_compared() -> None:
    mine, theirs = judged("mine", 4, 1), judged("theirs", 0.5, 2)
    table = theirs.predictions.copy()
    table.loc[table.index[0], "id"] = "another"
    decision = decide(mine, Judged("theirs", theirs.scores, table), SEED)
    assert not decision.moves
    assert decision.reason == (
        "not comparable with theirs: mine and theirs were scored on different radiographs: 2 "
        "differ in id, label or group, first another"
    )


def test_another_way_of_judging_is_not_compared() -> None:
    mine, theirs = judged("mine", 4, 1), judged("theirs", 0.5, 2)
    other = theirs.scores.model_copy(update={"draws": 300})
    decision = decide(mine, Judged("theirs", other, theirs.predictions), SEED)
    assert not decision.moves
    assert "300 draws" in decision.reason


def test_what_is_made_again_is_spread_over_the_served_networks_probabilities() -> None:
    table = judged("one", 2, 1, seeds=2).predictions
    rows = recorded_rows(table)
    assert len(rows) == 20
    assert set(rows["seed"]) == {0}
    probabilities = rows["probability"].to_numpy()
    assert (np.diff(probabilities) >= 0).all()
    served = table[table["seed"] == 0]["probability"]
    assert [probabilities[0], probabilities[-1]] == [served.min(), served.max()]


def test_what_an_answer_shows_is_calibrated() -> None:
    """A temperature of 2 takes the root of the odds: 0.8 has 4, 0.1 has a ninth."""
    rows = pd.DataFrame({"label": 0, "group": "a", "probability": [0.8, 0.1]})
    assert shown(rows, 2.0) == pytest.approx([2 / 3, 0.25])
    several = pd.DataFrame(
        {
            "label": 0,
            "group": "a",
            "probability_a": [0.2],
            "probability_b": [0.5],
            "probability_c": [0.3],
        }
    )
    assert shown(several, 1.0) == pytest.approx([0.5])
