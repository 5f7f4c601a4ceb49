from dataclasses import replace
from typing import Any

import pytest

from fracture.artifacts.left_out import LeftOut
from fracture.console import PipelineError
from fracture.examining.admission import REASONS
from fracture.examining.outcome import apply, summary
from fracture.params.radiographs import Ingest
from tests.examining.ingested import radiograph


def doing(parameters: dict[str, Any], **actions: str) -> Ingest:
    return Ingest.parse(parameters["ingest"] | actions, "ingest")


@pytest.mark.parametrize("fault", REASONS)
def test_each_fault_excludes_is_kept_or_fails(parameters: dict[str, Any], fault: str) -> None:
    findings = [radiograph("a", fractured=True), radiograph("b")]
    faulty = {"a": {fault}}
    assert apply(findings, faulty, doing(parameters, **{fault: "keep"})) == findings
    assert apply(findings, faulty, doing(parameters, **{fault: "exclude"})) == [
        LeftOut("a", REASONS[fault], "folder/a.png", "fractured"),
        *findings[1:],
    ]
    with pytest.raises(PipelineError, match=rf"^{REASONS[fault]}: a; ingest\.{fault} is fail"):
        apply(findings, faulty, doing(parameters, **{fault: "fail"}))


def test_of_two_faults_the_first_that_excludes_is_told(parameters: dict[str, Any]) -> None:
    settings = doing(parameters, truncated="keep", tiny="exclude", colour="exclude")
    (found,) = apply([radiograph("a")], {"a": {"colour", "tiny", "truncated"}}, settings)
    assert found == LeftOut("a", "too small", "folder/a.png", "not_fractured")


def test_a_refusal_names_the_first_and_counts_the_rest(parameters: dict[str, Any]) -> None:
    findings = [radiograph(name) for name in "gfedcba"]
    faulty = {name: {"uniform"} for name in "abcdefg"}
    with pytest.raises(PipelineError, match="nearly uniform: a, b, c, d, e and 2 more; "):
        apply(findings, faulty, doing(parameters, uniform="fail"))


def test_what_is_left_out_already_keeps_its_reason(parameters: dict[str, Any]) -> None:
    earlier = LeftOut("c", "missing")
    assert apply([earlier], {"c": {"truncated"}}, doing(parameters, truncated="fail")) == [earlier]


KEPT = [replace(radiograph("a", fractured=True), group="a"), replace(radiograph("b"), group="a")]


def test_the_summary_counts_everything() -> None:
    left = [LeftOut("c", "truncated"), LeftOut("d", "missing"), LeftOut("e", "truncated")]
    assert summary(KEPT, left) == (
        "5 found, 3 left out (1 missing, 2 truncated), 2 kept, 1 of them fractured, "
        "in 1 groups that a split must keep whole"
    )
    assert summary(KEPT, []).startswith("2 found, 0 left out, 2 kept")
