"""The comparison in full, put together from what was measured."""

from typing import Any

import numpy as np

from fracture.artifacts.comparison import Baseline, Comparison, Spread
from fracture.artifacts.scores import Scores
from fracture.judging.comparison.ablations import ablations
from fracture.judging.comparison.measuring import Measured
from fracture.judging.comparison.pairs import pairs


def compare(
    models: dict[str, Any], ranked: list[Measured], baselines: list[Baseline]
) -> Comparison:
    """Test all pairs and ablations.

    Args:
        models: The section of params.yaml.
        ranked: All of these models, and ensembles of them, best on validation first.
        baselines: Without a network.
    """
    scores = ranked[0].scores
    return Comparison(
        dataset=scores.dataset,
        synthetic=scores.synthetic,
        confidence=scores.confidence,
        draws=scores.draws,
        ranking=[each.model for each in ranked],
        baselines=baselines,
        spreads=[spread(each.scores) for each in ranked if each.model in models],
        pairs=pairs(ranked),
        ablations=ablations(models, ranked),
    )


def spread(scores: Scores) -> Spread:
    """Return the spread of the test AUROC over training seeds, its deviation that of a sample."""
    aurocs = [each.value for each in scores.seeds.values() if each.value is not None]
    return Spread(
        model=scores.model,
        seeds=len(aurocs),
        mean=round(float(np.mean(aurocs)), 6),
        deviation=round(float(np.std(aurocs, ddof=1)), 6) if len(aurocs) > 1 else None,
        least=min(aurocs),
        most=max(aurocs),
    )
