"""All scores of one model: the operating point from validation, the report from test."""

import pandas as pd

from stages.artifacts.scores import Scores, rounded
from stages.console import PipelineError
from stages.evaluate.bootstrap import auroc_interval
from stages.evaluate.sample import take
from stages.evaluate.scores import by_class, confusion, counts, score
from stages.evaluate.threshold import choose
from stages.params.evaluate import Evaluate

AT_HALF = ["accuracy", "precision", "recall", "f1", "specificity"]


def evaluate(model: str, predictions: pd.DataFrame, section: Evaluate, seed: int) -> Scores:
    """Score the predictions of a model.

    Args:
        model: Its name.
        predictions: The columns of stages/artifacts/predictions.py, validation and test rows.
        section: The operating point and the bootstrap.
        seed: Of the bootstrap.

    Raises:
        PipelineError: The predictions cannot be scored.
    """
    datasets = sorted(set(predictions["dataset"]))
    if len(datasets) != 1:
        raise PipelineError(
            f"the predictions of {model} are of {len(datasets)} data sets "
            f"({', '.join(datasets) or 'no rows'}), expected one: run `dvc repro predict@{model}`"
        )
    validation, test = take(predictions, "validation"), take(predictions, "test")
    threshold = choose(section.threshold, validation)
    interval = auroc_interval(test, section.draws, section.confidence, seed)
    return rounded(
        Scores(
            model=model,
            dataset=datasets[0],
            synthetic=datasets[0] == "synthetic",
            threshold=threshold,
            confidence=section.confidence,
            validation=counts(validation) | score(validation, threshold),
            test=counts(test)
            | score(test, threshold)
            | {
                "auroc_low": interval.low,
                "auroc_high": interval.high,
                "auroc_draws": interval.draws,
            },
            at_half=score(test, 0.5, AT_HALF),
            classes=by_class(test, threshold),
            confusion=confusion(test, threshold),
        )
    )
