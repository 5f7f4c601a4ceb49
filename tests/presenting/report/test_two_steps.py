"""What the page says of systems of two steps, and of what was built and not trained."""

from dataclasses import replace

import pytest

from fracture.artifacts.built import Built
from fracture.presenting.report.findings import Findings
from fracture.presenting.report.render import page
from fracture.presenting.two_step import found, tables
from tests.judging.two_steps import judged
from tests.presenting.report.strict import Element, parse, select

BUILT = Built(
    backbone="vgg16",
    size=128,
    parameters=14_714_688,
    layers=13,
    features=[4, 4, 512],
    megabytes=58.9,
)


@pytest.fixture
def elements(findings: Findings) -> list[Element]:
    return parse(page(replace(findings, two_steps=[judged()], built=[BUILT])))


def test_both_have_a_section_that_the_contents_name(elements: list[Element]) -> None:
    headings = [one.text for one in select(elements, "h2")]
    assert headings[-5:-3] == ["Two steps", "Built, not trained"]
    assert [one.text for one in select(elements, "a")][2:] == headings


def test_every_table_stands_there(elements: list[Element]) -> None:
    captions = [one.text for one in select(elements, "caption")]
    shown = [table.caption for table in tables(judged())]
    start = captions.index(shown[0])
    assert captions[start : start + len(shown)] == shown
    (body,) = select(elements, "body")
    assert "vgg16 14,714,688 13 128 x 128 4 x 4 x 512 58.9" in " ".join(body.text.split())


def test_what_was_found_is_said_in_short(elements: list[Element]) -> None:
    (said,) = [one.text for one in select(elements, "li") if one.text.startswith("Two steps: ")]
    assert said == f"Two steps: {found(judged())}"


def test_without_either_there_is_no_section(findings: Findings) -> None:
    headings = [one.text for one in select(parse(page(findings)), "h2")]
    assert not {"Two steps", "Built, not trained"} & set(headings)
