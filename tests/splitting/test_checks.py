import re

import pytest

from fracture.artifacts.splits import PARTS, Part
from fracture.console import PipelineError
from fracture.splitting.checks import require_both_classes, require_whole_groups
from tests.splitting.examples import radiograph

RADIOGRAPHS = [radiograph(n, n // 2, n % 2 == 0) for n in range(6)]
PLACED: dict[str, Part] = {r.id: PARTS[n // 2] for n, r in enumerate(RADIOGRAPHS)}


def test_a_group_on_two_sides_is_noticed() -> None:
    require_whole_groups(RADIOGRAPHS, PLACED)
    torn: dict[str, Part] = PLACED | {"00000": "test"}
    with pytest.raises(RuntimeError, match=re.escape("1 groups cross the split, such as 0")):
        require_whole_groups(RADIOGRAPHS, torn)


@pytest.mark.parametrize(
    ("moved", "part", "message"),
    [
        (
            "00000",
            "unused",
            "train would hold no radiograph that is fractured, expected both: mend",
        ),
        ("00003", "train", "validation would hold no radiograph that is not fractured, expected"),
        ("00005", "unused", "test would hold no radiograph that is not fractured"),
    ],
)
def test_a_part_without_a_class_is_refused(moved: str, part: Part, message: str) -> None:
    require_both_classes(RADIOGRAPHS, PLACED, "mend")
    with pytest.raises(PipelineError, match=message):
        require_both_classes(RADIOGRAPHS, PLACED | {moved: part}, "mend")


def test_an_empty_part_is_refused() -> None:
    parts: dict[str, Part] = dict.fromkeys(PLACED, "test")
    with pytest.raises(PipelineError, match=r"train would hold .* fractured or not fractured"):
        require_both_classes(RADIOGRAPHS, parts, "mend")
