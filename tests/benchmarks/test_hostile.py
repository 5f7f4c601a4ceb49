"""What the benchmark of hostile uploads sends, and what it takes for refused."""

import pytest

from benchmarks.hostile import CUT, REQUESTS, SCORED, is_refused
from benchmarks.hostile_uploads import PATIENT, attacks
from fracture.examining.admission import admit
from fracture.imaging.unreadable import UnreadableImage
from fracture.params.radiographs import Ingest
from fracture.params.section import load


def test_it_sends_two_hundred_uploads_of_which_none_is_a_radiograph() -> None:
    rules = Ingest.read(load(), "ingest")
    sent = list(attacks())
    assert len(sent) + len(REQUESTS) >= 200
    assert sum(PATIENT in attack.name for attack in sent) > 100
    for attack in sent:
        try:
            assert admit(attack.content, rules).faults, attack.kind
        except UnreadableImage:
            continue


@pytest.mark.parametrize(
    ("end", "refused"),
    [(CUT, True), ("413", True), ("422", True), ("500", False), ("200", False), (SCORED, False)],
)
def test_what_counts_as_refused(end: str, refused: bool) -> None:
    assert is_refused(end) is refused
