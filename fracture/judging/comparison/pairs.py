"""Every pair of models, tested."""

from itertools import combinations

from fracture.artifacts.comparison import Pair
from fracture.judging.comparison.delong import delong
from fracture.judging.comparison.measuring import Measured
from fracture.judging.comparison.significance import discordant, holm, verdict


def pairs(ranked: list[Measured]) -> list[Pair]:
    """Test each model against each that stands below it; empty for one model alone.

    Each of the three tests is corrected over all pairs; the paired bootstrap decides the verdict.
    """
    couples = list(combinations(ranked, 2))
    differences = [first.auroc - second.auroc for first, second in couples]
    calls = [discordant(first.right, second.right) for first, second in couples]
    bootstrap = holm([difference.p for difference in differences])
    delongs = holm([delong(first.components, second.components) for first, second in couples])
    mcnemars = holm([p for *_, p in calls])
    return [
        Pair(
            first=first.model,
            second=second.model,
            difference=differences[i].estimate(first.scores.confidence),
            bootstrap=bootstrap[i],
            delong=delongs[i],
            mcnemar=mcnemars[i],
            only_first_right=calls[i][0],
            only_second_right=calls[i][1],
            verdict=verdict(differences[i].value, bootstrap[i], first.scores.confidence),
        )
        for i, (first, second) in enumerate(couples)
    ]
