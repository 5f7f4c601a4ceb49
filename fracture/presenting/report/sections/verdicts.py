"""Which differences between models the test radiographs establish."""

from collections import Counter
from collections.abc import Iterator

from fracture.artifacts.comparison import Ablation, Pair, Verdict
from fracture.artifacts.scores import Estimate
from fracture.presenting.report.blocks import Block, Details, Section, Table, Text
from fracture.presenting.report.findings import Findings
from fracture.presenting.report.pictures import COMPARISON
from fracture.presenting.report.words import count, p_value, signed

OPPOSITE: dict[Verdict, Verdict] = {
    "better": "worse",
    "worse": "better",
    "not distinguishable": "not distinguishable",
}
BRIEF = {"better": "better", "worse": "worse", "not distinguishable": "open"}


def against(pair: Pair, model: str) -> Pair:
    """Return a pair with `model`, one of the two, as the first."""
    if pair.first == model:
        return pair
    turned = Estimate(
        value=_minus(pair.difference.value),
        low=_minus(pair.difference.high),
        high=_minus(pair.difference.low),
    )
    return pair.model_copy(
        update={
            "first": pair.second,
            "second": pair.first,
            "difference": turned,
            "only_first_right": pair.only_second_right,
            "only_second_right": pair.only_first_right,
            "verdict": OPPOSITE[pair.verdict],
        }
    )


def _minus(value: float | None) -> float | None:
    return None if value is None else 0.0 - value


def pairs_of(findings: Findings, model: str) -> Iterator[Pair]:
    """Yield the pairs of a model, it always the first, in the order of the comparison."""
    for pair in findings.comparison.pairs:
        if model in (pair.first, pair.second):
            yield against(pair, model)


def tallied(findings: Findings) -> str:
    """Say from how many models the one chosen can be told apart; nothing where it is alone."""
    winner = findings.winner.model
    verdicts = Counter(pair.verdict for pair in pairs_of(findings, winner))
    if not verdicts:
        return ""
    return (
        f"Of the {count(verdicts.total(), 'other model')}, the test radiographs show {winner} to "
        f"be better than {verdicts['better']} and worse than {verdicts['worse']}; "
        f"{verdicts['not distinguishable']} cannot be told apart from it."
    )


def verdicts(findings: Findings) -> Section:
    """Test the model chosen against each other one, and show all pairs."""
    comparison, winner = findings.comparison, findings.winner.model
    if not comparison.pairs:
        return Section("Verdicts", (Text("There is one model: nothing to compare."),))
    blocks: tuple[Block, ...] = (
        Text(tallied(findings)),
        Text(
            "The verdict rests on a paired bootstrap of the difference in test AUROC: both models "
            "are scored on the same draws of whole groups. DeLong's test takes radiographs as "
            "independent and is too sure where groups are large. McNemar's test compares calls at "
            f"the headline's operating point. All p are after Holm's correction over "
            f"{count(len(comparison.pairs), 'pair')}; the level is {1 - comparison.confidence:.2g}."
        ),
        pair_table(findings),
        findings.figure(
            COMPARISON[1],
            f"Verdicts of all {len(comparison.pairs)} pairs of {len(findings.systems)} models as a "
            "matrix; the table of all pairs holds the same.",
            "Verdict of each row's model against each column's.",
        ),
        Details(
            f"All {count(len(comparison.pairs), 'pair')} ({winner} first)", (matrix(findings),)
        ),
    )
    return Section("Verdicts", blocks)


def pair_table(findings: Findings) -> Table:
    """Return the model chosen against each other one."""
    winner = findings.winner.model
    return Table(
        f"{winner} against each other model: its test AUROC minus theirs, with "
        f"{findings.confidence} intervals",
        (
            "against", "difference", "verdict", "p, bootstrap", "p, DeLong", "p, McNemar",
            f"called rightly by {winner} alone", "by the other alone",
        ),
        tuple(
            (
                pair.second,
                signed(pair.difference),
                pair.verdict,
                p_value(pair.bootstrap.p_holm),
                p_value(pair.delong.p_holm),
                p_value(pair.mcnemar.p_holm),
                f"{pair.only_first_right:,}",
                f"{pair.only_second_right:,}",
            )
            for pair in pairs_of(findings, winner)
        ),
    )  # fmt: skip


def matrix(findings: Findings) -> Table:
    """Return the verdict of each model against each other one, in one word."""
    models = findings.comparison.ranking
    words = {
        (first, pair.second): BRIEF[pair.verdict]
        for first in models
        for pair in pairs_of(findings, first)
    }
    return Table(
        "Is the model of the row better or worse than that of the column? open: not "
        "distinguishable",
        ("model", *models),
        tuple((row, *(words.get((row, column), "-") for column in models)) for row in models),
    )


def ablation(findings: Findings) -> Section:
    """Say what a variant of preprocessing changes, all else equal."""
    rows = findings.comparison.ablations
    if not rows:
        text = "No backbone was trained on plain radiographs and on another variant."
        return Section("What preprocessing changes", (Text(text),))
    return Section(
        "What preprocessing changes",
        (
            Text(
                "The same backbone, split and seed, on radiographs of another variant and on plain "
                "ones; above 0 the variant is better."
            ),
            Table(
                f"Test AUROC of the variant minus that of plain radiographs, with "
                f"{findings.confidence} intervals",
                ("backbone", "variant", "models", "difference", "p", "p, Holm", "verdict"),
                tuple(_ablated(row) for row in rows),
            ),
            findings.figure(
                COMPARISON[2],
                "; ".join(
                    f"{row.variant} on {row.backbone}: {signed(row.difference)}" for row in rows
                ),
                "Difference that the variant makes for each backbone. The numbers stand in the "
                "table.",
            ),
        ),
    )


def _ablated(row: Ablation) -> tuple[str, ...]:
    models = f"{row.other} and {row.plain}" if row.other and row.plain else "all pooled"
    return (
        row.backbone,
        row.variant,
        models,
        signed(row.difference),
        p_value(row.test.p),
        p_value(row.test.p_holm),
        row.verdict,
    )
