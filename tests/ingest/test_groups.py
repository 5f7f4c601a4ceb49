from dataclasses import replace
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from stages.artifacts.manifest import Radiograph
from stages.ingest.findings import LeftOut, separate
from stages.ingest.groups import OPPOSITE_LABELS, duplicate_clusters, group


def radiograph(
    name: str, pixels: str = "", patient: str = "", study: str = "", fractured: bool = False
) -> Radiograph:
    return Radiograph(
        id=name,
        path=name,
        fractured=fractured,
        body_part="hand",
        patient=patient,
        study=study,
        pixels_sha256=pixels or f"pixels of {name}",
    )


def groups(*radiographs: Radiograph) -> dict[str, str]:
    return {r.id: r.group for r in separate(group(radiographs))[0]}


def test_each_radiograph_alone() -> None:
    assert groups(radiograph("b"), radiograph("a")) == {"a": "a", "b": "b"}


def test_patient_and_study_and_pixels_tie_in_a_chain() -> None:
    assert groups(
        radiograph("e", patient="P1"),
        radiograph("d", patient="P1", pixels="same"),
        radiograph("c", pixels="same", study="S"),
        radiograph("b", study="S"),
        radiograph("f", patient="P2"),
    ) == {"b": "b", "c": "b", "d": "b", "e": "b", "f": "f"}


def test_study_1_of_two_patients_is_two_studies() -> None:
    tied = groups(
        radiograph("a", patient="P1", study="1"), radiograph("b", patient="P2", study="1")
    )
    assert tied == {"a": "a", "b": "b"}


def test_identical_pixels_with_opposite_labels_are_left_out_and_still_tie() -> None:
    findings = group(
        [
            radiograph("a", pixels="same", patient="P1"),
            radiograph("b", pixels="same", patient="P2", fractured=True),
            radiograph("c", patient="P1"),
            radiograph("d", patient="P2", fractured=True),
        ]
    )
    assert findings[:2] == [LeftOut("a", OPPOSITE_LABELS), LeftOut("b", OPPOSITE_LABELS)]
    assert [finding.group for finding in findings[2:] if isinstance(finding, Radiograph)] == [
        "c",
        "c",
    ]


def test_nothing_and_what_was_left_out_before_pass_through() -> None:
    assert group([]) == []
    earlier = LeftOut("x", "truncated")
    assert group([earlier, radiograph("a")]) == [earlier, replace(radiograph("a"), group="a")]


def test_duplicate_clusters_count_pictures_not_files() -> None:
    copies = [radiograph(name, pixels) for name, pixels in zip("abcdef", "111223", strict=True)]
    assert duplicate_clusters(copies) == 2


RADIOGRAPHS = st.lists(
    st.builds(
        radiograph,
        name=st.integers(0, 99).map(str),
        pixels=st.sampled_from(["", "", "x", "y"]),
        patient=st.sampled_from(["", "", "P1", "P2", "P3"]),
        study=st.sampled_from(["", "", "S1", "S2"]),
        fractured=st.booleans(),
    ),
    max_size=14,
    unique_by=lambda r: r.id,
)


@settings(deadline=None)
@given(RADIOGRAPHS, st.randoms())
def test_groups_are_those_of_a_plain_search_whatever_the_order(
    radiographs: list[Radiograph], random: Random
) -> None:
    def tied(a: Radiograph, b: Radiograph) -> bool:
        return (
            a.pixels_sha256 == b.pixels_sha256
            or (a.patient != "" and a.patient == b.patient)
            or (a.study != "" and (a.patient, a.study) == (b.patient, b.study))
        )

    shuffled = random.sample(radiographs, len(radiographs))
    found = groups(*shuffled)
    assert found == groups(*radiographs)
    for start in radiographs:
        reached = {start.id}
        while (
            more := {
                b.id for a in radiographs for b in radiographs if a.id in reached and tied(a, b)
            }
            - reached
        ):
            reached |= more
        if start.id in found:
            assert found[start.id] == min(reached & found.keys())
