"""The text on a model's page, as Markdown."""

from fracture.artifacts.compositions import OPTIMISM, Composition
from fracture.artifacts.localisation import Localisation
from fracture.artifacts.scores import Scores, number
from fracture.params.train import Model
from fracture.tracking.tables import spread

SYNTHETIC = "Drawn radiographs: these scores say nothing about patients."


def describe(model: Model, scores: Scores, localisation: Localisation, recipe: str) -> str:
    """Say what was trained on what, and how well it does on test radiographs."""
    made = (
        f"Backbone `{model.backbone}` on `{model.variant}` radiographs of `{scores.dataset}`, "
        f"recipe `{recipe}`."
    )
    return _paragraphs(scores, made, _seeds(scores), _localised(localisation))


def describe_ensemble(ensemble: Composition, scores: Scores, recipe: str) -> str:
    """Say whose logits are averaged, and how well the mean does on test radiographs."""
    made = f"On radiographs of `{scores.dataset}`, recipe `{recipe}`: {ensemble}."
    return _paragraphs(scores, made, OPTIMISM)


def _paragraphs(scores: Scores, *texts: str) -> str:
    at = scores.point.scores
    scored = (
        f"**Test AUROC {scores.auroc}**. At `{scores.headline}` (threshold "
        f"{scores.threshold:.3g}): sensitivity {at['sensitivity']}, specificity "
        f"{at['specificity']}. Measured on {scores.basis}."
    )
    before = f"> {SYNTHETIC}" if scores.synthetic else ""
    return "\n\n".join(filter(None, [before, scored, *texts]))


def _seeds(scores: Scores) -> str:
    of = spread(scores.seeds)
    if not of:
        return ""
    return (
        f"Seeds {', '.join(scores.seeds)}: test AUROC {number(of['auroc_mean'])} on average, "
        f"standard deviation {number(of['auroc_deviation'])}. All else is of seed "
        f"{next(iter(scores.seeds))}."
    )


def _localised(localisation: Localisation) -> str:
    if not localisation.n:
        return ""
    pointing = localisation.pointing
    return (
        f"The heatmap's peak lies in a fracture box in {pointing.network} of {localisation.n} "
        f"fractured radiographs; with random weights in {number(pointing.random_weights.value)}, "
        f"of a centred blob in {number(pointing.centred_blob.value)}."
    )
