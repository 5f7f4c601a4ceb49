"""What the benchmark of growth hands to the command, and how it tells the result."""

from typing import Any

from benchmarks.growth import RECIPE, Cost, lines, shorten
from fracture.params.train import resolve


def test_only_weights_threads_and_epochs_differ_from_the_recipe(parameters: dict[str, Any]) -> None:
    short = shorten(parameters, ["densenet121", "deepconvnet"], 2)
    assert list(short["models"]) == ["densenet121", "deepconvnet"]
    for name, (frozen, finetune) in {"densenet121": (2, 2), "deepconvnet": (0, 2)}.items():
        model, settings = resolve(short, name)
        made_of, whole = resolve(parameters, name, RECIPE)
        assert model == made_of
        assert (settings.frozen.epochs, settings.finetune.epochs) == (frozen, finetune)
        assert settings.weights is None
        cut = {"epochs"}
        assert settings.frozen.model_dump(exclude=cut) == whole.frozen.model_dump(exclude=cut)
        differing = {"weights", "threads", "frozen", "finetune"}
        assert settings.model_dump(exclude=differing) == whole.model_dump(exclude=differing)


def test_a_ratio_is_to_the_row_above() -> None:
    rows = list(lines("13", [1000, 4000], [Cost(10, 500, 400), Cost(38, 510, 400)]))
    assert rows == [
        ["13", "1,000", "10", "", "500", "", "400", ""],
        ["13", "4,000", "38", "3.80", "510", "1.02", "400", "1.00"],
    ]
