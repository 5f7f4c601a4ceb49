"""What single sections say, against facts changed by hand."""

import re
from dataclasses import replace

import pytest

from fracture.artifacts.row import Estimate
from fracture.artifacts.scores import Confusion
from fracture.judging import multiclass
from fracture.judging.points import ABOVE_ALL
from fracture.judging.scores import DECISION, PROBABILITY, RANKING
from fracture.params.train import resolve
from fracture.presenting.report import tables
from fracture.presenting.report.findings import Findings
from fracture.presenting.report.limits import limits
from fracture.presenting.report.render import TEMPLATES, page
from fracture.presenting.report.score_tables import matrix, pairs
from fracture.presenting.report.sentences import guaranteed, how_split, tallied, weakest
from fracture.presenting.report.sources import fingerprint, locked
from fracture.presenting.words import (
    SCORES,
    Table,
    count,
    count_if_named,
    listed,
    p_value,
    percent,
    signed,
)
from tests.judging.examples import REACHED
from tests.presenting.report.audits import BASELINE, LOCK, make_audit, make_leakage
from tests.presenting.report.examples import make_localisation, make_scores
from tests.presenting.report.strict import parse, select


def test_the_glossary_names_every_score() -> None:
    beyond = "calibration_error_beyond_chance"
    named = {*RANKING, *PROBABILITY, beyond, *DECISION, *multiclass.DECISION}
    assert SCORES.keys() == named
    text = (TEMPLATES / "glossary.html").read_text(encoding="utf-8")
    assert re.findall(r'<dt>{{ "(\w+)" \| score }}</dt>', text) == list(SCORES)
    meanings = re.findall(r"<dd>(.+?)</dd>", text, re.DOTALL)
    assert len(meanings) == text.count("<dt>")
    assert all(meaning.endswith(".") for meaning in meanings)


def test_baselines_with_their_intervals(findings: Findings) -> None:
    assert tables.baselines(findings).rows == (
        (
            "hash look-up", "-", "0.500 (0.450 to 0.550)",
            "0.0 % of the test radiographs are in the training part too",
        ),
        ("image number alone", "0.600", "0.550 (0.500 to 0.600)", "no"),
        ("file size alone", "-", "-", "does not vary"),
        (
            "body part alone, from the table", "0.700", "0.750 (0.500 to 0.600)",
            "no: known before the radiograph",
        ),
    )  # fmt: skip


def test_the_weakest_subgroup_is_defined_and_lowest() -> None:
    assert weakest(make_scores("m", 0.8)) == (
        "body part hand: AUROC 0.700 (0.650 to 0.750), 40 radiographs, 20 fractured"
    )
    assert weakest(make_scores("m", 0.8, subgroups={})) == ""


def test_a_subgroup_that_is_above_the_whole_is_not_the_weakest() -> None:
    subgroups = make_scores("m", 0.9).subgroups
    assert weakest(make_scores("m", 0.8, subgroups=subgroups)) == ""


def test_calls_with_a_guarantee() -> None:
    """At temperature 1.25, 0.25 is shown as 1 / (1 + 3 ** 0.8)."""
    scores = make_scores("m", 0.8)
    assert guaranteed(scores) == (
        "Not fractured is called below 0.2934. Fractured is called from 0.7066 on. What is called "
        "neither is unsure."
    )
    few = REACHED.model_copy(update={"low": 0.0, "high": ABOVE_ALL, "groups": [8, 1]})
    assert guaranteed(scores.model_copy(update={"unsure": few})) == (
        "Not fractured is never called: validation has 1 group that it would be wrong about, and a "
        "risk of 0.05 needs 19 or more. Fractured is never called: validation has 8 groups that it "
        "would be wrong about, and a risk of 0.1 needs 9 or more. What is called neither is unsure."
    )


def test_verdicts_of_the_model_chosen(findings: Findings) -> None:
    assert tallied(findings) == (
        "Of the 2 other systems, the test radiographs show best to be better than 1 and worse than "
        "0; 1 cannot be told apart from it. This is said of trainings with 2 seeds each."
    )
    assert pairs(findings).rows[1] == (
        "last_canny", "+0.100 (+0.020 to +0.180)", "better", "0.012", "-", "0.012", "12", "3",
    )  # fmt: skip
    assert matrix(findings).rows == (
        ("best", "-", "open", "better"),
        ("middle", "open", "-", "better"),
        ("last_canny", "worse", "worse", "-"),
    )


def text_of(findings: Findings) -> str:
    (body,) = select(parse(page(findings)), "body")
    return body.text


def test_in_short(findings: Findings) -> None:
    text = text_of(findings)
    for sentence in (
        (
            "best is the system chosen: of 3 systems that predict fractured it has the highest "
            "AUROC on validation, 0.822 (0.772 to 0.872)."
        ),
        "At the operating point balanced it finds 43 of 48 fractured ",
        (
            "Test AUROC without a network: hash look-up 0.500 (0.450 to 0.550); shortcut: image "
            "number 0.550 (0.500 to 0.600). Guessing gets 0.500."
        ),
    ):
        assert sentence in text


@pytest.mark.parametrize(
    ("given", "shipped", "starts"),
    [
        ("mine.csv", [], "The split is given, radiograph by radiograph, by mine.csv."),
        (None, ["synthetic"], "The split that ships with the data set is kept;"),
        (None, [], "The split is drawn by group, balanced by label and body part, with seed 0: "),
    ],
)
def test_whose_split(
    findings: Findings, given: str | None, shipped: list[str], starts: str
) -> None:
    split = {
        "given": given, "shipped": shipped, "validation": 0.1, "test": 0.2, "on_miss": "fail",
    }  # fmt: skip
    changed = replace(findings, parameters=findings.parameters | {"split": split})
    assert how_split(changed).startswith(starts)


def test_notes_age_and_sex_are_told_where_there_are_some(findings: Findings) -> None:
    assert "Noticed when" not in text_of(findings)
    assert "Radiographs by sex" not in text_of(findings)
    counts = {"radiographs": 300, "fractured": 121}
    notes = ["1 patient id (P-01) means none; 3 radiographs"]
    audit = make_audit(
        notes=notes, by_sex={"female": counts}, by_age={"6 to 11 years": counts, "unknown": counts}
    )
    text = text_of(replace(findings, audit=audit))
    assert "Noticed when the radiographs were read and split:" in text
    assert "1 patient id (P-01) means none; 3 radiographs." in text
    assert "Radiographs by sex, of 578 kept" in text
    assert "Radiographs by age, of 578 kept" in text


def test_many_left_out_are_not_all_named(findings: Findings) -> None:
    rows = [{"id": f"r{i}", "reason": "tiny"} for i in range(1203)]
    audit = make_audit(left_out_radiographs=rows)
    text = text_of(replace(findings, audit=audit))
    assert "Each with its reason: data/left_out.csv." in text
    assert "r199: tiny and 1,003 more: see data/left_out.csv" in text


def limits_of(findings: Findings) -> str:
    return "\n".join(limits(findings))


def test_limits_come_from_the_facts(findings: Findings) -> None:
    said = limits_of(findings)
    assert "The test part is small: of its radiographs 48 fractured and 68 not fractured" in said
    assert "The interval of the AUROC of best is wide: 0.762 to 0.862." in said
    assert "1 of 2 other systems cannot be told apart from best" in said
    assert "aims at a sensitivity of 0.9; on test it reaches 0.800." in said
    assert "do not measurably beat centred blob at pointing" in said
    assert "From the test part to elsewhere the AUROC drops by +0.170 (+0.050 to +0.290)." in said
    for absent in ("names no patients", "Suspicious", "One training seed", "leaks"):
        assert absent not in said


def test_an_operating_point_that_calls_nothing_is_told(findings: Findings) -> None:
    test = findings.winner.images.test
    none = Confusion(tn=68, fp=0, fn=48, tp=0)
    points = test.points | {
        "specific": test.points["specific"].model_copy(update={"confusion": none})
    }
    images = findings.winner.images.model_copy(
        update={"test": test.model_copy(update={"points": points})}
    )
    winner = findings.winner.model_copy(update={"images": images})
    said = limits_of(replace(findings, systems=findings.systems | {winner.model: winner}))
    told = "calls no test radiograph fractured: its specificity is no merit."
    assert f"The operating point specific {told}" in said
    assert said.count(told) == 1
    assert told not in limits_of(findings)


def test_what_the_table_tells_may_be_as_good_and_is_not_suspicious(findings: Findings) -> None:
    priors = {"body_part": BASELINE | {"auroc": 0.8}}
    said = limits_of(replace(findings, audit=make_audit(priors=priors)))
    assert "best is not shown to beat body part alone, 0.800, which needs no look" in said
    assert "Suspicious" not in said


def test_limits_of_worse_facts(findings: Findings) -> None:
    row = BASELINE | {"suspicious": True, "auroc": 0.81}
    changed = replace(
        findings,
        audit=make_audit(patients=None, shortcuts={"image_number": row}),
        gate=make_leakage(validation=1, test=4),
        localisations={model: make_localisation(model, 0) for model in findings.systems},
        externals=[],
    )
    said = limits_of(changed)
    assert "The data set names no patients." in said
    assert "Suspicious: image number alone reaches a test AUROC above 0.7" in said
    assert (
        "best is not shown to beat image number alone, 0.810, which needs no look at a radiograph: "
        "its interval begins at 0.762."
    ) in said
    assert "The split leaks: 1 validation radiograph and 4 test radiographs are tied" in said
    assert "No boxes: whether heatmaps of best point at what it predicts was not measured." in said
    assert "No other data set was scored" in said


def test_how_models_were_trained(findings: Findings) -> None:
    table = tables.recipes(findings)
    first = dict(zip(table.columns, table.rows[0], strict=True))
    _, train = resolve(findings.parameters, "best")
    assert first["model"] == "best"
    assert first["starts from"] == "weights of imagenet"
    assert first["epochs of fine-tuning"] == str(train.finetune.epochs)
    assert first["batch"] == str(train.batch_size)
    assert "(0)" in table.caption
    assert len(table.rows) == len(findings.histories)


def test_trainings(findings: Findings) -> None:
    assert tables.trainings(findings).rows[:2] == (
        ("best", "0", "2", "1", "0.625", "-"),
        ("best", "1", "1", "-", "-", "-"),
    )


def test_locked_versions() -> None:
    assert locked(LOCK) == {"keras": "3.15.1", "numpy": "2.4.6 or 2.5.5"}


def test_fingerprints_are_those_of_sha256sum() -> None:
    # printf abc | sha256sum, FIPS 180-4
    assert fingerprint(b"abc") == "ba7816bf8f01"


def test_words() -> None:
    assert [count(1, "group"), count(2040, "group")] == [
        "1 group", "2,040 groups",
    ]  # fmt: skip
    assert [count_if_named(None), count_if_named(1200)] == ["not named", "1,200"]
    assert [percent(None), percent(0.4183)] == ["-", "41.8 %"]
    assert [p_value(None), p_value(0.0004), p_value(0.0123)] == ["-", "below 0.001", "0.012"]
    assert [listed(["a"]), listed("abc")] == ["a", "a, b and c"]
    assert signed(Estimate(value=-0.1)) == "-0.100"
    assert signed(Estimate(value=None)) == "-"


def test_a_table_is_a_rectangle() -> None:
    with pytest.raises(ValueError, match="c: 1 cells under 2"):
        Table("c", ("a", "b"), (("1",),))
