"""Everything that is measured of one sample, each number with its interval."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from fracture.artifacts.row import Estimate
from fracture.artifacts.scores import Confusion, Part, Point
from fracture.judging import multiclass
from fracture.judging.bootstrap import Bootstrap, draw, percentiles, widened
from fracture.judging.calibration import beyond_chance, gaps
from fracture.judging.logits import calibrate
from fracture.judging.sample import Sample
from fracture.judging.scores import (
    DECISION,
    PROBABILITY,
    RANKING,
    SHARE_OF,
    WITHOUT_INTERVAL,
    Values,
    cells,
)
from fracture.judging.tally import Counts, tally
from fracture.targets import CLASSES

Key = tuple[str, str]
"""Where a score stands in `Part`, `points/` before the name of an operating point; and its name."""


@dataclass(frozen=True)
class Calibrated:
    """What one network predicts, and what its predictions on validation chose.

    Attributes:
        sample: Labels and probabilities before temperature scaling.
        temperature: See fracture/judging/temperature.py.
        thresholds: By the name of the operating point; none with more than two classes.
        classes: What the labels 0, 1, ... are called.
    """

    sample: Sample
    temperature: float
    thresholds: dict[str, float]
    classes: tuple[str, ...] = CLASSES

    def scores(self, weights: Counts | None = None) -> dict[Key, Values]:
        """Return all scores of draws of the sample.

        Args:
            weights: int64, (draws, n), how often each radiograph is there; once in a single draw
                where none are given.
        """
        return self._of_two(weights) if self.sample.binary else self._of_several(weights)

    def _of_two(self, weights: Counts | None) -> dict[Key, Values]:
        counts = tally(self.sample, weights)
        calibrated = counts.with_probabilities(calibrate(counts.probabilities, self.temperature))
        found = {("scores", name): score(counts) for name, score in RANKING.items()}
        for name, score in PROBABILITY.items():
            found["scores", name] = score(calibrated)
            found["uncalibrated", name] = score(counts)
        for point, threshold in self.thresholds.items():
            matrix = cells(counts, threshold)
            found |= {(f"points/{point}", name): of(matrix) for name, of in DECISION.items()}
        return found

    def _of_several(self, weights: Counts | None) -> dict[Key, Values]:
        sample = self.sample
        by_class = multiclass.aurocs(sample, weights)
        found = {("scores", "auroc"): multiclass.mean_over_classes(by_class)}
        for name, values in zip(self.classes, by_class.T, strict=True):
            found["scores", f"auroc/{name}"] = values
        matrix = multiclass.confusion(sample, weights)
        found |= {("scores", name): of(matrix) for name, of in multiclass.DECISION.items()}
        probabilities = calibrate(sample.probabilities, self.temperature)
        calibrated = Sample(sample.labels, probabilities, sample.groups)
        for name, score in multiclass.PROBABILITY.items():
            found["scores", name] = score(calibrated, weights)
            found["uncalibrated", name] = score(sample, weights)
        return found

    def stacked(self, weights: Counts | None = None) -> npt.NDArray[np.float64]:
        """Return `scores` side by side, (draws, scores)."""
        return np.stack(list(self.scores(weights).values()), axis=1)

    def groups_of_shares(self) -> dict[Key, int]:
        """Return, of each score that is a share of radiographs, how many groups hold these."""
        sample = self.sample
        if not sample.binary:
            return {("scores", "accuracy"): len(set(sample.groups))}
        fractured = sample.labels == 1
        masks = {"fractured": fractured, "others": ~fractured, "all": fractured | True}
        found = {("scores", name): masks[SHARE_OF[name]] for name in RANKING if name in SHARE_OF}
        for point, threshold in self.thresholds.items():
            called = sample.probabilities >= threshold
            masks |= {"called": called, "not called": ~called}
            for name in DECISION:
                if name in SHARE_OF:
                    found[f"points/{point}", name] = masks[SHARE_OF[name]]
        return {key: len(set(sample.groups[mask])) for key, mask in found.items()}

    def gaps(self, weights: Counts | None = None) -> npt.NDArray[np.float64]:
        """Return the gaps of calibration after temperature scaling, and before, (draws, 2, bins).

        Args:
            weights: As for `scores`.
        """
        sample = self.sample
        scaled = replace(sample, probabilities=calibrate(sample.probabilities, self.temperature))
        both = (scaled, sample)
        tops = both if sample.binary else map(multiclass.top_label, both)
        return np.stack([gaps(each, weights) for each in tops], axis=1)


def judge(networks: Sequence[Calibrated], bootstrap: Bootstrap) -> Part:
    """Score the networks of one system: each score is the mean over them.

    A score that one network leaves undefined is undefined.

    Args:
        networks: One for each training seed, the one served first, of the same radiographs; where
            these lack a class, what needs it is undefined.
        bootstrap: Over groups: each draw is the same radiographs for all networks.
    """
    first = networks[0]
    sample, keys = first.sample, first.scores()
    values = np.mean([each.stacked()[0] for each in networks], axis=0)
    draws = np.mean(
        [
            draw(each.sample.groups, each.stacked, bootstrap.draws, bootstrap.seed)
            for each in networks
        ],
        axis=0,
    )
    shares = [each.groups_of_shares() for each in networks]
    estimates: dict[str, dict[str, Estimate]] = {}
    for (where, name), value, drawn in zip(keys, values, draws.T, strict=True):
        without = name in WITHOUT_INTERVAL
        ends = (np.nan, np.nan) if without else percentiles(drawn, bootstrap.confidence)
        if value in {0, 1} and (where, name) in shares[0]:
            groups = min(each[where, name] for each in shares)
            ends = widened(value, ends, groups, bootstrap.confidence)
        estimates.setdefault(where, {})[name] = Estimate.rounded(float(value), *ends)
    for where, estimate in _beyond_chance(networks, bootstrap).items():
        estimates[where]["calibration_error_beyond_chance"] = estimate
    counts = np.bincount(sample.labels, minlength=len(first.classes)).tolist()
    return Part(
        n=len(sample.labels),
        positives=counts[1] if sample.binary else None,
        groups=len(set(sample.groups)),
        counts=counts,
        confusion=None if sample.binary else multiclass.confusion(sample)[0].tolist(),
        scores=estimates["scores"],
        uncalibrated=estimates["uncalibrated"],
        points={
            name: Point(confusion=_confusion(sample, threshold), scores=estimates[f"points/{name}"])
            for name, threshold in first.thresholds.items()
        },
    )


def _beyond_chance(networks: Sequence[Calibrated], bootstrap: Bootstrap) -> dict[str, Estimate]:
    """Return the calibration error beyond chance, the mean over networks, by place in `Part`."""
    observed = np.concatenate([each.gaps() for each in networks], axis=-1)[0] / len(networks)
    draws = [
        draw(each.sample.groups, each.gaps, bootstrap.draws, bootstrap.seed) for each in networks
    ]
    drawn = np.concatenate(draws, axis=-1) / len(networks)
    return {
        where: Estimate.rounded(
            *beyond_chance(observed[place], drawn[:, place], bootstrap.confidence)
        )
        for place, where in enumerate(("scores", "uncalibrated"))
    }


def _confusion(sample: Sample, threshold: float) -> Confusion:
    tn, fp, fn, tp = (int(count[0]) for count in cells(tally(sample), threshold))
    return Confusion(tn=tn, fp=fp, fn=fn, tp=tp)


def judge_by(
    score: Callable[[Sample, Counts | None], Values], sample: Sample, bootstrap: Bootstrap
) -> Estimate:
    """Return one score of a sample with its interval.

    Args:
        score: Such as `auroc` in fracture/judging/multiclass.py: makes the score of each draw of
            how often each radiograph is drawn.
        sample: Of one radiograph or more.
        bootstrap: Over groups.
    """
    drawn = draw(
        sample.groups, lambda weights: score(sample, weights), bootstrap.draws, bootstrap.seed
    )
    return Estimate.rounded(
        float(score(sample, None)[0]), *percentiles(drawn, bootstrap.confidence)
    )
