from fracture.artifacts.scores import Scores
from fracture.artifacts.systems import System
from fracture.judging.comparison.comparing import baselines, compare
from fracture.judging.comparison.systems import Measured
from fracture.presenting.comparison import markdown
from fracture.presenting.comparison_tables import table
from fracture.presenting.described import described
from fracture.presenting.words import NOT_CLINICAL, SYNTHETIC
from fracture.targets import Target
from tests.judging.comparison.examples import audit, measured
from tests.run_files import make_mean, make_system

MODELS = {
    "good": {"backbone": "vgg16", "variant": "plain", "target": "fractured"},
    "fair": {"backbone": "xception", "variant": "plain", "target": "fractured"},
    "poor": {"backbone": "vgg16", "variant": "canny", "target": "fractured"},
}
RANKED = [measured("good", 3.0), measured("fair", 2.8, 2), measured("poor", 0.2, 3)]


MADE = {name: make_system(name) for name in MODELS}


def page(ranked: list[Measured] = RANKED, made: dict[str, System] = MADE) -> str:
    models = {each.model: MODELS[each.model] for each in ranked}
    compared = compare(models, ranked, baselines(audit(), ranked[0].scores))
    made = {name: made[name] for name in compared.ranking}
    return markdown([compared], scores_of(ranked), made, models)


def scores_of(ranked: list[Measured]) -> dict[str, Scores]:
    return {each.model: each.scores for each in ranked}


def cells(text: str) -> list[list[str]]:
    text = text[text.rindex("## fractured") if "## fractured" in text else 0 :]
    return [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in text.splitlines()
        if line.startswith("|")
    ]


def test_baselines_then_models_with_the_verdict_on_the_first() -> None:
    rows = cells(page())
    assert rows[0][:5] == [
        "system", "validation AUROC", "test AUROC (95 %)", "good minus it",
        "good is, of these trainings, one seed each",
    ]  # fmt: skip
    assert rows[2][:5] == ["*hash look-up*", "-", "0.500 (0.500 to 0.500)", "-", "-"]
    assert rows[3][:3] == ["*shortcut: file size*", "0.700", "0.600 (0.500 to 0.700)"]
    assert [row[0] for row in rows[4:7]] == ["**good**", "fair", "poor"]
    assert [row[4] for row in rows[4:7]] == ["-", "not distinguishable", "better"]
    assert rows[4][2] == str(RANKED[0].test)
    scores = RANKED[0].scores
    of_both = scores.images.test.scores | scores.decisions
    assert rows[0][5:9] == ["average precision", "sensitivity", "specificity", "F1"]
    assert rows[4][5:8] == [
        str(of_both[name]) for name in ("average_precision", "sensitivity", "specificity")
    ]
    assert rows[4][8] == f"{of_both['f1'].value:.3f}"
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
        "Verdicts, on these trainings, one seed each: the difference of test AUROC",
        "Holm's correction over 3 pairs, level 0.05",
        'an interval may miss 0 and its verdict still be "not distinguishable".',
        "Of 2 other systems, good is better than 1, worse than 0 and not distinguishable from 1.",
    ):
        assert said in text
    assert "training seeds" not in text.replace("split and training seed,", "")
    assert "Each network was trained once: another seed gives another score" in text


def test_ablations_have_a_table_of_their_own() -> None:
    text = page()
    row = cells(text[text.index("## Ablations") :])[2]
    assert row[:2] == ["vgg16", "canny"]
    assert row[2].startswith("-0.")
    assert row[3:] == ["below 0.001", "worse"]
    assert "Holm's correction over 1 row alone: a verdict may differ" in text
    assert "Ablations" not in page(RANKED[:2])


def test_it_says_what_each_system_is() -> None:
    entry = MODELS["good"]
    models = {
        "a": {**entry, "also": {"side": 0.3}},
        "b": {**entry, "per": {"body_part": 20}},
    }
    made = {
        "a": make_system("a"),
        "a.side": make_system("a.side", target=Target("side", "side", ("l", "m", "r"))),
        "mean": make_mean("mean", ["a", "b", "a"]),
    }
    made["a.side"] = made["a.side"].model_copy(update={"formula": made["a"].formula})
    assert described(made, models) == [
        ["a", "model", "the network of a, which predicts fractured and side", "fractured", "vgg16",
         "plain", "all radiographs"],
        ["a.side", "model", "the network of a, which predicts fractured and side", "side", "vgg16",
         "plain", "all radiographs"],
        ["mean", "mean", made["mean"].made_of, "fractured", "vgg16", "plain",
         "all radiographs and one body part each"],
        ["b", "networks, no system", "a network for each body part", "fractured", "vgg16", "plain",
         "one body part each"],
    ]  # fmt: skip


def test_a_mean_is_held_against_models_with_a_warning() -> None:
    text = page(made=MADE | {"fair": make_mean("fair", ["good", "poor", "good"])})
    said = (
        "mean logit of good (0.667), poor (0.333), selected among 2 systems on validation",
        "Where validation chose members or weights, an ensemble's scores on validation",
    )
    for each in said:
        assert each in text
        assert each not in page()


def test_what_is_not_ranked_stands_below_the_table_and_in_no_verdict() -> None:
    compared = compare(MODELS, RANKED[:2], [], ["poor"])
    scores = scores_of(RANKED)
    text = markdown([compared], scores, MADE, MODELS)
    said = "Not ranked: **poor** (a backbone on plain radiographs), test AUROC "
    assert f"{said}{scores['poor'].auroc}." in text
    assert [row[0] for row in cells(text)[2:]] == ["**good**", "fair"]
    rows = table([compared], scores, MADE, MODELS).set_index("model")
    assert rows["verdict"].fillna("").tolist() == ["", "not distinguishable", "not ranked"]


def test_further_targets_have_a_section_of_their_own() -> None:
    side = compare(MODELS, RANKED[1:2], []).model_copy(update={"target": "side"})
    text = markdown([compare(MODELS, RANKED, []), side], scores_of(RANKED), MADE, MODELS)
    said = text[text.index("## side") :]
    assert [row[0] for row in cells(said)][::2] == ["system", "**fair**"]
    assert "Verdicts" not in said
    rows = table([compare(MODELS, RANKED, []), side], scores_of(RANKED), MADE, MODELS)
    assert rows["target"].tolist() == ["fractured"] * 3 + ["side"]
    assert rows["model"].tolist() == ["good", "fair", "poor", "fair"]


def test_real_radiographs_are_not_called_synthetic() -> None:
    ranked = [_real(each) for each in RANKED]
    text = markdown([compare(MODELS, ranked, [])], scores_of(ranked), MADE, MODELS)
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
    assert "trained once" not in text
    row = cells(text[text.index("## Training seeds") :])[2]
    assert row[:2] == ["good", "2"]
    assert row[2] == f"{several[0].test.value:.3f}"


TWO = {name: MODELS[name] for name in ("good", "poor")}
BOTH = [RANKED[0], RANKED[2]]
COMPARED = compare(TWO, BOTH, baselines(audit(), BOTH[0].scores))


def test_in_the_table_baselines_stand_first_then_models_in_their_order() -> None:
    rows = table([COMPARED], scores_of(BOTH), MADE, TWO)
    assert rows["model"].tolist() == ["hash look-up", "shortcut: file size", "good", "poor"]
    assert rows["test_auroc"].tolist() == [0.5, 0.6, BOTH[0].test.value, BOTH[1].test.value]
    assert rows["auroc_low"].tolist()[:2] == [0.5, 0.5]
    assert rows["variant"].tolist()[2:] == ["plain", "canny"]
    assert rows["seeds"].tolist()[2:] == ["1", "1"]
    assert rows.loc[:1, "backbone":"seeds"].isna().all(axis=None)


def test_scores_are_of_test_and_of_the_headline() -> None:
    good = table([COMPARED], scores_of(BOTH), MADE, TWO).iloc[2]
    scores = BOTH[0].scores
    assert good["sensitivity"] == scores.point.scores["sensitivity"].value
    assert good["log_loss"] == scores.images.test.scores["log_loss"].value
    assert good["validation_auroc"] == scores.validation_auroc.value


def test_the_verdict_is_of_the_first_against_the_row() -> None:
    rows = table([COMPARED], scores_of(BOTH), MADE, TWO)
    assert rows["verdict"].tolist()[3] == "better"
    assert rows["difference"].tolist()[3] > 0
    assert rows.loc[:2, "difference":"verdict"].isna().all(axis=None)
    assert rows["p_holm"].tolist()[3] == COMPARED.pairs[0].bootstrap.p_holm


def test_the_table_of_one_model_alone() -> None:
    ranked = BOTH[:1]
    rows = table([compare({"good": TWO["good"]}, ranked, [])], scores_of(ranked), MADE, TWO)
    assert rows["model"].tolist() == ["good"]
    assert list(rows.columns) == list(table([COMPARED], scores_of(BOTH), MADE, TWO).columns)
