"""The epoch whose weights a network has, as fracture/training keeps them."""

from typing import Any

import pandas as pd
import pytest

from fracture.params.train import Train, resolve
from fracture.presenting.report.tables import kept_epoch

FROZEN = [0.6, 0.5, 0.55]


def settings(parameters: dict[str, Any], frozen: int, finetune: int, stride: int = 0) -> Train:
    """Return how a model is trained, with these patiences and a fracture map or none."""
    _, train = resolve(parameters, "mobilenet")
    return train.model_copy(
        update={
            "frozen": train.frozen.model_copy(update={"patience": frozen}),
            "finetune": train.finetune.model_copy(update={"patience": finetune}),
            "localise": train.localise.model_copy(update={"stride": stride}),
        }
    )


def history(frozen: list[float], finetune: list[float]) -> pd.DataFrame:
    losses = [*frozen, *finetune]
    phases = ["frozen"] * len(frozen) + ["finetune"] * len(finetune)
    epochs = range(1, len(losses) + 1)
    return pd.DataFrame({"epoch": epochs, "phase": phases, "validation_loss": losses})


@pytest.mark.parametrize(
    ("frozen", "finetune", "stride", "losses", "expected"),
    [
        (1, 2, 0, [0.45, 0.4, 0.48], 5),  # the least of fine-tuning
        (1, 0, 0, [0.45, 0.4, 0.48], 6),  # no patience: the last, whatever came before
        (1, 2, 0, [0.7, 0.6, 0.65], 2),  # undone: the head alone was better
        (0, 2, 0, [0.7, 0.6, 0.65], 3),  # undone, to the last epoch of the head
        (1, 0, 0, [0.7, 0.6, 0.65], 6),  # without patience nothing is undone
        (1, 2, 8, [0.7, 0.6, 0.65], 5),  # a fracture map has learnt nothing before
        (1, 2, 0, [0.5, 0.5], 4),  # not greater: kept; of equal ones the first
        (1, 0, 0, [], 2),
        (0, 0, 0, [], 3),
    ],
)
def test_the_epoch_that_was_kept(
    parameters: dict[str, Any],
    frozen: int,
    finetune: int,
    stride: int,
    losses: list[float],
    expected: int,
) -> None:
    kept = kept_epoch(history(FROZEN, losses), settings(parameters, frozen, finetune, stride))
    assert kept is not None
    assert kept["epoch"] == expected


def test_a_network_without_a_frozen_phase(parameters: dict[str, Any]) -> None:
    epochs = history([], [0.7, 0.6, 0.65])
    for patience, expected in ((0, 3), (5, 2)):
        kept = kept_epoch(epochs, settings(parameters, 0, patience))
        assert kept is not None
        assert kept["epoch"] == expected
    assert kept_epoch(epochs.assign(validation_loss=None), settings(parameters, 0, 0)) is None
