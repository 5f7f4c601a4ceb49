"""The comparison in full, put together from what was measured."""

from typing import Any

from fracture.artifacts.comparison import Baseline, Comparison, Spread
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
        spreads=[
            Spread(model=each.model, seeds=len(each.scores.seeds), **dict(each.scores.spread))
            for each in ranked
            if each.model in models
        ],
        pairs=pairs(ranked),
        ablations=ablations(models, ranked),
    )
