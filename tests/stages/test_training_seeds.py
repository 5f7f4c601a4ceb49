"""One truth about several training seeds: where they disagree, all tell what their mean says."""

from collections.abc import Iterator
from contextlib import chdir
from pathlib import Path

import pandas as pd
import pytest
from ruamel.yaml import YAML

from fracture.artifacts import audit, comparison, scores
from fracture.artifacts.atomic import read_json
from fracture.artifacts.row import number
from fracture.artifacts.scores import Scores
from fracture.params.section import load
from fracture.presenting.external import markdown
from fracture.tracking.points import charted, score_numbers
from stages import compare, evaluate, report, summary
from tests.judging.comparison import examples
from tests.presenting.report.audits import make_audit
from tests.presenting.report.examples import make_external, save_run
from tests.run_files import leave_systems

ROOT = Path(__file__).parents[2]
LUCKY, STEADY = NAMES = ("lucky", "steady")
"""By its first training seed the one is best, by the mean over seeds the other."""


def trained(*qualities: float, noise: int) -> pd.DataFrame:
    """Return predictions of networks of these qualities, one for each training seed."""
    tables = [
        examples.predictions(quality, noise + seed).assign(seed=seed)
        for seed, quality in enumerate(qualities)
    ]
    return pd.concat(tables, ignore_index=True)


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Scores]]:
    """Run the stages from scores to report, stay in their folder, and return the scores."""
    with chdir(ROOT):
        parameters = load()
    with chdir(tmp_path_factory.mktemp("judged")):
        save_run(parameters, NAMES)
        changed = load() | {"training_seeds": [0, 1], "model": STEADY}
        changed["evaluate"]["draws"] = 200
        YAML().dump(changed, Path("params.yaml"))
        leave_systems({LUCKY: trained(3.0, 0.2, noise=1), STEADY: trained(2.0, 2.0, noise=5)})
        audit.write(examples.audit())
        evaluate.main()
        compare.main()
        summary.main()
        audit.write(make_audit())
        report.main()
        yield {name: scores.read(name) for name in NAMES}


def test_the_mean_ranks_otherwise_than_the_first_seed(judged: dict[str, Scores]) -> None:
    lucky, steady = judged[LUCKY], judged[STEADY]
    by_first = [each.as_served.validation_auroc.value or 0 for each in (lucky, steady)]
    assert by_first[0] > by_first[1]
    assert (lucky.validation_auroc.value or 0) < (steady.validation_auroc.value or 0)
    for each in judged.values():
        means = [one.auroc.value or 0 for one in each.seeds.values()]
        assert each.auroc.value == pytest.approx(sum(means) / 2, abs=2e-6)


def test_the_comparison_ranks_by_the_mean(judged: dict[str, Scores]) -> None:
    lucky, steady = judged[LUCKY], judged[STEADY]
    assert read_json(scores.COMPARISON) == {
        "best": {"fractured": STEADY},
        "auroc": {"fractured": {STEADY: steady.auroc.value, LUCKY: lucky.auroc.value}},
    }
    (compared,) = comparison.read()
    assert compared.ranking == [STEADY, LUCKY]
    assert [row.mean for row in compared.spreads] == [steady.auroc.value, lucky.auroc.value]
    assert [row.deviation for row in compared.spreads] == [
        steady.spread.deviation,
        lucky.spread.deviation,
    ]


def test_the_tables_of_the_comparison_tell_the_mean(judged: dict[str, Scores]) -> None:
    table = pd.read_csv(comparison.TABLE).set_index("model").loc[[STEADY, LUCKY]]
    for name, row in table.iterrows():
        scored = judged[str(name)]
        found = row[["test_auroc", "auroc_low", "auroc_high", "validation_auroc"]].tolist()
        assert found == [
            scored.auroc.value,
            scored.auroc.low,
            scored.auroc.high,
            scored.validation_auroc.value,
        ]
    text = Path("plots/comparison/comparison.md").read_text()
    squeezed = " ".join(text.split())
    assert f"| **{STEADY}** |" in squeezed
    for each in judged.values():
        assert f"| {number(each.validation_auroc.value)} | {each.auroc} |" in squeezed


def test_the_summary_tells_the_mean_beside_the_network_served(judged: dict[str, Scores]) -> None:
    steady = judged[STEADY]
    headline = read_json(scores.SUMMARY)
    assert [headline[key] for key in ("auroc", "auroc_low", "auroc_high")] == [
        steady.auroc.value,
        steady.auroc.low,
        steady.auroc.high,
    ]
    assert (headline["seeds"], headline["auroc_deviation"]) == (2, steady.spread.deviation)
    assert headline["served_auroc"] == steady.seeds["0"].auroc.value != headline["auroc"]


def test_the_table_of_external_scores_tells_the_mean(judged: dict[str, Scores]) -> None:
    lucky, steady = judged[LUCKY], judged[STEADY]
    rows = [
        line.split("|")[1:4]
        for line in markdown(
            [make_external(NAMES)], {each.model: each for each in scores.rank(judged.values())}
        ).splitlines()
        if line.startswith(tuple(f"| {name}" for name in NAMES))
    ]
    assert [[cell.strip() for cell in row] for row in rows] == [
        [STEADY, "fractured", str(steady.auroc)],
        [LUCKY, "fractured", str(lucky.auroc)],
    ]


def test_the_report_tells_the_mean(judged: dict[str, Scores]) -> None:
    lucky, steady = judged[LUCKY], judged[STEADY]
    page = " ".join(Path("plots/report/report.html").read_text().split())
    assert f"{STEADY} is the system chosen" in page
    assert f"AUROC on validation, {steady.validation_auroc}" in page
    assert f"its AUROC is {steady.auroc}" in page
    assert f"{LUCKY}: test AUROC {lucky.auroc}" in page


def test_mlflow_gets_the_mean(judged: dict[str, Scores]) -> None:
    for each in judged.values():
        points = {point.name: point.value for point in charted(score_numbers(each), each.headline)}
        assert points["test/auroc"] == each.auroc.value
        assert (points["test_interval/auroc_low"], points["test_interval/auroc_high"]) == (
            each.auroc.low,
            each.auroc.high,
        )
        assert points["validation/auroc"] == each.validation_auroc.value
        assert points["test/auroc_deviation"] == each.spread.deviation
        assert points["test/auroc_served"] == each.seeds["0"].auroc.value
