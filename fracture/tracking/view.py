"""What a person sees first in MLflow: the experiment's text and its table of runs."""

import json

from fracture.tracking.location import Location
from fracture.tracking.tables import word

DESCRIPTION = (
    "A run for each model and ensemble that DVC built, and one for each comparison of them. The "
    "runs are copies: DVC holds the results, and `python -m stages.track` adds what is not here "
    "yet. Not for clinical use."
)
VIEW = "mlflow.sharedViewState.scores"
"""The tag of a view as MLflow's interface shares it."""
# Validation chooses; the test scores are there to be read.
CHOICE = "metrics.`validation/auroc`"
LETTER, PADDING = 6, 40
"""Pixels of a column's width: its title is not to be cut."""


def experiment_tags(headline: str) -> dict[str, str]:
    """Return the tags of the experiment: its text, and the view of its runs that `address` opens.

    Args:
        headline: Name of the operating point whose scores are shown.
    """
    shown = columns(headline)
    state = {
        "selectedColumns": shown,
        "columnOrder": shown,  # else by the alphabet
        "columnWidths": {column: PADDING + LETTER * len(title(column)) for column in shown},
        "orderByKey": CHOICE,
        "orderByAsc": False,
    }
    return {
        "mlflow.note.content": DESCRIPTION,
        "mlflow.experimentKind": "custom_model_development",
        VIEW: json.dumps(state),
    }


def columns(headline: str) -> list[str]:
    """Return the columns of the table of runs, from left to right."""
    metrics = [
        *(f"test/{name}" for name in ("auroc", "auroc_low", "auroc_high")),
        *(f"test_{word(headline)}/{name}" for name in ("sensitivity", "specificity")),
        *("test/average_precision", "localisation/pointing"),
    ]
    tags = ["backbone", "variant", "recipe", "dataset"]
    return [
        CHOICE,
        *(f"metrics.`{name}`" for name in metrics),
        *(f"tags.`{name}`" for name in tags),
    ]


def title(column: str) -> str:
    """Return what stands above a column."""
    return column.partition("`")[2].removesuffix("`")


def address(location: Location, experiment: str) -> str:
    """Return where a browser shows an experiment's runs, the best first.

    Without the workflow, MLflow opens pages for language models that have nothing to show.
    """
    host = "http://127.0.0.1:5000" if location.database else str(location).rstrip("/")
    query = "workflowType=machine_learning&viewStateShareKey=scores"
    return f"{host}/#/experiments/{experiment}/runs?{query}"
