"""The text on a model's page, as Markdown."""

from stages.artifacts.scores import Scores
from stages.params.train import Model

SYNTHETIC = "Drawn radiographs: these scores say nothing about patients."


def describe(model: Model, scores: Scores, recipe: str) -> str:
    """Say what was trained on what, and how well it does on test radiographs."""
    test = scores.test
    made = (
        f"Backbone `{model.backbone}` on `{model.variant}` radiographs of `{scores.dataset}`, "
        f"recipe `{recipe}`."
    )
    scored = (
        f"**Test AUROC {number(test['auroc'])}**, {scores.confidence:.0%} interval "
        f"{number(test['auroc_low'])} to {number(test['auroc_high'])}: {test['n']} radiographs, "
        f"{test['positives']} of them fractured, from {test['groups']} groups. "
        f"Sensitivity {number(test['recall'])}, specificity {number(test['specificity'])} at "
        f"threshold {scores.threshold:.3g}."
    )
    return "\n\n".join([f"> {SYNTHETIC}", made, scored] if scores.synthetic else [made, scored])


def number(value: float | None) -> str:
    """Return three decimals, or `undefined`."""
    return "undefined" if value is None else f"{value:.3f}"
