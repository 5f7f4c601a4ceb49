"""The data behind the figures, as tables that `dvc plots` reads."""

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import binomtest

from fracture.judging import multiclass
from fracture.judging.bootstrap import draw, percentiles
from fracture.judging.logits import calibrate
from fracture.judging.sample import Sample
from fracture.judging.scores import bins_of, ratio
from fracture.judging.tally import Counts, Tally, tally
from fracture.params.evaluate import Evaluate

GRID = np.linspace(0, 1, 201)
"""Where curves are given: the same rates for every model, radiograph and draw."""

TOLERANCE = 1e-9
"""Rates closer than this are equal: 0.3 and 3 of 10 differ in the last bit."""

Curves = npt.NDArray[np.float64]
"""A height at each rate of `GRID` for each draw, (draws, 201); NaN where a class is absent."""


def roc(sample: Sample, section: Evaluate, seed: int) -> pd.DataFrame:
    """Return the ROC curve at the false positive rates of `GRID`, with its band.

    The columns are false_positive_rate, sensitivity, low and high: the pointwise interval of the
    sensitivity, from the draws behind every other interval. Of more than two classes it is the mean
    of the curves of each class against all others.

    Args:
        sample: Of two classes or more.
        section: Of params.yaml: draws and confidence.
        seed: Of the bootstrap.
    """
    return _banded(sensitivities, sample, section, seed, "false_positive_rate", "sensitivity")


def roc_by_class(sample: Sample, classes: Sequence[str]) -> pd.DataFrame:
    """Return the ROC curve of each class against all others, at the rates of `GRID`.

    The columns are class, false_positive_rate and sensitivity; a class that no radiograph has, or
    all have, has no rows.

    Args:
        sample: Of more than two classes.
        classes: Their names.
    """
    curves = [sensitivities(tally(one))[0] for one in multiclass.one_against_rest(sample)]
    tables = [
        pd.DataFrame({"class": name, "false_positive_rate": GRID, "sensitivity": curve})
        for name, curve in zip(classes, curves, strict=True)
    ]
    return pd.concat(tables).dropna()


def precision_recall(sample: Sample, section: Evaluate, seed: int) -> pd.DataFrame:
    """Return the precision at the sensitivities (recalls) of `GRID`, with its band.

    The columns are sensitivity, precision, low and high: the pointwise interval of the
    precision, from the draws behind every other interval. Of more than two classes it is the mean
    of the curves of each class against all others.

    Args:
        sample: Of two classes or more.
        section: Of params.yaml: draws and confidence.
        seed: Of the bootstrap.
    """
    return _banded(precisions, sample, section, seed, "sensitivity", "precision")


def sensitivities(counts: Tally) -> Curves:
    """Return the highest sensitivity at each false positive rate; straight lines cross ties."""
    false = _rates(counts.false_positives, counts.all_negatives)
    true = _rates(counts.true_positives, counts.all_positives)
    curves = [
        np.interp(GRID + TOLERANCE, horizontal, vertical)
        for horizontal, vertical in zip(false, true, strict=True)
    ]
    return np.where(_defined(counts), curves, np.nan)


def precisions(counts: Tally) -> Curves:
    """Return the precision at the highest threshold of at least each sensitivity, and above 0.

    There are no lines between thresholds: precision does not change linearly (Davis and Goadrich,
    The Relationship Between Precision-Recall and ROC Curves, ICML 2006).
    """
    true, false = counts.true_positives[:, ::-1], counts.false_positives[:, ::-1]
    sensitivity = true / np.maximum(counts.all_positives, 1)[:, None]
    precision = true / np.maximum(true + false, 1)
    curves = [
        values[np.searchsorted(reached[:-1], np.maximum(GRID - TOLERANCE, TOLERANCE))]
        for reached, values in zip(sensitivity, precision, strict=True)
    ]
    return np.where(_defined(counts), curves, np.nan)


def confusion(sample: Sample, classes: Sequence[str], threshold: float | None) -> pd.DataFrame:
    """Return the actual and the predicted class of each radiograph, which `dvc plots` counts.

    Args:
        sample: Of one radiograph or more.
        classes: The names of the classes.
        threshold: This probability or more is taken for the second of two classes; None with more
            classes, of which the most probable is predicted.
    """
    names = np.array(classes)
    predicted = sample.predicted if threshold is None else sample.probabilities >= threshold
    return pd.DataFrame({"actual": names[sample.labels], "predicted": names[predicted.astype(int)]})


def calibration(sample: Sample, temperature: float, confidence: float) -> pd.DataFrame:
    """Return the reliability diagram: a row for each bin of equally many radiographs.

    The columns are predicted, the mean probability after temperature scaling; observed, the share
    of radiographs of the second class; low and high, its Wilson interval, which takes radiographs
    as independent; uncalibrated, the mean probability before temperature scaling; and n. Of more
    than two classes, the probability is that of the most probable class, and observed the share of
    radiographs of which it is the actual class. The mean of the distances of predicted and
    observed, weighted by n, is the expected calibration error.

    Args:
        sample: Of one radiograph or more.
        temperature: See fracture/judging/temperature.py.
        confidence: Of the Wilson interval.
    """
    if sample.binary:
        counts = tally(sample)
        n = counts.positives[0] + counts.negatives[0]
        predicted = calibrate(counts.probabilities, temperature)
        uncalibrated = counts.probabilities * n
    else:
        scaled = calibrate(sample.probabilities, temperature)
        top = multiclass.top_label(Sample(sample.labels, scaled, sample.groups))
        counts = tally(top)
        n = counts.positives[0] + counts.negatives[0]
        predicted = counts.probabilities
        places = np.searchsorted(predicted, top.probabilities)
        uncalibrated = np.bincount(places, sample.probabilities.max(axis=1))
    sums = pd.DataFrame(
        {
            "predicted": predicted * n,
            "uncalibrated": uncalibrated,
            "positives": counts.positives[0],
            "n": n,
        }
    )
    bins = sums.groupby(bins_of(counts)[0]).sum()
    shares = [
        binomtest(positives, radiographs).proportion_ci(confidence, "wilson")
        for positives, radiographs in zip(bins["positives"], bins["n"], strict=True)
    ]
    return pd.DataFrame(
        {
            "predicted": bins["predicted"] / bins["n"],
            "observed": bins["positives"] / bins["n"],
            "low": [share.low for share in shares],
            "high": [share.high for share in shares],
            "uncalibrated": bins["uncalibrated"] / bins["n"],
            "n": bins["n"],
        }
    )


def _banded(
    measure: Callable[[Tally], Curves],
    sample: Sample,
    section: Evaluate,
    seed: int,
    *names: str,
) -> pd.DataFrame:
    def mean_curve(weights: Counts | None = None) -> Curves:
        if sample.binary:
            return measure(tally(sample, weights))
        each_class = [measure(tally(one, weights)) for one in rest]
        return multiclass.mean_over_classes(np.stack(each_class, axis=1))

    rest = [] if sample.binary else multiclass.one_against_rest(sample)
    drawn = draw(sample.groups, mean_curve, section.draws, seed)
    bands = [percentiles(column, section.confidence) for column in drawn.T]
    (curve,) = mean_curve()
    columns = (GRID, curve, *np.transpose(bands))
    return pd.DataFrame(dict(zip((*names, "low", "high"), columns, strict=True)))


def _rates(called: npt.NDArray[np.int64], total: npt.NDArray[np.int64]) -> Curves:
    """Return rates from 0, where nothing is called fractured, to 1, (draws, k + 1)."""
    rates = ratio(called[:, ::-1], np.maximum(total, 1)[:, None])
    return np.pad(rates, ((0, 0), (1, 0)))


def _defined(counts: Tally) -> npt.NDArray[np.bool_]:
    """Return which draws hold both classes, (draws, 1)."""
    return ((counts.all_positives > 0) & (counts.all_negatives > 0))[:, None]
