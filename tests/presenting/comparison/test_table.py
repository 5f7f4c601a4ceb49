from fracture.judging.comparison.baselines import baselines
from fracture.judging.comparison.comparing import compare
from fracture.presenting.comparison.table import table
from tests.judging.comparison.examples import audit, measured

MODELS = {
    "good": {"backbone": "vgg16", "variant": "plain", "learning_rate": "recipe"},
    "poor": {"backbone": "vgg16", "variant": "canny"},
}
RANKED = [measured("good", 3.0), measured("poor", 0.2, 3)]
COMPARED = compare(MODELS, RANKED, baselines(audit(), RANKED[0].scores))


def test_baselines_stand_first_then_models_in_their_order() -> None:
    rows = table(MODELS, COMPARED, RANKED, {})
    assert rows["model"].tolist() == ["hash look-up", "shortcut: file size", "good", "poor"]
    assert rows["test_auroc"].tolist() == [0.5, 0.6, RANKED[0].test.value, RANKED[1].test.value]
    assert rows["auroc_low"].tolist()[:2] == [0.5, 0.5]
    assert rows["variant"].tolist()[2:] == ["plain", "canny"]
    assert rows["seeds"].tolist()[2:] == ["1", "1"]
    assert rows.loc[:1, "backbone":"seeds"].isna().all(axis=None)


def test_scores_are_of_test_and_of_the_headline() -> None:
    good = table(MODELS, COMPARED, RANKED, {}).iloc[2]
    scores = RANKED[0].scores
    assert good["sensitivity"] == scores.point.scores["sensitivity"].value
    assert good["log_loss"] == scores.images.test.scores["log_loss"].value
    assert good["validation_auroc"] == scores.validation_auroc.value


def test_the_verdict_is_of_the_first_against_the_row() -> None:
    rows = table(MODELS, COMPARED, RANKED, {})
    assert rows["verdict"].tolist()[3] == "better"
    assert rows["difference"].tolist()[3] > 0
    assert rows.loc[:2, "difference":"verdict"].isna().all(axis=None)
    assert rows["p_holm"].tolist()[3] == COMPARED.pairs[0].bootstrap.p_holm


def test_one_model_alone() -> None:
    ranked = RANKED[:1]
    rows = table(MODELS, compare({"good": MODELS["good"]}, ranked, []), ranked, {})
    assert rows["model"].tolist() == ["good"]
    assert list(rows.columns) == list(table(MODELS, COMPARED, RANKED, {}).columns)
