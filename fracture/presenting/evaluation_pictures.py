"""All figures of one system, whatever it predicts, by the names of their files."""

from collections.abc import Callable

import pandas as pd
from matplotlib.figure import Figure

from fracture.artifacts.scores import Scores
from fracture.judging.sample import Sample
from fracture.params.evaluate import Evaluate
from fracture.presenting import evaluation_figures, evaluation_multiclass
from fracture.presenting.figures import Look


def draw(
    scores: Scores,
    section: Evaluate,
    test: Sample,
    table: Callable[[str], pd.DataFrame],
    look: Look,
) -> dict[str, Figure]:
    """Draw curves and calibration of the network served, and the claims on subgroups.

    Args:
        scores: Of the system.
        section: Its operating points.
        test: Predictions of the network served.
        table: Gives its curves, by the keys of `COLUMNS` in fracture/artifacts/curves.py.
        look: How it is drawn.
    """
    served, roc, reliability = scores.as_served, table("roc"), table("calibration")
    if scores.binary:
        # A fixed threshold is not of this system, and needs no picture unless it is the headline's.
        points = {
            name: rule
            for name, rule in section.points.items()
            if name == section.headline or not isinstance(rule, float | int)
        }
        recall = table("precision_recall")
        evaluation = evaluation_figures.performance(served, points, roc, recall, look)
        calibration = evaluation_figures.calibration(served, list(points), test, reliability, look)
    else:
        by_class = table("roc_by_class")
        evaluation = evaluation_multiclass.performance(served, roc, by_class, look)
        calibration = evaluation_multiclass.calibration(served, test, reliability, look)
    return {
        "evaluation": evaluation,
        "calibration": calibration,
        "subgroups": evaluation_figures.subgroups(scores, look),
    }
