"""A trial's settings win over what params.yaml says anywhere."""

from typing import Any

import pytest

from benchmarks.trial import changed
from fracture.params.train import resolve


@pytest.fixture
def transfer(parameters: dict[str, Any]) -> dict[str, Any]:
    """Return params.yaml with the recipe `transfer`."""
    return parameters | {"recipe": "transfer"}


def test_a_setting_wins_over_what_the_entry_says_of_the_recipe(transfer: dict[str, Any]) -> None:
    assert resolve(transfer, "mobilenet_v2")[1].finetune.epochs == 16
    given = changed(transfer, "mobilenet_v2", "finetune.epochs=4")
    assert resolve(given, "mobilenet_v2")[1].finetune.epochs == 4
    given = changed(given, "mobilenet_v2", "ema=0.98")
    assert resolve(given, "mobilenet_v2")[1].finetune.epochs == 4
    assert resolve(given, "mobilenet_v2")[1].ema == 0.98
    assert resolve(given, "efficientnet_lite0") == resolve(transfer, "efficientnet_lite0")


def test_what_a_model_is_made_of_can_be_set_too(transfer: dict[str, Any]) -> None:
    model, _ = resolve(changed(transfer, "mobilenet_v2", "also.body_part=0.3"), "mobilenet_v2")
    assert model.also == {"body_part": 0.3}
