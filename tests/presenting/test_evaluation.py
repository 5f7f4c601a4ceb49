import re

import pandas as pd

from fracture.judging.evaluation import evaluate
from fracture.judging.temperature import MOST, bound_reached
from fracture.presenting.evaluation import in_one_line, report
from fracture.presenting.words import SYNTHETIC
from fracture.targets import FRACTURE
from tests.judging.evaluation.examples import mura, predictions, section


def text_of(table: pd.DataFrame) -> str:
    return report(evaluate("small", table, FRACTURE, section(), 0), section().points)


def test_what_is_printed() -> None:
    scores = evaluate("small", predictions(), FRACTURE, section(), 0)
    text = report(scores, section().points)
    assert text.startswith(
        "small on synthetic, test part: 120 radiographs, 40 fractured, 60 groups; 95 % intervals\n"
        f"{SYNTHETIC}\n"
    )
    assert re.search(rf"^AUROC +{re.escape(str(scores.auroc))} ", text, re.MULTILINE)
    rows = {line.split()[0]: line for line in text.splitlines() if line}
    assert rows["sensitive"].endswith("sensitivity 0.9 or more on validation")
    assert str(scores.images.test.points["sensitive"].scores["specificity"]) in rows["sensitive"]
    assert rows["fractured"].split()[-1] == "40"
    assert rows["temperature"] == f"temperature {scores.images.temperature:.3f}"
    assert scores.weakest is not None
    assert f"weakest subgroup: {scores.weakest[0]} {scores.weakest[1]}, AUROC" in rows["weakest"]
    assert "by study" not in text
    assert max(len(line) for line in text.splitlines()) < 160
    assert not any(line != line.rstrip() for line in text.splitlines())


def test_a_temperature_at_its_bound_is_warned_of_in_one_line() -> None:
    table = predictions()
    upside_down = table.assign(probability=1 - table["probability"])
    scores = evaluate("small", upside_down, FRACTURE, section(), 0)
    assert scores.images.temperature == MOST
    assert scores.notes == [bound_reached(MOST)]
    lines = report(scores, section().points).splitlines()
    assert lines[-1] == f"warning: {bound_reached(MOST)}"
    assert evaluate("small", table, FRACTURE, section(), 0).notes == []
    validation = scores.validation_auroc.value
    assert in_one_line(scores).splitlines() == [
        f"small: fractured, test AUROC {scores.auroc}, validation {validation:.3f}",
        f"small: warning: {bound_reached(MOST)}",
    ]


def test_studies_and_seeds_are_told_where_there_are_some() -> None:
    table = mura()
    text = text_of(pd.concat([table, table.assign(seed=1)]))
    assert text.startswith("small on mura, test part: ")
    assert "ynthetic" not in text
    assert "by study: AUROC " in text
    assert "AUROC by training seed 0: " in text


def test_what_is_undefined_is_a_dash() -> None:
    rows = [line.split() for line in text_of(predictions().assign(probability=0.3)).splitlines()]
    specific = next(row for row in rows if row[:1] == ["specific"])
    # 0.65, halfway to 1, at the temperature that makes 0.3 a third: ln(7 / 3) / ln(2).
    # Exact intervals of 20 groups with fractures and 40 others: 1 - 0.025 ** (1 / groups).
    assert specific[1:11] == ["0.6240", "0.000", "(0.000", "to", "0.168)", "1.000", "(0.912", "to",
                              "1.000)", "-"]  # fmt: skip
