"""Everything that is measured of one sample, each number with its interval."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fracture.artifacts.row import Estimate
from fracture.artifacts.scores import Confusion, Part, Point
from fracture.judging.bootstrap import Bootstrap, percentiles, resample
from fracture.judging.sample import Sample
from fracture.judging.scores import DECISION, PROBABILITY, RANKING, Values, cells
from fracture.judging.tally import Tally, tally
from fracture.judging.temperature import calibrate


@dataclass(frozen=True)
class Calibrated:
    """What one network predicts, and what its predictions on validation chose.

    Attributes:
        sample: Labels and probabilities before temperature scaling.
        temperature: See fracture/judging/temperature.py.
        thresholds: By the name of the operating point.
    """

    sample: Sample
    temperature: float
    thresholds: dict[str, float]

    def scores(self, counts: Tally) -> dict[str, Values]:
        """Return all scores of draws of the sample; a slash joins a name of two parts.

        Args:
            counts: Of the sample, under one draw or several.
        """
        calibrated = counts.with_probabilities(calibrate(counts.probabilities, self.temperature))
        scores = {name: score(counts) for name, score in RANKING.items()}
        scores |= {name: score(calibrated) for name, score in PROBABILITY.items()}
        scores |= {f"uncalibrated/{name}": score(counts) for name, score in PROBABILITY.items()}
        for point, threshold in self.thresholds.items():
            matrix = cells(counts, threshold)
            scores |= {f"{point}/{name}": score(matrix) for name, score in DECISION.items()}
        return scores

    def stacked(self, counts: Tally) -> npt.NDArray[np.float64]:
        """Return `scores` side by side, (draws, scores)."""
        return np.stack(list(self.scores(counts).values()), axis=1)


def judge(networks: Sequence[Calibrated], bootstrap: Bootstrap) -> Part:
    """Score the networks of one system: each score is the mean over them.

    A score that one network leaves undefined is undefined.

    Args:
        networks: One for each training seed, the one served first, of the same radiographs; where
            these lack a class, what needs both is undefined.
        bootstrap: Over groups: each draw is the same radiographs for all networks.
    """
    first = networks[0]
    counts = tally(first.sample)
    values = np.mean([each.stacked(tally(each.sample))[0] for each in networks], axis=0)
    draws = np.mean(
        [resample(each.sample, each.stacked, bootstrap.draws, bootstrap.seed) for each in networks],
        axis=0,
    )
    estimates = {
        name: Estimate.rounded(float(value), *percentiles(drawn, bootstrap.confidence))
        for name, value, drawn in zip(first.scores(counts), values, draws.T, strict=True)
    }

    def confusion(threshold: float) -> Confusion:
        tn, fp, fn, tp = (int(count[0]) for count in cells(counts, threshold))
        return Confusion(tn=tn, fp=fp, fn=fn, tp=tp)

    return Part(
        n=len(first.sample.labels),
        positives=int(first.sample.labels.sum()),
        groups=len(set(first.sample.groups)),
        scores={name: estimates[name] for name in [*RANKING, *PROBABILITY]},
        uncalibrated={name: estimates[f"uncalibrated/{name}"] for name in PROBABILITY},
        points={
            name: Point(
                confusion=confusion(threshold),
                scores={score: estimates[f"{name}/{score}"] for score in DECISION},
            )
            for name, threshold in first.thresholds.items()
        },
    )


def judge_by(score: Callable[[Tally], Values], sample: Sample, bootstrap: Bootstrap) -> Estimate:
    """Return one score of a sample with its interval.

    Args:
        score: Such as a row of `RANKING`.
        sample: Of one radiograph or more.
        bootstrap: Over groups.
    """
    drawn = resample(sample, score, bootstrap.draws, bootstrap.seed)
    return Estimate.rounded(
        float(score(tally(sample))[0]), *percentiles(drawn, bootstrap.confidence)
    )
