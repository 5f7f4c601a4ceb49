"""What systems cost: facts of their networks, which are the same on any machine."""

from collections.abc import Sequence

from tqdm import tqdm

from fracture.artifacts.scores import Scores
from fracture.artifacts.trained import Footprint
from fracture.presenting.words import Table, markdown_table

EXPLANATION = """\
Sums over all networks of a system: each of them looks at each radiograph, also in a hard route. \
Multiply-adds are those of one look at one radiograph of the recipe's size; where the recipe \
predicts the mirror image too, there are two looks. A radiograph is seen once in each epoch. What \
training and predicting took on this machine:"""
COMMAND = "python -m tools.costs"
"""What the explanation ends with, as code."""


def quantity(number: int) -> str:
    """Return a number with three significant digits, such as `2.26 M`."""
    if number < 1000:  # noqa: PLR2004
        return str(number)
    digits = tqdm.format_sizeof(number)
    return f"{digits[:-1]} {digits[-1]}"


def table(systems: Sequence[Scores]) -> Table:
    """Return a row for each system, in the order given."""
    return Table(
        "What each system costs: facts of its networks and of their training",
        (
            "system", "networks", "parameters", "of them trained", "multiply-adds", "files",
            "epochs", "radiographs seen",
        ),
        tuple((each.model, *_cells(each.footprint)) for each in systems),
    )  # fmt: skip


def _cells(footprint: Footprint | None) -> tuple[str, ...]:
    if footprint is None:
        return ("-",) * len(Footprint.model_fields)
    return (
        f"{footprint.networks}",
        quantity(footprint.parameters),
        quantity(footprint.trained),
        quantity(footprint.multiply_adds),
        # Bytes of at least one network: thousands of them.
        f"{quantity(footprint.bytes)}B",
        f"{footprint.epochs:,}",
        f"{footprint.radiographs:,}",
    )


def section(systems: Sequence[Scores]) -> list[str]:
    """Return the paragraphs of a page in Markdown, none where no cost is known."""
    if not any(each.footprint for each in systems):
        return []
    costs = table(systems)
    cells = markdown_table(costs.rows, costs.columns, left=[0])
    return [
        "### Cost",
        cells,
        f"{EXPLANATION} `{COMMAND}`.",
        "Against the AUROC: [cost.png](cost.png).",
    ]


def columns(footprint: Footprint | None) -> dict[str, str]:
    """Return the numbers of a system for a table for machines, as text: some have none."""
    if footprint is None:
        return dict.fromkeys(Footprint.model_fields, "")
    return {name: str(value) for name, value in footprint.model_dump().items()}
