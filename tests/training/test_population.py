"""Who a model learns from, which networks it has, and which kinds have none."""

import numpy as np
import pandas as pd
import pytest

from fracture.artifacts.arrays import PackedImages
from fracture.console import PipelineError
from fracture.params.targets import TargetSection
from fracture.params.train import Model
from fracture.targets import FRACTURE
from fracture.training.population import plan, restrict, too_few

FRACTURED = {"fractured": TargetSection(column="fractured", least=1, ignored=[])}
PART = {"part": TargetSection(column="body_part", least=2, ignored=["mixed"])}
COUNTS = {"hand": (3, 3, 1, 1), "hip": (1, 4, 1, 1), "mixed": (3, 3, 0, 1)}
"""Fractured and other radiographs of the training part, then of the validation part."""
TABLE = pd.DataFrame(
    [
        (part, kind, label)
        for kind, counts in COUNTS.items()
        for part, label, count in zip(
            ("train", "train", "validation", "validation"), (1, 0, 1, 0), counts, strict=True
        )
        for _ in range(count)
    ],
    columns=["part", "body_part", "fractured"],
)


def model(**more: object) -> Model:
    return Model.model_validate({"backbone": "x", "variant": "x", "target": "fractured"} | more)


def test_a_network_for_each_part_that_has_enough() -> None:
    made = plan(model(per={"body_part": 3}), FRACTURED, TABLE, [0, 7])
    assert (made.per, made.kinds) == ("body_part", ["hand"])
    assert made.networks == [("hand", 0), ("hand", 7)]
    assert made.without == {
        "hip": "1 fractured of the training part, 3 or more are needed",
        "mixed": "0 fractured of the validation part, 1 or more are needed",
    }
    with pytest.raises(PipelineError, match=r"no body_part has enough .*hand: 3 not fract.*lower"):
        plan(model(per={"body_part": 4}), FRACTURED, TABLE[TABLE["body_part"] == "hand"], [0])


def test_one_part_alone() -> None:
    made = plan(model(where={"body_part": "hip"}), FRACTURED, TABLE, [0])
    assert (made.where, made.kinds, made.per) == ({"body_part": "hip"}, [""], "")
    with pytest.raises(PipelineError, match="no radiograph has body_part foot: name a value"):
        plan(model(where={"body_part": "foot"}), FRACTURED, TABLE, [0])


def test_classes_are_those_of_the_training_part() -> None:
    made = plan(model(target="part"), PART, TABLE, [0])
    assert made.targets[0].classes == ["hand", "hip"]
    rare = PART["part"].model_copy(update={"least": 6})
    with pytest.raises(PipelineError, match=r"targets.part: .* have 1 classes .*hand: 6.*lower"):
        plan(model(target="part"), {"part": rare}, TABLE, [0])


def test_what_a_network_does_not_know_belongs_to_no_part() -> None:
    packed = PackedImages(np.zeros((len(TABLE), 2, 2, 1), np.uint8), TABLE)
    made = plan(model(per={"body_part": 3}), FRACTURED, TABLE, [0])
    known = restrict(packed, made, "hand").table
    inside = TABLE["body_part"] == "hand"
    assert (known["part"] == TABLE["part"].where(inside, "unused")).all()
    parts = plan(model(target="part"), PART, TABLE, [0])
    assert set(restrict(packed, parts, "").table["part"][TABLE["body_part"] == "mixed"]) == {
        "unused"
    }


def test_enough_is_no_reason() -> None:
    assert too_few(FRACTURE, TABLE[TABLE["body_part"] == "hand"], 3) == ""
