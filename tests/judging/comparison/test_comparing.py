from pathlib import Path

from fracture.artifacts import comparison
from fracture.judging.comparison.comparing import compare
from tests.judging.comparison.examples import measured

MODELS = {name: {"backbone": name, "variant": "plain"} for name in ("good", "fair", "poor")}
RANKED = [measured("good", 3.0), measured("fair", 2.8, 2), measured("poor", 0.2, 3)]


def test_it_is_read_back(tmp_path: Path) -> None:
    compared = compare(MODELS, RANKED, [])
    path = tmp_path / "pairs.json"
    comparison.write(compared, path)
    assert comparison.read(path) == compared
    assert (compared.ranking, compared.draws) == (["good", "fair", "poor"], 200)
    assert (compared.dataset, compared.synthetic) == ("synthetic", True)


def test_pairs_are_seen_from_either_system() -> None:
    compared = compare(MODELS, RANKED, [])
    assert list(compared.against("good")) == ["fair", "poor"]
    assert list(compared.against("poor")) == ["good", "fair"]
    pair, turned = compared.against("good")["poor"], compared.against("poor")["good"]
    assert pair is compared.pairs[1]
    assert (turned.first, turned.second, pair.verdict, turned.verdict) == (
        "poor", "good", "better", "worse",
    )  # fmt: skip
    ends = (turned.difference.value, turned.difference.high, turned.difference.low)
    assert ends == tuple(-end for end in pair.difference.model_dump().values())
    assert turned.only_first_right == pair.only_second_right
    assert turned.swapped() == pair
    assert compared.verdicts("poor") == {"worse": 2}


def test_spread_over_training_seeds() -> None:
    one = measured("good", 1.5, seeds=3)
    (found,) = compare({"good": MODELS["good"]}, [one], []).spreads
    values = [each.auroc.value or 0 for each in one.scores.seeds.values()]
    assert (found.model, found.seeds, found.mean) == ("good", 3, one.test.value)
    assert (found.least, found.most) == (min(values), max(values))


def test_one_training_seed_has_no_deviation() -> None:
    found = compare(MODELS, RANKED, []).spreads[0]
    assert (found.seeds, found.deviation) == (1, None)
    assert found.mean == found.least == found.most == RANKED[0].test.value
