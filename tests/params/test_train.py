"""The seeds of the trainings: some, each once."""

import pytest

from fracture.console import PipelineError
from fracture.params.section import Section
from fracture.params.train import Seeds


class Holder(Section):
    seeds: Seeds


def test_several_seeds_keep_their_order() -> None:
    assert Holder.parse({"seeds": [3, 0, 1]}, "").seeds == [3, 0, 1]


@pytest.mark.parametrize(
    ("seeds", "message"),
    [
        ([], r"seeds is \[\]: .*at least 1"),
        (0, r"seeds is 0: .*list"),
        ([0, -1], r"seeds.1 is -1: .*greater than or equal to 0"),
        ([2, 1, 2], r"training_seeds is \[2, 1, 2\]: expected each seed once"),
    ],
)
def test_other_seeds_are_refused(seeds: object, message: str) -> None:
    with pytest.raises(PipelineError, match=message):
        Holder.parse({"seeds": seeds}, "")
