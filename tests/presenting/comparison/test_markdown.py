from fracture.judging.comparison.baselines import baselines
from fracture.judging.comparison.comparing import compare
from fracture.judging.comparison.measuring import Measured
from fracture.presenting.comparison.markdown import markdown
from tests.judging.comparison.examples import audit, composition, measured

MODELS = {
    "good": {"backbone": "vgg16", "variant": "plain"},
    "fair": {"backbone": "xception", "variant": "plain"},
    "poor": {"backbone": "vgg16", "variant": "canny"},
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
        "Not for clinical use.",
        "Synthetic radiographs: shows that the pipeline works, says nothing about patients.",
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
    assert row[3:] == ["< 0.001", "worse"]
    assert "Ablations" not in page(RANKED[:2])


def test_ensembles_name_their_members_and_how_they_were_chosen() -> None:
    averages = {"both": composition("both", ["good", "poor", "good"])}
    text = markdown(compare(MODELS, RANKED, []), RANKED, averages)
    said = text[text.index("## Ensembles") :]
    assert (
        "- **both**: mean logit of good (2 of 3), poor (1 of 3); forward selection among 2 "
        "candidates, log loss on validation as they join: 0.500, 0.490, 0.480\n" in said
    )
    assert "Where validation chose the members, an ensemble's scores on validation are" in said
    assert "Ensembles" not in page()


def test_real_radiographs_are_not_called_synthetic() -> None:
    text = markdown(
        compare(MODELS, RANKED, []),
        [_real(each) for each in RANKED],
        {},
    )
    assert "ynthetic" not in text
    assert "Data set: fracatlas" in text
    assert "Not for clinical use." in text


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
    assert "draws of groups and of training seeds" in text
    assert "AUROCs are means over training seeds" in text
    row = cells(text[text.index("## Training seeds") :])[2]
    assert row[:2] == ["good", "2"]
    assert row[2] == f"{several[0].test.value:.3f}"
