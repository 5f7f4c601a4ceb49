import pytest

from stages.artifacts.manifest import Radiograph
from stages.console import PipelineError
from stages.ingest.audit import audit, require_both_classes, summary
from stages.ingest.findings import Finding, LeftOut
from stages.ingest.groups import group


def radiograph(name: str, fractured: bool, body_part: str, pixels: str) -> Radiograph:
    return Radiograph(name, name, fractured, body_part, pixels_sha256=pixels)


EXAMINED: list[Finding] = [
    radiograph("g", True, "leg", "1"),
    radiograph("f", True, "hand", "1"),
    radiograph("e", False, "hand", "2"),
    radiograph("d", False, "leg", "3"),
    radiograph("c", True, "leg", "3"),
    LeftOut("b", "truncated"),
    LeftOut("a", "truncated"),
]


def test_all_counts_add_up() -> None:
    counts = audit("synthetic", EXAMINED, group(EXAMINED))
    opposite = "identical pixels carry opposite labels"
    assert counts == {
        "dataset": "synthetic",
        "synthetic": True,
        "found": 7,
        "kept": 3,
        "by_class": {"fractured": 2, "not_fractured": 1},
        "by_body_part": {"hand": 2, "leg": 1},
        "groups": 2,
        "duplicate_clusters": 2,
        "left_out": {opposite: 2, "truncated": 2},
        "left_out_radiographs": [
            {"id": "a", "reason": "truncated"},
            {"id": "b", "reason": "truncated"},
            {"id": "c", "reason": opposite},
            {"id": "d", "reason": opposite},
        ],
    }
    assert counts == audit("synthetic", EXAMINED[::-1], group(EXAMINED[::-1]))
    assert summary(counts) == f"7 found, 3 kept, 4 left out (2 {opposite}, 2 truncated)"
    assert not audit("fracatlas", [], [])["synthetic"]
    require_both_classes(counts)


@pytest.mark.parametrize(
    ("findings", "message"),
    [
        (EXAMINED[:2], "no radiograph is not_fractured, of 2 found, 2 kept, 0 left out; "),
        (EXAMINED[2:3], "no radiograph is fractured, of 1 found"),
        (EXAMINED[5:], "fractured or not_fractured, of 2 found, 0 kept, 2 left out .2 truncated.;"),
        ([], "fractured or not_fractured, of 0 found"),
    ],
)
def test_an_empty_class_is_refused(findings: list[Finding], message: str) -> None:
    with pytest.raises(PipelineError, match=f"^fracatlas: .*{message}"):
        require_both_classes(audit("fracatlas", findings, group(findings)))
