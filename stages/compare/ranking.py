"""The order of the models: chosen on validation, never on test."""

from stages.artifacts.scores import Scores
from stages.console import PipelineError


def rank(scores: list[Scores]) -> list[Scores]:
    """Return scores by validation AUROC, best first; of equal models the earlier stays first.

    Raises:
        PipelineError: They do not rest on the same test radiographs and kind of interval.
    """
    for other in scores[1:]:
        if basis(other) != basis(scores[0]):
            raise PipelineError(
                f"{scores[0].model} was scored on {basis(scores[0])}, {other.model} on "
                f"{basis(other)}, expected the same: run `dvc repro`, which scores again what is "
                "out of date"
            )
    return sorted(scores, key=lambda each: -(each.validation["auroc"] or 0))


def basis(scores: Scores) -> str:
    """Say what the test scores of a model rest on."""
    test = scores.test
    return (
        f"{scores.dataset}, test part: {test['n']} radiographs, {test['positives']} fractured, "
        f"{test['groups']} groups; {100 * scores.confidence:g} % intervals"
    )


def overlapping(ranked: list[Scores]) -> int:
    """Return how many test intervals overlap with that of the first; undefined ones do not."""
    (first_low, first_high), *others = [
        (each.test["auroc_low"], each.test["auroc_high"]) for each in ranked
    ]
    if first_low is None or first_high is None:
        return 0
    return sum(
        low is not None and high is not None and low <= first_high and first_low <= high
        for low, high in others
    )
