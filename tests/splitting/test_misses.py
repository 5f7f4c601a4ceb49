"""What a drawn split misses, by hand."""

from typing import TYPE_CHECKING

import pytest

from fracture.artifacts.manifest import Radiograph
from fracture.params.split import Split
from fracture.splitting.draw import split_by_group
from fracture.splitting.misses import Miss, find_misses, refusal

if TYPE_CHECKING:
    from fracture.artifacts.splits import Part

SETTINGS = Split(given=None, shipped=["mura"], validation=0.1, test=0.2, on_miss="fail")


def radiographs(**sizes: int) -> list[Radiograph]:
    """Return radiographs of groups: every other one is fractured."""
    return [
        Radiograph(f"{group}{n}", f"{group}{n}.png", n % 2 == 0, "hand", group=group)
        for group, size in sizes.items()
        for n in range(size)
    ]


def test_a_large_group_is_named_where_a_part_is_too_large_or_too_small() -> None:
    found = radiographs(anon=68, **{f"p{n}": 2 for n in range(16)})
    parts: dict[str, Part] = {
        each.id: "test" if each.group == "anon" else "validation" if each.group in ("p0", "p1")
        else "train" for each in found
    }  # fmt: skip
    misses = find_misses(found, parts, SETTINGS)
    assert misses == [
        Miss("share", "train", 0.7, 0.28, "anon", 68, 100),
        Miss("share", "validation", 0.1, 0.04, "anon", 68, 100),
        Miss("share", "test", 0.2, 0.68, "anon", 68, 100),
    ]
    assert str(misses[2]) == (
        "test: asked for 20% of the radiographs, got 68%; the group anon holds 68 of 100 "
        "radiographs and stays whole"
    )
    assert "ingest.nobody in params.yaml" in refusal(misses)


def test_a_group_of_one_label_is_named_where_the_rate_is_off() -> None:
    found = radiographs(**{f"p{n}": 2 for n in range(45)}) + [
        Radiograph(f"x{n}", "", True, "hand", group="x") for n in range(6)
    ] + [Radiograph(f"y{n}", "", False, "hand", group="y") for n in range(6)]  # fmt: skip
    part_of: dict[str, Part] = {"p1": "validation", "p2": "validation", "x": "validation"}
    part_of |= {f"p{n}": "test" for n in range(3, 13)}
    parts: dict[str, Part] = {each.id: part_of.get(each.group, "train") for each in found}
    misses = find_misses(found, parts, SETTINGS)
    assert [(miss.kind, miss.part, miss.group) for miss in misses] == [("rate", "validation", "x")]
    assert (misses[0].asked, misses[0].found) == (0.5, 0.8)
    assert str(misses[0]) == (
        "validation: 80% of its radiographs are fractured, of all 50%; the group x holds 6 of 102 "
        "radiographs and stays whole"
    )


def test_a_split_as_asked_misses_nothing() -> None:
    found = radiographs(**{f"p{n:03}": 2 for n in range(100)})
    assert find_misses(found, split_by_group(found, 0.1, 0.2, 0), SETTINGS) == []


@pytest.mark.parametrize(("given", "dataset", "ships", "drawn"), [
    (None, "mine", True, True), (None, "mura", True, False), (None, "mura", False, True),
    ("split.csv", "mine", True, False),
])  # fmt: skip
def test_only_a_drawn_split_was_asked_for(
    given: str | None, dataset: str, ships: bool, drawn: bool
) -> None:
    settings = SETTINGS.model_copy(update={"given": given})
    assert settings.drawn(dataset, ships=ships) is drawn
