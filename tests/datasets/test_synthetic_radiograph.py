from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fracture.datasets.synthetic.bones import Build, Maker
from fracture.datasets.synthetic.fractures import (
    KINDS,
    Kind,
    break_scene,
    point_of,
    sample_fracture,
)
from fracture.datasets.synthetic.geometry import (
    VIEWS,
    View,
    apply,
    compose,
    scale_of,
    similarity,
    turning,
)
from fracture.datasets.synthetic.population import sample_patient
from fracture.datasets.synthetic.radiograph import PARTS, Study, draw_radiograph
from tests.datasets.drawn import SECTION

BUILD = Build(robust=1.0, cortex=1.0, stout=1.0, child=False)
EVERY_VIEW = [(part, view) for part in PARTS for view in VIEWS]
NUMBER = st.floats(-50, 50)


def a_study(part: str, kind: Kind, seed: int, site: float = 0.0) -> Study:
    fracture = replace(sample_fracture(np.random.default_rng(seed)), kind=kind)
    return Study(part, "L", site, fracture, True, None, (0.5, 0.5), 0.1)


@pytest.mark.parametrize(("part", "view"), EVERY_VIEW)
@pytest.mark.parametrize("kind", KINDS)
def test_only_the_fracture_tells_a_broken_bone_from_a_whole_one(
    part: str, view: View, kind: Kind
) -> None:
    study = a_study(part, kind, seed=3, site=0.2)
    whole, no_boxes = draw_radiograph(
        BUILD, replace(study, fractured=False), view, np.random.default_rng(7)
    )
    broken, boxes = draw_radiograph(BUILD, study, view, np.random.default_rng(7))
    assert no_boxes == ()
    assert whole.shape == broken.shape
    left, top, right, bottom = (int(side) for side in boxes[0])
    change = np.abs(broken.astype(float) - whole)
    inside = np.zeros(whole.shape, bool)
    inside[top:bottom, left:right] = True
    assert change[inside].mean() > 1.5 * np.median(change)
    assert change[inside].mean() > 1.5


@pytest.mark.parametrize(("part", "view"), EVERY_VIEW)
def test_every_site_lies_on_a_bone_of_its_scene(part: str, view: View) -> None:
    scene = PARTS[part](Maker(np.random.default_rng(0), BUILD), view)
    names = {bone.name for bone in scene.bones}
    assert {name for site in scene.sites for name, _, _ in site.paths} <= names
    assert {name for names_ in scene.followers.values() for name in names_} <= names
    for site in scene.sites:
        study = a_study(part, "displaced", seed=1)
        _, marks = break_scene(scene, site, study.fracture, view)
        assert len(marks) == len(site.paths)
        assert all(len(points) > 2 for points in marks)
        target = point_of(scene, site, study.fracture.level)
        assert np.hypot(*(marks[0].mean(axis=0) - target)) < 40


@pytest.mark.parametrize(
    ("kind", "fragments"),
    [("hairline", 1), ("undisplaced", 2), ("displaced", 2), ("comminuted", 3)],
)
def test_a_bone_breaks_into_the_fragments_of_its_kind(kind: Kind, fragments: int) -> None:
    scene = PARTS["leg"](Maker(np.random.default_rng(0), BUILD), "frontal")
    fracture = a_study("leg", kind, seed=2).fracture
    broken, _ = break_scene(scene, scene.sites[1], fracture, "frontal")
    assert [bone.name for bone in broken.bones].count("tibia") == fragments
    assert [bone.name for bone in broken.bones].count("fibula") == 1


def test_what_hangs_on_the_distal_fragment_moves_with_it() -> None:
    scene = PARTS["leg"](Maker(np.random.default_rng(0), BUILD), "lateral")
    fracture = a_study("leg", "displaced", seed=2).fracture
    broken, _ = break_scene(scene, scene.sites[1], fracture, "lateral")
    before = {bone.name: bone.pose for bone in scene.bones}
    after = {bone.name: bone.pose for bone in broken.bones}
    assert not np.allclose(before["talus"], after["talus"])
    np.testing.assert_array_equal(before["femur"], after["femur"])


@given(st.floats(-180, 180), NUMBER, NUMBER, st.floats(0.5, 3), st.booleans())
def test_a_similarity_keeps_shapes(
    angle: float, x: float, y: float, scale: float, mirror: bool
) -> None:
    matrix = similarity(angle, (x, y), scale, mirror)
    points = np.array([[0.0, 0.0], [3.0, 0.0], [0.0, 4.0]])
    placed = apply(matrix, points)
    assert np.hypot(*(placed[1] - placed[2])) == pytest.approx(5 * scale)
    assert scale_of(matrix) == pytest.approx(scale)
    again = apply(compose(matrix, matrix), points)
    np.testing.assert_allclose(again, apply(matrix, placed), atol=1e-6)


def test_turning_leaves_its_centre_but_for_the_shift() -> None:
    matrix = turning(90, np.array([2.0, 1.0]), np.array([0.5, 0.0]))
    points = np.array([[2.0, 1.0], [3.0, 1.0]])
    np.testing.assert_allclose(apply(matrix, points), [[2.5, 1.0], [2.5, 2.0]], atol=1e-12)


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(0, 1))
def test_patients_differ_from_the_whole_ones_only_in_what_is_broken(seed: int, rate: float) -> None:
    section = SECTION.model_copy(update={"fracture_rate": rate, "implant_rate": 0.0})
    unbroken = section.model_copy(update={"fracture_rate": 0.0})
    first, second = (
        sample_patient(chosen, 0, np.random.SeedSequence(seed)) for chosen in (section, unbroken)
    )
    assert [replace(one.study, fractured=False) for one in first] == [two.study for two in second]
    assert [one.view for one in first] == [two.view for two in second]


def test_the_label_is_not_in_the_metadata() -> None:
    streams = np.random.SeedSequence(0).spawn(3000)
    plans = [
        plan for i, stream in enumerate(streams) for plan in sample_patient(SECTION, i, stream)
    ]
    broken, whole = (
        [plan for plan in plans if plan.study.fractured is label] for label in (True, False)
    )
    assert len(broken) / len(plans) == pytest.approx(0.42, abs=0.03)
    assert len(plans) / 3000 == pytest.approx(1.7, abs=0.1)
    for shares in (
        [np.mean([one.study.side == "L" for one in group]) for group in (broken, whole)],
        [np.mean([one.view == "lateral" for one in group]) for group in (broken, whole)],
        [np.mean([one.build.child for one in group]) for group in (broken, whole)],
        *(
            [np.mean([one.study.body_part == part for one in group]) for group in (broken, whole)]
            for part in PARTS
        ),
    ):
        assert shares[0] == pytest.approx(shares[1], abs=0.06)
    metal = [np.mean([one.study.implant is not None for one in group]) for group in (broken, whole)]
    assert 1.2 < metal[0] / metal[1] < 2.2
    assert np.mean([one.study.implant is not None for one in plans]) == pytest.approx(0.2, abs=0.03)
