"""Everything that is measured of one sample, each number with its interval."""

from collections.abc import Callable

import numpy as np

from fracture.artifacts.scores import Confusion, Estimate, Part, Point
from fracture.judging.bootstrap import percentiles, resample
from fracture.judging.sample import Sample
from fracture.judging.scores import DECISION, PROBABILITY, RANKING, Values, cells
from fracture.judging.tally import Tally, tally
from fracture.judging.temperature import calibrate


def judge(
    sample: Sample,
    temperature: float,
    thresholds: dict[str, float],
    draws: int,
    confidence: float,
    seed: int,
) -> Part:
    """Score a sample; the temperature and the thresholds were chosen elsewhere.

    Args:
        sample: Of n radiographs; where it lacks a class, what needs both is undefined.
        temperature: See fracture/judging/temperature.py.
        thresholds: By the name of the operating point.
        draws: Of the bootstrap over groups.
        confidence: Of the intervals.
        seed: Of the bootstrap.
    """
    counts = tally(sample)
    once = _scores(counts, temperature, thresholds)
    drawn = resample(
        sample,
        lambda counts: np.stack(list(_scores(counts, temperature, thresholds).values()), axis=1),
        draws,
        seed,
    )
    columns = dict(zip(once, drawn.T, strict=True))

    def estimate(name: str) -> Estimate:
        return Estimate.rounded(float(once[name][0]), *percentiles(columns[name], confidence))

    def confusion(threshold: float) -> Confusion:
        tn, fp, fn, tp = (int(count[0]) for count in cells(counts, threshold))
        return Confusion(tn=tn, fp=fp, fn=fn, tp=tp)

    return Part(
        n=len(sample.labels),
        positives=int(sample.labels.sum()),
        groups=len(set(sample.groups)),
        scores={name: estimate(name) for name in [*RANKING, *PROBABILITY]},
        uncalibrated={name: estimate(f"uncalibrated/{name}") for name in PROBABILITY},
        points={
            name: Point(
                confusion=confusion(threshold),
                scores={score: estimate(f"{name}/{score}") for score in DECISION},
            )
            for name, threshold in thresholds.items()
        },
    )


def judge_by(
    score: Callable[[Tally], Values], sample: Sample, draws: int, confidence: float, seed: int
) -> Estimate:
    """Return one score of a sample, such as a row of `RANKING`; arguments as in `judge`."""
    drawn = resample(sample, score, draws, seed)
    return Estimate.rounded(float(score(tally(sample))[0]), *percentiles(drawn, confidence))


def _scores(counts: Tally, temperature: float, thresholds: dict[str, float]) -> dict[str, Values]:
    """Return all scores; a name of two parts is joined by a slash."""
    calibrated = counts.with_probabilities(calibrate(counts.probabilities, temperature))
    scores = {name: score(counts) for name, score in RANKING.items()}
    scores |= {name: score(calibrated) for name, score in PROBABILITY.items()}
    scores |= {f"uncalibrated/{name}": score(counts) for name, score in PROBABILITY.items()}
    for point, threshold in thresholds.items():
        matrix = cells(counts, threshold)
        scores |= {f"{point}/{name}": score(*matrix) for name, score in DECISION.items()}
    return scores
