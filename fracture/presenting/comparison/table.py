"""The comparison as a table for machines."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from fracture.artifacts.comparison import Baseline, Comparison, Pair
from fracture.artifacts.compositions import Composition
from fracture.artifacts.scores import Scores
from fracture.judging.comparison.comparing import against_first
from fracture.judging.comparison.measuring import Measured

COLUMNS = {
    "average precision": "average_precision",
    "sensitivity": "sensitivity",
    "specificity": "specificity",
    "F1": "f1",
    "accuracy": "accuracy",
    "log loss": "log_loss",
    "calibration error": "calibration_error",
}
"""What the tables show besides the AUROC, by what it is called there: scores on test."""


def shown(scores: Scores) -> dict[str, float | None]:
    """Return the scores of `COLUMNS`, in that order; decisions at the headline's point."""
    test = scores.images.test.scores | scores.point.scores
    return {name: test[score].value for name, score in COLUMNS.items()}


def table(
    models: dict[str, Any],
    comparison: Comparison,
    ranked: list[Measured],
    ensembles: Mapping[str, Composition],
) -> pd.DataFrame:
    """Return one row for each baseline, then for each model or ensemble, in order of the ranking.

    `difference` is the first model's test AUROC minus that of the row, `verdict` that of the first
    model against it.

    Args:
        models: The section of params.yaml.
        comparison: Of these models.
        ranked: The same models, and ensembles of them, best on validation first.
        ensembles: By name.
    """
    pairs = against_first(comparison)
    rows = [_baseline(each) for each in comparison.baselines]
    made = {name: _made_of(entry) for name, entry in models.items()}
    made |= {name: _averaged(ensemble) for name, ensemble in ensembles.items()}
    rows += [_model(made[each.model], each, pairs.get(each.model)) for each in ranked]
    return pd.DataFrame(rows, columns=list(rows[-1]))


def _baseline(baseline: Baseline) -> dict[str, Any]:
    return {
        "model": baseline.name,
        "validation_auroc": baseline.validation_auroc,
        "test_auroc": baseline.auroc.value,
        "auroc_low": baseline.auroc.low,
        "auroc_high": baseline.auroc.high,
    }


def _made_of(entry: dict[str, Any]) -> dict[str, str]:
    return {"backbone": entry["backbone"], "variant": entry["variant"], "members": ""}


def _averaged(ensemble: Composition) -> dict[str, str]:
    return {"backbone": "", "variant": "", "members": " ".join(ensemble.members)}


def _model(made: dict[str, str], measured: Measured, pair: Pair | None) -> dict[str, Any]:
    return {
        "model": measured.model,
        **made,
        "seeds": str(len(measured.scores.seeds)),
        "validation_auroc": measured.validation.value,
        "validation_low": measured.validation.low,
        "validation_high": measured.validation.high,
        "test_auroc": measured.test.value,
        "auroc_low": measured.test.low,
        "auroc_high": measured.test.high,
        **{name.lower().replace(" ", "_"): value for name, value in shown(measured.scores).items()},
        "difference": pair and pair.difference.value,
        "difference_low": pair and pair.difference.low,
        "difference_high": pair and pair.difference.high,
        "p_holm": pair and pair.bootstrap.p_holm,
        "verdict": pair and pair.verdict,
    }
