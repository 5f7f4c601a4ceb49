from fracture.judging.comparison.comparing import baselines, compare
from fracture.judging.comparison.systems import Measured
from fracture.presenting.comparison import markdown, table
from fracture.presenting.words import NOT_CLINICAL, SYNTHETIC
from tests.judging.comparison.examples import audit, measured
from tests.run_files import make_mean

MODELS = {
    "good": {"backbone": "vgg16", "variant": "plain", "target": "fractured"},
    "fair": {"backbone": "xception", "variant": "plain", "target": "fractured"},
    "poor": {"backbone": "vgg16", "variant": "canny", "target": "fractured"},
}
RANKED = [measured("good", 3.0), measured("fair", 2.8, 2), measured("poor", 0.2, 3)]


def page(ranked: list[Measured] = RANKED) -> str:
    models = {each.model: MODELS[each.model] for each in ranked}
    return markdown(compare(models, ranked, baselines(audit(), ranked[0].scores)), ranked, {})


def cells(text: str) -> list[list[str]]:
    return [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in text.splitlines()
        if line.startswith("|")
    ]


def test_baselines_then_models_with_the_verdict_on_the_first() -> None:
    rows = cells(page())
    assert rows[0][:5] == [
        "model", "validation AUROC", "test AUROC (95 %)", "good minus it (95 %)", "good is",
    ]  # fmt: skip
    assert rows[2][:5] == ["*hash look-up*", "-", "0.500 (0.500 to 0.500)", "-", "-"]
    assert rows[3][:3] == ["*shortcut: file size*", "0.700", "0.600 (0.500 to 0.700)"]
    assert [row[0] for row in rows[4:7]] == ["**good**", "fair", "poor"]
    assert [row[4] for row in rows[4:7]] == ["-", "not distinguishable", "better"]
    assert rows[4][2] == str(RANKED[0].test)
    assert rows[6][3].startswith("+0.")


def test_it_says_what_its_numbers_rest_on() -> None:
    text = page()
    for said in (
        "Data set: synthetic, test part: 80 radiographs, 32 fractured, 40 groups",
        NOT_CLINICAL,
        SYNTHETIC,
        "ordered by validation AUROC: **good**, the first, is the one chosen",
        "percentiles of 200 bootstrap draws of groups.",
        "at the operating point `balanced`",
        "Holm's correction over all 3 pairs, level 0.05",
        "Of 2 other models, good is better than 1, worse than 0 and not distinguishable from 1.",
    ):
        assert said in text
    assert "training seeds" not in text.replace("split and training seed,", "")


def test_ablations_have_a_table_of_their_own() -> None:
    text = page()
    row = cells(text[text.index("## Ablations") :])[2]
    assert row[:2] == ["vgg16", "canny"]
    assert row[2].startswith("-0.")
    assert row[3:] == ["below 0.001", "worse"]
    assert "Ablations" not in page(RANKED[:2])


def test_ensembles_name_their_members_and_how_they_were_chosen() -> None:
    averages = {"both": make_mean("both", ["good", "poor", "good"])}
    text = markdown(compare(MODELS, RANKED, []), RANKED, averages)
    said = text[text.index("## Ensembles") :]
    assert (
        "- **both**: mean logit of good (0.667), poor (0.333), selected among 2 systems on "
        "validation\n" in said
    )
    assert "Where validation chose members or weights, an ensemble's scores on validation" in said
    assert "Ensembles" not in page()


def test_real_radiographs_are_not_called_synthetic() -> None:
    text = markdown(
        compare(MODELS, RANKED, []),
        [_real(each) for each in RANKED],
        {},
    )
    assert "ynthetic" not in text
    assert "Data set: fracatlas" in text
    assert NOT_CLINICAL in text


def _real(each: Measured) -> Measured:
    scores = each.scores.model_copy(update={"dataset": "fracatlas", "synthetic": False})
    return Measured(**(vars(each) | {"scores": scores}))


def test_one_model_alone_has_no_verdicts() -> None:
    text = page(RANKED[:1])
    assert "Verdicts" not in text
    assert cells(text)[-1][:1] == ["**good**"]


def test_training_seeds_are_told() -> None:
    several = [measured("good", 3.0, 1, 2), measured("fair", 1.0, 2, 2)]
    text = page(several)
    assert "intervals of differences rest on draws of groups and of training seeds" in text
    assert "All scores are means over training seeds" in text
    row = cells(text[text.index("## Training seeds") :])[2]
    assert row[:2] == ["good", "2"]
    assert row[2] == f"{several[0].test.value:.3f}"


TWO = {name: MODELS[name] for name in ("good", "poor")}
BOTH = [RANKED[0], RANKED[2]]
COMPARED = compare(TWO, BOTH, baselines(audit(), BOTH[0].scores))


def test_in_the_table_baselines_stand_first_then_models_in_their_order() -> None:
    rows = table(TWO, COMPARED, BOTH, {})
    assert rows["model"].tolist() == ["hash look-up", "shortcut: file size", "good", "poor"]
    assert rows["test_auroc"].tolist() == [0.5, 0.6, BOTH[0].test.value, BOTH[1].test.value]
    assert rows["auroc_low"].tolist()[:2] == [0.5, 0.5]
    assert rows["variant"].tolist()[2:] == ["plain", "canny"]
    assert rows["seeds"].tolist()[2:] == ["1", "1"]
    assert rows.loc[:1, "backbone":"seeds"].isna().all(axis=None)


def test_scores_are_of_test_and_of_the_headline() -> None:
    good = table(TWO, COMPARED, BOTH, {}).iloc[2]
    scores = BOTH[0].scores
    assert good["sensitivity"] == scores.point.scores["sensitivity"].value
    assert good["log_loss"] == scores.images.test.scores["log_loss"].value
    assert good["validation_auroc"] == scores.validation_auroc.value


def test_the_verdict_is_of_the_first_against_the_row() -> None:
    rows = table(TWO, COMPARED, BOTH, {})
    assert rows["verdict"].tolist()[3] == "better"
    assert rows["difference"].tolist()[3] > 0
    assert rows.loc[:2, "difference":"verdict"].isna().all(axis=None)
    assert rows["p_holm"].tolist()[3] == COMPARED.pairs[0].bootstrap.p_holm


def test_the_table_of_one_model_alone() -> None:
    ranked = BOTH[:1]
    rows = table(TWO, compare({"good": TWO["good"]}, ranked, []), ranked, {})
    assert rows["model"].tolist() == ["good"]
    assert list(rows.columns) == list(table(TWO, COMPARED, BOTH, {}).columns)
