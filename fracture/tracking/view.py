"""What a person reads in MLflow: the text of a run, the experiment's, and its table of runs."""

import json

from fracture.artifacts.localisation import Localisation
from fracture.artifacts.row import number, threshold_text
from fracture.artifacts.scores import Scores
from fracture.artifacts.systems import OPTIMISM, System
from fracture.artifacts.trained import Trained
from fracture.params.train import Model
from fracture.presenting.words import SYNTHETIC, called, listed, readable
from fracture.tracking.location import Location

DESCRIPTION = (
    "A run for each state of the pipeline, and below it one for each model and system first seen "
    "in it. The runs are copies: DVC holds the results, and `python -m stages.track` adds what is "
    "not here yet. Not for clinical use."
)
VIEW = "mlflow.sharedViewState.scores"
"""The tag of a view as MLflow's interface shares it."""
# Validation chooses; the test scores are there to be read.
CHOICE = "metrics.`validation/auroc`"
COLUMNS = [
    "tags.`headline`",
    CHOICE,
    "metrics.`test/auroc`",
    "metrics.`test_interval/auroc_low`",
    "metrics.`test_interval/auroc_high`",
    "metrics.`test/sensitivity`",
    "metrics.`test/specificity`",
    "attributes.`Duration`",
    "tags.`recipe`",
    "tags.`dataset`",
]
"""Of the table of runs, from left to right."""
PORT = "5000"
"""Where `make mlflow` listens unless it is told otherwise."""
MOST_CHARACTERS = 8000
"""Of a tag, in MLflow's tables."""
CUT = "\n\nThe rest stands in the artifacts of this run."
LETTER, PADDING = 6, 40
"""Pixels of a column's width: its title is not to be cut."""


def fitting(text: str) -> str:
    """Return a text as it fits into a tag; of a longer one its first lines, and where the rest is.

    SQLite takes any length, PostgreSQL refuses the run.
    """
    if len(text) <= MOST_CHARACTERS:
        return text
    begun, _, _ = text[: MOST_CHARACTERS - len(CUT)].rpartition("\n")
    return begun + CUT


def experiment_tags(target: str) -> dict[str, str]:
    """Return the tags of the experiment: its text, and the view of its runs that `address` opens.

    Args:
        target: Of the headline; scores of other targets do not compare with its own.
    """
    state = {
        "selectedColumns": COLUMNS,
        "columnOrder": COLUMNS,  # else by the alphabet
        "columnWidths": {column: PADDING + LETTER * len(title(column)) for column in COLUMNS},
        "orderByKey": CHOICE,
        "orderByAsc": False,
        "searchFilter": f"tags.target = '{target}'",
    }
    return {
        "mlflow.note.content": DESCRIPTION,
        "mlflow.experimentKind": "custom_model_development",
        VIEW: json.dumps(state),
    }


def title(column: str) -> str:
    """Return what stands above a column."""
    return column.partition("`")[2].removesuffix("`")


def address(location: Location, experiment: str, port: str = PORT) -> str:
    """Return the address at which a browser shows an experiment's runs, the best first.

    Without `workflowType`, MLflow opens pages for language models that have nothing to show.

    Args:
        location: Of the store.
        experiment: The experiment's id.
        port: At which MLflow listens where the location is a database.
    """
    host = f"http://127.0.0.1:{port}" if location.database else str(location).rstrip("/")
    query = "workflowType=machine_learning&viewStateShareKey=scores"
    return f"{host}/#/experiments/{experiment}/runs?{query}"


def model_text(model: Model, scores: Scores, localisation: Localisation, recipe: str) -> str:
    """Return a text about a model: how it was trained, and how well it does on test radiographs.

    Args:
        model: Its backbone and variant.
        scores: Of the model.
        localisation: Of its heatmaps.
        recipe: A key of `recipes` in params.yaml.
    """
    made = (
        f"Backbone `{model.backbone}` on `{model.variant}` radiographs of `{scores.dataset}`, "
        f"recipe `{recipe}`."
    )
    return _paragraphs(scores, made, _seeds(scores), _localised(localisation))


def networks_text(model: Model, trained: Trained, dataset: str, recipe: str) -> str:
    """Return a text about a model that has a network for each value of a column.

    Args:
        model: Its backbone and variant.
        trained: Its networks.
        dataset: A key of `datasets` in params.yaml.
        recipe: A key of `recipes` there.
    """
    kind = readable(trained.per)
    made = (
        f"No system by itself: routes choose among its networks. Backbone `{model.backbone}` on "
        f"`{model.variant}` radiographs of `{dataset}`, recipe `{recipe}`; a network for each "
        f"{kind}: {', '.join(trained.kinds)}."
    )
    without = [f"None for {value}: {why}." for value, why in trained.without.items()]
    return "\n\n".join([made, *without])


def composition_text(system: System, scores: Scores, recipe: str) -> str:
    """Return a text about a system: what it is made of, and how well it does on test radiographs.

    Args:
        system: A composition, or a further target of a model.
        scores: Of the system.
        recipe: A key of `recipes` in params.yaml.
    """
    made = f"On radiographs of `{scores.dataset}`, recipe `{recipe}`: {system}."
    model = system.name.partition(".")[0]
    of_model = f"Curves and networks stand in the run of `{model}`."
    told = "Not ranked: it is told what nobody knows of a new radiograph."
    return _paragraphs(
        scores,
        made,
        OPTIMISM if system.kind == "mean" else "",
        of_model if system.kind == "model" else _seeds(scores),
        "" if system.ranked else told,
    )


def _paragraphs(scores: Scores, *texts: str) -> str:
    decision = scores.decisions
    if scores.binary:
        shown = scores.images.shown_thresholds[scores.headline]
        decided = (
            f"At `{scores.headline}` (threshold {threshold_text(shown)}): sensitivity "
            f"{decision['sensitivity']}, specificity {decision['specificity']}."
        )
    else:
        decided = (
            f"Of {listed(scores.classes)}, the {scores.headline}: accuracy "
            f"{decision['accuracy']}, balanced accuracy {decision['balanced_accuracy']}."
        )
    scored = (
        f"**Test AUROC {scores.auroc}** of target `{scores.target}`. {decided} Measured on "
        f"{scores.basis}."
    )
    before = f"> {SYNTHETIC}" if scores.synthetic else ""
    return "\n\n".join(filter(None, [before, scored, *texts]))


def _seeds(scores: Scores) -> str:
    if scores.served is None:
        return ""
    return (
        f"Scores are means over training seeds {', '.join(scores.seeds)}; standard deviation of "
        f"the test AUROC {number(scores.spread.deviation)}. Thresholds, counts and curves are of "
        f"seed {next(iter(scores.seeds))}, whose network is served: test AUROC "
        f"{scores.as_served.auroc}."
    )


def _localised(localisation: Localisation) -> str:
    if not localisation.n:
        return ""
    pointing = localisation.pointing
    return (
        f"The peak of its heatmap ({called(localisation.kind)}) lies in a fracture box in "
        f"{pointing.network} of {localisation.n} fractured radiographs; with random weights in "
        f"{number(pointing.random_weights.value)}, of a centred blob in "
        f"{number(pointing.centred_blob.value)}. At one false mark a radiograph "
        f"{localisation.sensitivity['1'].network} of {localisation.fractures} fractures are marked."
    )
