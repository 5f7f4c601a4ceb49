"""Systems of one network, which says how bright a radiograph is, judged and sealed."""

from pathlib import Path

import numpy as np
import pandas as pd

from fracture.artifacts import bundle as bundles
from fracture.artifacts import manifest, predictions, scores, systems
from fracture.artifacts.manifest import Radiograph
from fracture.artifacts.trained import Footprint
from fracture.inference import Answer, Predictor
from fracture.judging.evaluation import evaluate
from fracture.params.section import load
from fracture.systems.formula import Leaf, Linear, Node
from fracture.targets import FRACTURE
from tests.inference.external.examples import save
from tests.judging.comparison.examples import SECTION, SEED
from tests.serving.sealing import seal

COUNT, HELD = 60, 20
"""Radiographs, and how many of them are validation; the others are test."""


def plain() -> Leaf:
    """Return the formula of a system that calls bright radiographs fractured."""
    return Leaf(network="one/seed0", target="fractured")


def less_sure() -> Linear:
    """Return one whose logits are half as large: the order of the radiographs is the same."""
    return Linear(parts=[plain()], weights=[0.5], intercept=[0])


def opposite() -> Linear:
    """Return one that calls dark radiographs fractured."""
    return Linear(parts=[plain()], weights=[-1], intercept=[0])


def lay_out() -> None:
    """Draw radiographs, the fractured ones brighter, and write their manifest."""
    levels = np.random.default_rng(0).integers(-40, 41, COUNT)
    radiographs = []
    for number in range(COUNT):
        fractured, name = number // 2 % 2 == 0, f"{number:02}.png"
        save(Path("raw", name), 128 + levels[number] + (25 if fractured else -25), number)
        radiographs.append(
            Radiograph(name, name, fractured, "hand", dataset="synthetic", group=f"{number // 2}")
        )
    manifest.write(radiographs)


def leave(name: str, formula: Node, cost: int) -> None:
    """Judge a system and seal it.

    Args:
        name: Of the system.
        formula: What it makes of the network's probability.
        cost: Millions of multiply-adds.
    """
    folder = seal(bundles.path(name), name, load()["ingest"], formula=formula)
    radiographs = manifest.read()
    answers = Predictor.load(folder).predict([Path("raw", one.path) for one in radiographs])
    table = pd.DataFrame(
        {
            **dict.fromkeys(predictions.COLUMNS, ""),
            "seed": 0,
            "id": one.id,
            "part": "validation" if number < HELD else "test",
            "dataset": "synthetic",
            "patient": f"patient {number}",
            "width": 64,
            "height": 64,
            "group": one.group,
            "label": int(one.fractured),
            "probability": answer.uncalibrated if isinstance(answer, Answer) else np.nan,
        }
        for number, (one, answer) in enumerate(zip(radiographs, answers, strict=True))
    )
    predictions.write(table, systems.path(name))
    footprint = Footprint(
        networks=1, parameters=1, trained=1, multiply_adds=cost * 1_000_000, bytes=1, epochs=1,
        radiographs=1,
    )  # fmt: skip
    scored = evaluate(name, systems.read_predictions(name), FRACTURE, SECTION, SEED)
    scored = scored.model_copy(update={"footprint": footprint})
    scores.write(scored, scores.path(name))
    chosen = {
        "temperature": scored.images.temperature,
        "thresholds": scored.images.thresholds,
    }
    bundles.write(bundles.read(folder).model_copy(update=chosen), folder)
    (folder / bundles.CARD).write_text(f"# {name}\n")
