"""The page: complete, self-contained, well formed, readable by everyone."""

from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from fracture.artifacts import external
from fracture.artifacts.report import PAGE
from fracture.artifacts.scores import SeedScores
from fracture.params.section import load
from fracture.presenting.report import evidence_tables
from fracture.presenting.report.findings import Findings, gather
from fracture.presenting.report.render import page
from fracture.presenting.words import NOT_CLINICAL, SYNTHETIC
from tests.presenting.report.examples import (
    UNDEFINED,
    make_localisation,
    make_scores,
    part,
    save_run,
)
from tests.presenting.report.strict import Element, parse, select


def elements(findings: Findings) -> list[Element]:
    return parse(page(findings))


def text(findings: Findings) -> str:
    (body,) = select(elements(findings), "body")
    return body.text


def test_every_model_and_its_auroc_stand_there(findings: Findings) -> None:
    said = text(findings)
    for scores in findings.systems.values():
        assert scores.model in said
        assert f"{scores.auroc}" in said
    assert "0.812 (0.762 to 0.862)" in said


def test_every_picture_is_inside_and_described(findings: Findings) -> None:
    found = elements(findings)
    pictures = select(found, "img")
    # 4 of the audit, 2 variants, augmentation, 5 of the comparison, 6 of the system chosen,
    # external, 2 of the other systems; the free-response ROC of a mean is not shown of a model
    assert len(pictures) == 21 == len(findings.images) - 1
    for picture in pictures:
        assert str(picture.attributes["src"]).startswith("data:image/webp;base64,")
        assert len(str(picture.attributes["alt"])) > 20
        assert (picture.attributes["width"], picture.attributes["height"]) in {
            ("1600", "32"),
            ("1000", "20"),
        }
    assert "No figure here" not in text(findings)
    assert "Variant plain: nothing further." in text(findings)
    assert "Variant canny: Canny edges blended in, 50 %." in text(findings)
    assert "canny_channels" not in text(findings)  # no model of the run sees it


def test_nothing_is_fetched(findings: Findings) -> None:
    html = page(findings)
    found = parse(html)
    assert not select(found, "script", "iframe", "object", "embed", "base")
    for element in found:
        for name in ("src", "href"):
            value = element.attributes.get(name, "#")
            assert str(value).startswith(("data:", "#", "../../docs/")), element
    assert "url(" not in html
    assert "@import" not in html
    assert "http" not in html
    assert "`" not in html  # of Markdown


def test_headings_stand_in_order(findings: Findings) -> None:
    levels = [int(one.tag[1]) for one in select(elements(findings), "h1", "h2", "h3", "h4")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(b - a <= 1 for a, b in pairwise(levels))


def test_links_lead_somewhere(findings: Findings) -> None:
    found = elements(findings)
    anchors = [one.attributes["id"] for one in found if "id" in one.attributes]
    assert len(anchors) == len(set(anchors))
    skip, read, *links = [str(one.attributes["href"]) for one in select(found, "a")]
    assert skip == "#content"
    assert (PAGE.parent / read).resolve() == Path("docs/reading.md").resolve()
    assert {link.removeprefix("#") for link in links} <= set(anchors)
    headings = [one.text for one in select(found, "h2")]
    assert [one.text for one in select(found, "a")][2:] == headings


def test_who_hears_the_page_can_use_it(findings: Findings) -> None:
    found = elements(findings)
    assert select(found, "html")[0].attributes["lang"] == "en"
    assert [len(select(found, tag)) for tag in ("title", "header", "nav", "main")] == [1, 1, 1, 1]
    assert {one.attributes["scope"] for one in select(found, "th")} == {"col", "row"}
    assert len(select(found, "caption")) == len(select(found, "table"))
    assert all(one.text for one in select(found, "caption", "summary", "th", "figcaption"))


@pytest.mark.parametrize("synthetic", [True, False])
def test_the_banner(findings: Findings, synthetic: bool) -> None:
    model = findings.comparison.ranking[0]
    changed = findings.winner.model_copy(update={"synthetic": synthetic})
    found = parse(page(replace(findings, systems=findings.systems | {model: changed})))
    warnings = [one.text for one in found if one.attributes.get("class") == "warning"]
    assert warnings == ([SYNTHETIC] if synthetic else []) + [NOT_CLINICAL]


def test_absent_figures_are_left_out_with_a_sentence(findings: Findings) -> None:
    bare = replace(findings, images={})
    assert not select(elements(bare), "img", "figure")
    assert text(bare).count("No figure here: this run made no plots/") == 21
    assert "this run made no plots/models/best/heat.png." in text(bare)


def test_without_external_data_sets(run_folder: Path) -> None:
    external.write([], run_folder / external.PATH)
    said = text(gather(load()))
    assert "No other data set was scored: how the models do elsewhere is not known." in said
    assert "external.png" not in said


def test_an_external_data_set_of_which_nothing_could_be_scored(findings: Findings) -> None:
    none = findings.externals[0].model_copy(update={"parts": {}, "drop": {}})
    changed = replace(findings, externals=[none])
    said = text(changed)
    assert "elsewhere: 100 radiographs of data set fracatlas; left out: 4 truncated." in said
    assert "No other data set was scored: how the models do elsewhere is not known." in said
    assert all(one.text for one in select(elements(changed), "li"))


def test_without_boxes(findings: Findings) -> None:
    none = {model: make_localisation(model, 0) for model in findings.localisations}
    said = text(replace(findings, localisations=none))
    assert (
        "No box marks what best predicts: whether its heatmaps point there was not measured."
        in said
    )
    assert "pointing game, gain over" not in said
    assert "froc.png" not in said


def test_a_fracture_map_is_told_from_grad_cam(findings: Findings) -> None:
    said = text(findings)
    assert "Heatmaps (Grad-CAM) of 40 fractured test radiographs with boxes and 80 without" in said
    assert "Heatmaps of best (Grad-CAM) against the 50 boxes of 40 fractured test" in said
    mapped = {model: make_localisation(model, gradcam=True) for model in findings.localisations}
    said = text(replace(findings, localisations=mapped))
    assert "Heatmaps (fracture map) of 40 fractured test radiographs" in said
    assert "Heatmap of best, fracture map: the probability of a fracture at each place" in said
    table = evidence_tables.heatmaps(findings, mapped["best"])
    assert table.columns[:3] == ("measure", "trained network", "Grad-CAM")
    assert table.columns[5] == "gain over Grad-CAM"
    by_name = {row[0]: row for row in table.rows}
    assert by_name["fractures marked at 0.5 false marks a radiograph"][5] == (
        "+0.300 (+0.200 to +0.400)"
    )
    assert "21 fractures below 30 pixels marked at 1 false mark a radiograph" in by_name
    assert len(by_name) == len(table.rows) == 10


def test_what_is_undefined_is_a_dash(findings: Findings) -> None:
    bare = part(None)
    undefined = bare.model_copy(
        update={
            "scores": dict.fromkeys(bare.scores, UNDEFINED),
            "uncalibrated": dict.fromkeys(bare.uncalibrated, UNDEFINED),
        }
    )
    scores = make_scores("best", 0.8)
    level = scores.images.model_copy(update={"test": undefined})
    undefined_seed = SeedScores(validation_auroc=UNDEFINED, auroc=UNDEFINED)
    changed = scores.model_copy(
        update={"images": level, "studies": None, "subgroups": {}, "seeds": {"0": undefined_seed}}
    )
    said = text(replace(findings, systems=findings.systems | {"best": changed}))
    assert "None" not in said
    assert "nan" not in said
    assert "its AUROC is -," in said
    assert "there is no score by study" in said
    assert "No attribute of the test radiographs takes more than one value." in said


def test_names_are_escaped(
    parameters: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    name = '<b>"&bold'
    save_run(parameters, (name, "other"))
    # Not by `load`, which refuses such a name; other texts of users reach the page the same way.
    html = page(gather(YAML(typ="safe").load(Path("params.yaml"))))
    assert "<b>" not in html
    found = parse(html)
    assert any(one.text.startswith(f"{name} (chosen)") for one in select(found, "th"))


def test_one_model_alone(
    parameters: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    save_run(parameters, ("alone",))
    said = text(gather(load()))
    assert "There is one system: nothing to compare." in said
    assert "There are none." in said


def test_pictures_are_described_by_the_network_served(findings: Findings) -> None:
    served = make_scores("best", 0.777).images
    changed = findings.systems["best"].model_copy(update={"served": served})
    found = elements(replace(findings, systems=findings.systems | {"best": changed}))
    alts = [str(one.attributes["alt"]) for one in select(found, "img")]
    (curves,) = [alt for alt in alts if alt.startswith("ROC and precision-recall curves of best ")]
    assert "(AUROC 0.777 (0.727 to 0.827), average precision 0.777 " in curves
    assert any("Test AUROC of best" in alt or "best 0.812" in alt for alt in alts)


def test_the_comparison_alone_ranks(findings: Findings) -> None:
    ranking = ["last_canny", "best", "middle"]  # against every AUROC in the scores
    compared = findings.comparison.model_copy(update={"ranking": ranking})
    found = parse(page(replace(findings, comparison=compared)))
    (said,) = [one.text for one in select(found, "li") if "is the system chosen" in one.text]
    assert said.startswith(
        "last_canny is the system chosen: of 3 systems that predict fractured it has the highest "
    )
    rows = [one.text for one in select(found, "th") if one.attributes["scope"] == "row"]
    start = rows.index("last_canny (chosen)", rows.index("radiographs found"))
    assert rows[start : start + 3] == ["last_canny (chosen)", *ranking[1:]]
    text = " ".join(one.text for one in select(found, "summary"))
    assert text.index("best: test AUROC") < text.index("middle: test AUROC")
