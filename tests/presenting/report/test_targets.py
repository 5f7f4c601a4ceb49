"""The page and the card of runs with several targets, and of a headline of several classes."""

from dataclasses import replace

from fracture.artifacts.scores import MOST_PROBABLE, Scores
from fracture.presenting.report.findings import Findings
from fracture.presenting.report.render import card, page
from fracture.targets import Target
from tests.presenting.report.examples import estimate, make_localisation, make_scores, part
from tests.presenting.report.strict import parse, select
from tests.run_files import make_system

SIDES = ["left", "middle", "right"]


def text(findings: Findings) -> str:
    (body,) = select(parse(page(findings)), "body")
    return body.text


def of_sides(model: str) -> Scores:
    """Return scores of a system that predicts one of three sides."""
    scores = make_scores(model, 0.9, target="side", classes=SIDES, headline=MOST_PROBABLE)
    estimates = {f"auroc/{name}": estimate(0.9) for name in SIDES} | {
        name: estimate(0.7)
        for name in (
            "auroc", "accuracy", "balanced_accuracy", "macro_f1", "kappa", "log_loss",
            "calibration_error",
        )
    }  # fmt: skip
    sides = part(0.9, 90).model_copy(
        update={
            "positives": None,
            "counts": [20, 30, 40],
            "confusion": [[15, 5, 0], [0, 30, 0], [2, 0, 38]],
            "points": {},
            "scores": estimates,
            "uncalibrated": {"log_loss": estimate(0.4)},
        }
    )
    level = scores.images.model_copy(update={"validation": sides, "test": sides, "thresholds": {}})
    update = {"images": level, "served": level, "studies": level, "unsure": None}
    return scores.model_copy(update=update | {"subgroups": {"view": {"frontal": sides}}})


def with_sides(findings: Findings, *, first: bool) -> Findings:
    """Return findings with a system of sides more, whose target is the headline's or a further."""
    spread = findings.comparison.spreads[0].model_copy(update={"model": "sides"})
    comparison = findings.comparison.model_copy(
        update={
            "target": "side", "classes": SIDES, "ranking": ["sides"], "pairs": [],
            "spreads": [spread], "baselines": [], "ablations": [],
        }
    )  # fmt: skip
    side = make_system("sides", target=Target("side", "side", tuple(SIDES)))
    models = findings.parameters["models"]
    entry = {"backbone": "deepconvnet", "variant": "plain", "target": "side"}
    both = [comparison, findings.comparison] if first else [findings.comparison, comparison]
    parameters = {
        **findings.parameters,
        "models": {**models, "sides": entry},
        "run": [*findings.parameters["run"], "sides"],
        "model": "sides" if first else "best",
        "targets": {**findings.parameters["targets"], "side": {"column": "side"}},
    }
    return replace(
        findings,
        parameters=parameters,
        comparison=both[0],
        further=both[1:],
        made=findings.made | {"sides": side},
        systems=findings.systems | {"sides": of_sides("sides")},
        localisations=findings.localisations | {"sides": make_localisation("sides", 0)},
        histories=findings.histories | {"sides": findings.histories["best"]},
        images={},
    )


def test_a_further_target_has_a_section_of_its_own(findings: Findings) -> None:
    said = text(with_sides(findings, first=False))
    assert "Target side Systems that predict side, one of left, middle and right. sides " in said
    assert "Confusion of sides, in counts of 90: who is called what" in said
    assert "sides alone predicts side; on test its AUROC is 0.700 (0.650 to 0.750), its" in said
    assert "best is the system chosen: of 3 systems that predict fractured" in said


def test_a_headline_of_several_classes(findings: Findings) -> None:
    changed = with_sides(findings, first=True)
    said = text(changed)
    assert said.startswith("Skip to the content Classification by side, data set synthetic")
    assert "sides is the system chosen: the only one that predicts side; its AUROC on" in said
    assert "Of left, middle and right it calls rightly a share of 0.700 (0.650 to 0.750)" in said
    assert "AUROC of middle" in said
    assert "83 of 90 called rightly" in card(changed)
    assert "of its radiographs 40 right, 20 left and 30 middle, below the 100" in said
    assert "Target fractured Systems that predict fractured" in said
    assert "None" not in said
    assert "Operating points An operating point" not in said
    assert "A probability of each of left, middle and right." in card(changed)


def test_what_each_system_is(findings: Findings) -> None:
    (table,) = [
        one for one in select(parse(page(findings)), "table") if "What each system is" in one.text
    ]
    assert "best (chosen) model a network fractured deepconvnet plain all radiographs" in table.text


def test_an_oracle_stands_below_the_ranking(findings: Findings) -> None:
    ranking = {"ranking": ["best", "middle"], "unranked": ["last_canny"]}
    compared = findings.comparison.model_copy(update=ranking)
    said = text(replace(findings, comparison=compared))
    auroc = findings.systems["last_canny"].auroc
    assert f"Not ranked: last_canny (a backbone on plain radiographs), test AUROC {auroc}." in said
