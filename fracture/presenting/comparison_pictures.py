"""All figures of the comparisons, by the names of their files."""

from collections.abc import Callable, Mapping

import pandas as pd
from matplotlib.figure import Figure

from fracture.artifacts.comparison import Comparison
from fracture.artifacts.scores import Scores
from fracture.artifacts.systems import System
from fracture.artifacts.two_step import TwoStep
from fracture.presenting import comparison_figures, cost_figure, curves_figure, two_step_figure
from fracture.presenting.figures import looks


def draw(
    compared: list[Comparison],
    scores: Mapping[str, Scores],
    made: Mapping[str, System],
    two_steps: list[TwoStep],
    headline: str,
    table: Callable[[str, str], pd.DataFrame],
) -> dict[str, Figure]:
    """Draw what stands in `PICTURES` of fracture/artifacts/comparison.py.

    Args:
        compared: That of the headline's target first.
        scores: Of all systems, by name.
        made: The systems of the run, by name.
        two_steps: Systems of two steps, perhaps none.
        headline: The system that params.yaml names.
        table: Gives a curve of a system, a key of `COLUMNS` in fracture/artifacts/curves.py.
    """
    first = compared[0]
    return {
        "comparison": comparison_figures.ranking([first], scores, made),
        "curves": curves_figure.draw(first, scores, looks(made), headline, table),
        "verdicts": comparison_figures.verdicts(first, scores),
        "ablation": comparison_figures.ablations(first, scores),
        "targets": comparison_figures.ranking(compared[1:], scores, made),
        "two_step": two_step_figure.draw(two_steps, looks(made)),
        "cost": cost_figure.draw(first, scores, looks(made)),
    }
