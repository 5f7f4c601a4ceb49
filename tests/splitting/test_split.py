import time
from collections import Counter
from pathlib import Path
from random import Random

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from fracture.artifacts.manifest import Radiograph
from fracture.artifacts.splits import PARTS, Part
from fracture.console import PipelineError
from fracture.splitting.draw import fold_count, require_classes, split_by_group, strata
from tests.splitting.examples import radiograph, singles

SHARES = [0.1, 0.2, 0.25, 0.3]


@pytest.mark.parametrize(
    ("validation", "test", "folds"),
    [
        (0.1, 0.2, 10),
        (0.25, 0.25, 4),
        (0.2, 0.2, 5),
        (0.05, 0.2, 20),
        (0.15, 0.15, 20),
        (0.3, 0.4, 10),
        (0.25, 0.2, 20),
    ],
)
def test_as_few_folds_as_the_shares_allow(validation: float, test: float, folds: int) -> None:
    assert fold_count(validation, test) == folds


@pytest.mark.parametrize(
    ("validation", "test"), [(0.05, 0.15), (0.1, 0.2), (0.25, 0.25), (0.3, 0.2), (0.45, 0.45)]
)
def test_equal_groups_give_exact_shares_of_each_class(validation: float, test: float) -> None:
    radiographs = singles(40, 160)
    parts = split_by_group(radiographs, validation, test, 0)
    for label, of in ((True, 40), (False, 160)):
        counts = Counter(parts[r.id] for r in radiographs if r.fractured == label)
        assert counts["test"] == round(of * test)
        assert counts["validation"] == round(of * validation)


def test_body_parts_are_spread_too() -> None:
    radiographs = [
        radiograph(n, n, n % 4 == 0, part)
        for n, part in enumerate(["hand", "leg", "leg", "hip"] * 100)
    ]
    parts = split_by_group(radiographs, 0.1, 0.2, 3)
    counts = Counter((r.body_part, parts[r.id]) for r in radiographs)
    for body_part, of in (("hand", 100), ("leg", 200), ("hip", 100)):
        assert counts[body_part, "test"] == pytest.approx(0.2 * of, abs=2)
        assert counts[body_part, "validation"] == pytest.approx(0.1 * of, abs=2)


def test_rare_body_parts_join_the_largest_of_their_label_without_a_warning() -> None:
    """scikit-learn warns of classes with fewer members than folds; pytest makes it an error."""
    radiographs = [
        *singles(20, 60),
        radiograph(900, 900, True, "elbow"),
        radiograph(901, 901, False, "elbow"),
    ]
    assert set(strata(radiographs, 10)) == {"True hand", "False hand"}
    assert set(strata(radiographs, 1)) == {
        "True hand", "False hand", "True elbow", "False elbow",
    }  # fmt: skip
    assert len(split_by_group(radiographs, 0.1, 0.2, 0)) == 82


def test_a_label_scattered_over_rare_body_parts_is_one_stratum() -> None:
    radiographs = [
        *(radiograph(n, n, True, f"bone {n % 4}") for n in range(12)),
        *(radiograph(n, n, False) for n in range(12, 60)),
    ]
    assert set(strata(radiographs, 10)) == {"True bone 3", "False hand"}
    assert len(split_by_group(radiographs, 0.1, 0.2, 0)) == 60


@st.composite
def data_sets(draw: st.DrawFn) -> list[Radiograph]:
    sizes = draw(st.lists(st.integers(1, 6), min_size=25, max_size=60))
    random = Random(draw(st.integers(0, 2**20)))  # noqa: S311 - test data
    groups = [group for group, size in enumerate(sizes) for _ in range(size)]
    return [
        radiograph(n, group, random.random() < 0.45, random.choice(["hand", "leg", "hip"]))
        for n, group in enumerate(groups)
    ]


@settings(deadline=None, max_examples=25)
@given(
    data_sets(),
    st.sampled_from(SHARES),
    st.sampled_from(SHARES),
    st.integers(0, 2**31 - 1),
    st.randoms(),
)
def test_groups_are_disjoint_all_are_assigned_and_order_does_not_matter(
    radiographs: list[Radiograph], validation: float, test: float, seed: int, random: Random
) -> None:
    try:
        parts = split_by_group(radiographs, validation, test, seed)
    except PipelineError as error:
        assume("holds no radiograph" not in str(error))
        assume("fewer than the" not in str(error))
        raise
    assert parts.keys() == {r.id for r in radiographs}
    parts_of_group: dict[str, set[str]] = {}
    for r in radiographs:
        parts_of_group.setdefault(r.group, set()).add(parts[r.id])
    assert all(len(found) == 1 for found in parts_of_group.values())
    for part in PARTS:
        assert {r.fractured for r in radiographs if parts[r.id] == part} == {True, False}
    assert parts == split_by_group(
        random.sample(radiographs, len(radiographs)), validation, test, seed
    )
    assert parts == split_by_group(radiographs, validation, test, seed)


def test_another_seed_gives_another_split() -> None:
    radiographs = singles(30, 70)
    assert split_by_group(radiographs, 0.1, 0.2, 0) != split_by_group(radiographs, 0.1, 0.2, 1)


@pytest.mark.parametrize(
    ("radiographs", "message"),
    [
        (
            [radiograph(n, n % 9, n % 2 == 0) for n in range(90)],
            "^9 groups, fewer than the 10 folds",
        ),
        (singles(9, 60), "^9 fractured radiographs, fewer than the 10 folds"),
        (singles(60, 9), "^9 radiographs without a fracture, fewer than the 10 folds"),
        ([], "^0 groups"),
    ],
)
def test_too_little_is_refused(radiographs: list[Radiograph], message: str) -> None:
    with pytest.raises(PipelineError, match=f"{message}.* use coarser shares.*params.yaml"):
        split_by_group(radiographs, 0.1, 0.2, 0)


def test_a_part_without_a_class_is_refused() -> None:
    """All fractures are of one patient, so two parts must go without."""
    radiographs = [radiograph(n, 0 if n < 20 else n, n < 20) for n in range(100)]
    with pytest.raises(PipelineError, match="holds no radiograph that is fractured, expected both"):
        split_by_group(radiographs, 0.1, 0.2, 0)


@pytest.mark.shared
def test_20_327_radiographs_of_6_091_patients_in_seconds(fracatlas: Path) -> None:
    table = pd.read_csv(fracatlas.parent / "grazpedwri/dataset.csv", encoding="utf-8-sig")
    rows = zip(table["filestem"], table["patient_id"], table["fracture_visible"], strict=True)
    radiographs = [
        Radiograph(stem, "", fractured == 1, "wrist", group=str(patient))
        for stem, patient, fractured in rows
    ]
    begin = time.process_time()  # a busy machine is no failure
    parts = split_by_group(radiographs, 0.1, 0.2, 0)
    assert time.process_time() - begin < 10
    rates = {
        part: np.mean([r.fractured for r in radiographs if parts[r.id] == part]) for part in PARTS
    }
    overall = np.mean([r.fractured for r in radiographs])
    assert list(rates.values()) == pytest.approx([overall] * 3, rel=0.02)
    counts = Counter(parts.values())
    assert counts["test"] == pytest.approx(0.2 * len(parts), rel=0.01)
    assert counts["train"] == pytest.approx(0.7 * len(parts), rel=0.01)
    assert counts["validation"] == pytest.approx(0.1 * len(parts), rel=0.01)


RADIOGRAPHS = [radiograph(n, n // 2, n % 2 == 0) for n in range(6)]
PLACED: dict[str, Part] = {r.id: PARTS[n // 2] for n, r in enumerate(RADIOGRAPHS)}


@pytest.mark.parametrize(
    ("moved", "part", "message"),
    [
        (
            "00000",
            "unused",
            "train holds no radiograph that is fractured, expected both classes: mend",
        ),
        ("00003", "train", "validation holds no radiograph that is not fractured, expected"),
        ("00005", "unused", "test holds no radiograph that is not fractured"),
    ],
)
def test_each_part_needs_each_class(moved: str, part: Part, message: str) -> None:
    require_classes(RADIOGRAPHS, PLACED, "mend")
    with pytest.raises(PipelineError, match=message):
        require_classes(RADIOGRAPHS, PLACED | {moved: part}, "mend")


def test_an_empty_part_is_refused() -> None:
    parts: dict[str, Part] = dict.fromkeys(PLACED, "test")
    with pytest.raises(PipelineError, match=r"train holds .* not fractured or fractured"):
        require_classes(RADIOGRAPHS, parts, "mend")
