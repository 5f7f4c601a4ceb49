from itertools import pairwise
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from fracture.artifacts.duplicates import Pair
from fracture.artifacts.left_out import LeftOut
from fracture.artifacts.manifest import Radiograph
from fracture.datasets.findings import Finding, separate
from fracture.examining.groups import group, opposite_labels
from tests.examining.ingested import radiograph


def groups(radiographs: list[Radiograph], pairs: list[Pair]) -> dict[str, str]:
    return {r.id: r.group for r in separate(group(radiographs, radiographs, pairs))[0]}


def near(a: Radiograph, b: Radiograph) -> Pair:
    return Pair(min(a.id, b.id), max(a.id, b.id), "near")


def test_each_radiograph_alone() -> None:
    assert groups([radiograph("b"), radiograph("a")], []) == {"a": "a", "b": "b"}


def test_patient_and_study_and_exposure_tie_in_a_chain() -> None:
    radiographs = [
        radiograph("e", patient="P1"),
        radiograph("d", patient="P1"),
        radiograph("c", study="S"),
        radiograph("b", study="S"),
        radiograph("f", patient="P2"),
    ]
    found = groups(radiographs, [Pair("c", "d", "near", 0.98)])
    assert found == {"b": "b", "c": "b", "d": "b", "e": "b", "f": "f"}


def test_a_study_ties_whatever_patients_its_radiographs_bear() -> None:
    radiographs = [
        radiograph("a", patient="P1", study="1"),
        radiograph("b", patient="P2", study="1"),
    ]
    assert groups(radiographs, []) == {"a": "a", "b": "a"}


def test_a_patient_and_a_radiograph_of_one_name_are_two_things() -> None:
    radiographs = [radiograph("a", patient="b"), radiograph("b"), radiograph("patient")]
    assert groups(radiographs, []) == {"a": "a", "b": "b", "patient": "patient"}


def test_what_is_left_out_still_ties_and_never_names_a_group() -> None:
    everything = [radiograph("a"), radiograph("b"), radiograph("c")]
    findings: list[Finding] = [LeftOut("a", "truncated"), *everything[1:]]
    ties = [Pair("a", "b", "pixels"), Pair("a", "c", "near", 0.97)]
    left, second, third = group(findings, everything, ties)
    assert left == findings[0]
    assert isinstance(second, Radiograph)
    assert isinstance(third, Radiograph)
    assert second.group == third.group == "b"


def test_nothing_passes_through() -> None:
    assert group([], [], []) == []


def test_opposite_labels_put_the_whole_cluster_in_doubt() -> None:
    radiographs = [
        radiograph("a", fractured=True),
        radiograph("b"),
        radiograph("c"),
        radiograph("d", fractured=True),
        radiograph("e", fractured=True),
    ]
    pairs = [Pair("a", "b", "near", 0.9), Pair("b", "c", "pixels"), Pair("d", "e", "bytes")]
    assert opposite_labels(radiographs, pairs) == {"a", "b", "c"}


def test_a_patient_may_have_both_labels() -> None:
    radiographs = [radiograph("a", patient="P", fractured=True), radiograph("b", patient="P")]
    assert opposite_labels(radiographs, []) == set()


RADIOGRAPHS = st.lists(
    st.builds(
        radiograph,
        name=st.integers(0, 99).map(str),
        patient=st.sampled_from(["", "", "P1", "P2", "P3"]),
        study=st.sampled_from(["", "", "S1", "S2"]),
    ),
    max_size=14,
    unique_by=lambda r: r.id,
)


@settings(deadline=None)
@given(RADIOGRAPHS, st.randoms(), st.integers(0, 5))
def test_groups_are_those_of_a_plain_search_whatever_the_order(
    radiographs: list[Radiograph], random: Random, copies: int
) -> None:
    chosen = random.sample(radiographs, min(copies, len(radiographs)))
    pairs = [near(a, b) for a, b in pairwise(chosen)]

    def tied(a: Radiograph, b: Radiograph) -> bool:
        return (
            near(a, b) in pairs
            or (a.patient != "" and a.patient == b.patient)
            or (a.study != "" and a.study == b.study)
        )

    shuffled = random.sample(radiographs, len(radiographs))
    found = groups(shuffled, pairs)
    assert found == groups(radiographs, pairs[::-1])
    for start in radiographs:
        reached = {start.id}
        while (
            more := {
                b.id for a in radiographs for b in radiographs if a.id in reached and tied(a, b)
            }
            - reached
        ):
            reached |= more
        assert found[start.id] == min(reached)
