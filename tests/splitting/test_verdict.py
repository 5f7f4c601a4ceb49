from dataclasses import replace

from fracture.artifacts.duplicates import Pair
from fracture.artifacts.splits import PARTS
from fracture.splitting.leaks import KINDS, find_leaks
from fracture.splitting.verdict import count_leaks, overview, refusal
from tests.splitting.leaks import PARTS_OF, RADIOGRAPHS, plant

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
        "clean: no group, patient, study, bytes, pixels, near or name is shared by two parts"
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
