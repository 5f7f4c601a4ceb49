"""The verdicts of all pairs as a matrix."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from fracture.artifacts.comparison import Comparison, Verdict
from fracture.artifacts.scores import Scores
from fracture.presenting.comparison.forest import note
from fracture.presenting.figures import BLUE, ORANGE

SYMBOLS: dict[Verdict, str] = {"worse": "▼", "not distinguishable": "≈", "better": "▲"}
OPPOSITE: dict[Verdict, Verdict] = {
    "better": "worse",
    "worse": "better",
    "not distinguishable": "not distinguishable",
}
COLOURS: dict[Verdict, str] = {"worse": ORANGE, "not distinguishable": "#EEEEEE", "better": BLUE}


def verdicts(comparison: Comparison, scores: Scores) -> Figure:
    """Draw each model's row against each column's: symbol, colour, difference of test AUROC."""
    if not comparison.pairs:
        return note("One model alone: no pairs to compare.")
    names = comparison.ranking
    place = {name: i for i, name in enumerate(names)}
    order = list(SYMBOLS)
    codes = np.full((len(names), len(names)), np.nan)
    figure, axes = plt.subplots(figsize=(3.2 + 0.62 * len(names), 3.0 + 0.5 * len(names)))
    for pair in comparison.pairs:
        row, column, value = place[pair.first], place[pair.second], pair.difference.value
        for at, verdict, difference in (
            ((row, column), pair.verdict, value),
            ((column, row), OPPOSITE[pair.verdict], None if value is None else -value),
        ):
            codes[at] = order.index(verdict)
            axes.text(
                at[1],
                at[0],
                f"{SYMBOLS[verdict]}\n{_signed(difference)}",
                ha="center",
                va="center",
                size=8,
                color="white" if verdict == "better" else "black",
                linespacing=1.1,
            )
    axes.imshow(codes, cmap=ListedColormap(list(COLOURS.values())), vmin=0, vmax=2, aspect="auto")
    axes.set_xticks(range(len(names)), names, rotation=45, ha="left", rotation_mode="anchor")
    axes.set_yticks(range(len(names)), names)
    axes.xaxis.tick_top()
    axes.grid(visible=False)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    axes.set_ylabel("the row against the column")
    axes.set_xlabel(
        f"{scores.basis}\npaired bootstrap of the difference of test AUROC, Holm's correction over "
        f"{len(comparison.pairs)} pairs",
        size=9,
    )
    figure.legend(
        handles=[
            Patch(facecolor=COLOURS[verdict], edgecolor="grey", label=f"{symbol}  {verdict}")
            for verdict, symbol in SYMBOLS.items()
        ],
        loc="outside lower left",
        ncols=3,
    )
    return figure


def _signed(difference: float | None) -> str:
    """Return two decimals with their sign; what rounds to 0 has none."""
    if difference is None:
        return "-"
    return f"{difference:+.2f}" if abs(difference) >= 0.005 else "0.00"  # noqa: PLR2004
