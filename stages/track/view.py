"""What a person sees first in MLflow: the experiment's text and its table of runs."""

import json

from stages.track.location import Location

DESCRIPTION = (
    "A run for each model that DVC built, and one for each comparison of them. The runs are "
    "copies: DVC holds the results, and `python -m stages.track` adds what is not here yet. "
    "Not for clinical use."
)
METRICS = ["auroc", "auroc_low", "auroc_high", "recall", "specificity", "average_precision"]
TAGS = ["dataset", "recipe", "backbone", "variant"]
STATE = {
    "selectedColumns": [
        "metrics.`validation/auroc`",
        *(f"metrics.`test/{name}`" for name in METRICS),
        *(f"tags.`{name}`" for name in TAGS),
    ],
    # Validation chooses; the test scores are there to be read.
    "orderByKey": "metrics.`validation/auroc`",
    "orderByAsc": False,
}

EXPERIMENT_TAGS = {
    "mlflow.note.content": DESCRIPTION,
    "mlflow.experimentKind": "custom_model_development",
    # A view as MLflow's interface shares it: models by their AUROC, with the columns above.
    "mlflow.sharedViewState.scores": json.dumps(STATE),
}


def address(location: Location, experiment: str) -> str:
    """Return where a browser shows an experiment's runs, the best first.

    Without the workflow, MLflow opens pages for language models that have nothing to show.
    """
    host = "http://127.0.0.1:5000" if location.database else str(location).rstrip("/")
    query = "workflowType=machine_learning&viewStateShareKey=scores"
    return f"{host}/#/experiments/{experiment}/runs?{query}"
