"""Which models make up a mean: chosen on validation, one after the other."""

from collections.abc import Sequence

from fracture.artifacts.compositions import Composition, Step
from fracture.console import progress
from fracture.judging.sample import Sample
from fracture.judging.scores import log_loss
from fracture.judging.tally import tally
from fracture.judging.temperature import calibrate, fit_temperature
from fracture.params.systems import Mean
from fracture.systems.candidates import Candidates


def choose(name: str, section: Mean, candidates: Candidates) -> Composition:
    """Return a mean of models: its members, and the log loss on validation as they join.

    Args:
        name: A key of `systems` in params.yaml.
        section: Its entry.
        candidates: Predictions of its candidates; the test part chooses nothing.

    Raises:
        PipelineError: Validation holds what is no probability, or one class alone.
    """
    if section.members == "all":
        members = section.mean_of
        steps = [_step(candidates, members[:n], member) for n, member in enumerate(members)]
    else:
        steps = forward(candidates, section.members)
        least = min(steps, key=lambda step: step.log_loss)
        members = [step.model for step in steps[: steps.index(least) + 1]]
    return Composition(
        name=name,
        selection="all" if section.members == "all" else "forward",
        candidates=section.mean_of,
        seeds=candidates.seeds,
        members=members,
        steps=steps,
    )


def forward(candidates: Candidates, most: int) -> list[Step]:
    """Add the candidate that leaves the least log loss on validation, again and again.

    A candidate may join more than once, and then weighs more; of equal ones the first is taken.
    The mean is of the beginning of this list that has the least log loss.

    Args:
        candidates: Their predictions.
        most: How many to add.

    References:
        Caruana, R. et al. Ensemble selection from libraries of models. ICML (2004).
    """
    steps: list[Step] = []
    for _ in progress(range(most), most, "compose", "members"):
        members = [step.model for step in steps]
        tried = [_step(candidates, members, candidate) for candidate in candidates.networks]
        steps.append(min(tried, key=lambda step: step.log_loss))
    return steps


def calibrated_log_loss(validation: Sample) -> float:
    """Return the log loss at the temperature of least log loss, which the evaluation fits too."""
    counts = tally(validation)
    calibrated = calibrate(counts.probabilities, fit_temperature(validation))
    return round(float(log_loss(counts.with_probabilities(calibrated))[0]), 6)


def _step(candidates: Candidates, members: Sequence[str], joining: str) -> Step:
    validation = candidates.validation([*members, joining])
    return Step(model=joining, log_loss=calibrated_log_loss(validation))
