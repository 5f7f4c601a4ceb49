"""Which differences between models the test radiographs establish."""

from fracture.artifacts.comparison import Ablation
from fracture.presenting.report.blocks import Block, Details, Section, Table, Text
from fracture.presenting.report.findings import Findings
from fracture.presenting.report.pictures import COMPARISON
from fracture.presenting.words import count, p_value, signed

BRIEF = {"better": "better", "worse": "worse", "not distinguishable": "open"}


def tallied(findings: Findings) -> str:
    """Say from how many models the one chosen can be told apart; nothing where it is alone."""
    winner = findings.winner.model
    verdicts = findings.comparison.verdicts(winner)
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
            for pair in findings.comparison.against(winner).values()
        ),
    )  # fmt: skip


def matrix(findings: Findings) -> Table:
    """Return the verdict of each model against each other one, in one word."""
    models = findings.comparison.ranking
    words = {
        (first, pair.second): BRIEF[pair.verdict]
        for first in models
        for pair in findings.comparison.against(first).values()
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
