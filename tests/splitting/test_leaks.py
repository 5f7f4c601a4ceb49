from collections import defaultdict
from dataclasses import replace
from itertools import combinations
from random import Random
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fracture.artifacts.duplicates import Kind as DuplicateKind
from fracture.artifacts.duplicates import Pair
from fracture.artifacts.manifest import Radiograph
from fracture.artifacts.splits import PARTS, Part
from fracture.console import PipelineError
from fracture.splitting.draw import split_by_group
from fracture.splitting.leaks import (
    KINDS,
    SIDES,
    Kind,
    Leak,
    count_leaks,
    find_leaks,
    overview,
    refusal,
)
from tests.splitting.leaks import PARTS_OF, RADIOGRAPHS, plant

PAIR_KINDS: tuple[DuplicateKind, ...] = get_args(DuplicateKind)


def test_a_clean_split_leaks_nothing() -> None:
    assert find_leaks(RADIOGRAPHS, PARTS_OF, []) == []


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_found_alone(kind: Kind) -> None:
    for first, second, sides in (
        ("b", "c", SIDES[0]), ("a", "f", SIDES[1]), ("d", "e", SIDES[2]),
    ):  # fmt: skip
        radiographs, pairs = plant(kind, first, second)
        assert find_leaks(radiographs, PARTS_OF, pairs) == [Leak(first, second, sides, kind)]
        assert find_leaks(radiographs[::-1], PARTS_OF, pairs) == [Leak(first, second, sides, kind)]


@pytest.mark.parametrize("kind", PAIR_KINDS)
def test_each_kind_of_pair_is_found_though_hashes_differ(kind: DuplicateKind) -> None:
    pair = Pair("a", "f", kind)
    assert find_leaks(RADIOGRAPHS, PARTS_OF, [pair]) == [Leak("a", "f", ("train", "test"), kind)]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("together", ["ab", "cd", "ef"])
def test_what_stays_on_one_side_is_no_leak(kind: Kind, together: str) -> None:
    radiographs, pairs = plant(kind, *together)
    assert find_leaks(radiographs, PARTS_OF, pairs) == []


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_unused_leaks_nothing(kind: Kind) -> None:
    radiographs, pairs = plant(kind, "a", "f")
    assert find_leaks(radiographs, PARTS_OF | {"f": "unused"}, pairs) == []


def test_what_is_unknown_is_shared_by_none() -> None:
    blank = replace(RADIOGRAPHS[0], patient="", study="", sha256="", pixels_sha256="", group="")
    nameless = [replace(blank, id=r.id) for r in RADIOGRAPHS]
    assert find_leaks(nameless, PARTS_OF, []) == []


def test_a_pair_with_a_radiograph_that_is_left_out_is_passed_over() -> None:
    pairs = [Pair("a", "gone", "near", 0.99), Pair("gone", "other", "pixels")]
    assert find_leaks(RADIOGRAPHS, PARTS_OF, pairs) == []


def test_the_same_bytes_in_manifest_and_duplicates_are_one_leak() -> None:
    radiographs, _ = plant("bytes", "a", "e")
    leaks = find_leaks(radiographs, PARTS_OF, [Pair("a", "e", "bytes")])
    assert leaks == [Leak("a", "e", ("train", "test"), "bytes")]


def test_the_pairs_of_a_large_group_are_named_star_wise() -> None:
    radiographs = [replace(RADIOGRAPHS[0], id=f"{n:04}", sha256="", pixels_sha256="", patient="",
                           study="") for n in range(3000)]  # fmt: skip
    parts = {r.id: PARTS[n % 3] for n, r in enumerate(radiographs)}
    leaks = find_leaks(radiographs, parts, [])
    assert len(leaks) == 3 * (1000 + 1000 - 1)
    assert {name for leak in leaks for name in (leak.first, leak.second)} == parts.keys()


def test_a_split_of_other_radiographs_is_refused() -> None:
    with pytest.raises(PipelineError, match="differ in 2 radiographs, such as e: run `dvc repro"):
        find_leaks(RADIOGRAPHS[:-2], PARTS_OF, [])


IDS = st.integers(0, 7)
NAMES = st.sampled_from(["", "1", "2", "3", "4"])


@settings(max_examples=300)
@given(
    st.lists(st.tuples(NAMES, NAMES, NAMES, NAMES, NAMES, st.sampled_from(PARTS)), max_size=8),
    st.lists(st.tuples(IDS, IDS, st.sampled_from(PAIR_KINDS)), max_size=4),
)
def test_silent_if_and_only_if_no_key_has_two_parts(
    rows: list[tuple[str, str, str, str, str, Part]], links: list[tuple[int, int, DuplicateKind]]
) -> None:
    """Compared with all pairs of radiographs, looked at one by one."""
    radiographs = [
        Radiograph(str(n), "", False, "", patient=patient, study=study, sha256=content,
                   pixels_sha256=pixels, group=group)
        for n, (group, patient, study, content, pixels, _) in enumerate(rows)
    ]  # fmt: skip
    parts = {str(n): row[-1] for n, row in enumerate(rows)}
    pairs = [Pair(str(a), str(b), kind) for a, b, kind in links if a < b < len(rows)]
    expected = defaultdict[str, set[str]](set)
    for one, other in combinations(radiographs, 2):
        shared = {
            "group": one.group == other.group != "",
            "patient": one.patient == other.patient != "",
            "study": one.study == other.study != "",
            "bytes": one.sha256 == other.sha256 != "",
            "pixels": one.pixels_sha256 == other.pixels_sha256 != "",
        }
        if parts[one.id] != parts[other.id]:
            kinds = {kind for kind, is_shared in shared.items() if is_shared}
            kinds |= {p.kind for p in pairs if (p.first, p.second) == (one.id, other.id)}
            for kind in kinds:
                expected[kind] |= {one.id, other.id}
    found = defaultdict[str, set[str]](set)
    for leak in find_leaks(radiographs, parts, pairs):
        assert (parts[leak.first], parts[leak.second]) == leak.sides
        found[leak.kind] |= {leak.first, leak.second}
    assert found == expected


@settings(max_examples=15)
@given(st.integers(0, 2**31 - 1), st.integers(0, 2**20))
def test_a_split_that_is_drawn_here_is_clean(seed: int, tied: int) -> None:
    """Within a group, patients, studies, hashes and pairs are tied at random."""
    random = Random(tied)  # noqa: S311 - test data
    radiographs = []
    pairs = []
    for group in range(60):
        members = [f"{group}-{n}" for n in range(random.randint(1, 4))]
        for name in members:
            patient, study, content, pixels = (f"{group}-{random.randint(0, 1)}" for _ in range(4))
            radiographs.append(
                Radiograph(
                    name, "", group % 2 == 0, "hand", "", patient, study,
                    sha256=content, pixels_sha256=pixels, group=str(group),
                )
            )  # fmt: skip
        pairs += [Pair(*two, random.choice(PAIR_KINDS)) for two in combinations(members, 2)]
    parts = split_by_group(radiographs, 0.25, 0.25, seed)
    assert find_leaks(radiographs, parts, pairs) == []


NOTHING = {
    "radiographs": 0,
    "validation tied to train": 0,
    "test tied to train": 0,
    "test tied to validation": 0,
}


def test_a_clean_split() -> None:
    leakage = count_leaks(RADIOGRAPHS, PARTS_OF, [])
    assert leakage.model_dump() == {
        "dataset": "mine",
        "verdict": "clean",
        "radiographs": {"train": 2, "validation": 2, "test": 2},
        "leaking": {"validation": 0, "test": 0},
        "by_kind": dict.fromkeys(KINDS, NOTHING),
        "leaking_pairs": 0,
        "pairs": [],
    }
    assert overview(leakage) == (
        "clean: no group, patient, study, bytes, pixels or near is shared by two parts"
    )


def test_radiographs_are_counted_once_and_pairs_say_all_that_they_share() -> None:
    """Patient: a, b in training, c in validation, f in test; a and f the same bytes as well."""
    radiographs, _ = plant("patient", "a", "b", "c", "f")
    leaks = find_leaks(radiographs, PARTS_OF, [Pair("a", "f", "bytes")])
    leakage = count_leaks(radiographs, PARTS_OF, leaks)
    assert leakage.verdict == "leaks"
    assert leakage.leaking == {"validation": 1, "test": 1}
    assert leakage.by_kind == dict.fromkeys(KINDS, NOTHING) | {
        "patient": {
            "radiographs": 2,
            "validation tied to train": 1,
            "test tied to train": 1,
            "test tied to validation": 1,
        },
        "bytes": NOTHING | {"radiographs": 1, "test tied to train": 1},
    }
    assert leakage.leaking_pairs == 5
    assert [(pair.first, pair.second, pair.parts, pair.kinds) for pair in leakage.pairs] == [
        ("a", "c", ("train", "validation"), ["patient"]),
        ("a", "f", ("train", "test"), ["bytes", "patient"]),
        ("b", "c", ("train", "validation"), ["patient"]),
        ("b", "f", ("train", "test"), ["patient"]),
        ("c", "f", ("validation", "test"), ["patient"]),
    ]
    assert [line.split() for line in overview(leakage).splitlines()[2:]] == [
        ["patient", "2", "1", "1", "1"],
        ["bytes", "1", "0", "1", "0"],
    ]
    assert refusal(leakage) == (
        "the split leaks: 1 of 2 validation and 1 of 2 test radiographs are tied to an earlier "
        "part, by patient 2, bytes 1, such as a (train) with c (validation), a (train) with f "
        "(test), b (train) with c (validation): mend the split (split.given or split.shipped in "
        "params.yaml), or set gate.on_leak to report to go on with it"
    )


def test_a_hundred_pairs_are_named_of_however_many() -> None:
    radiographs = [
        replace(RADIOGRAPHS[n // 150], id=f"{n:03}", group=f"{n % 150}") for n in range(300)
    ]
    parts = {r.id: PARTS[-1] if r.id < "150" else PARTS[0] for r in radiographs}
    leakage = count_leaks(radiographs, parts, find_leaks(radiographs, parts, []))
    assert (leakage.leaking_pairs, len(leakage.pairs)) == (150, 100)
    assert [pair.first for pair in leakage.pairs] == [f"{n}" for n in range(150, 250)]
