"""What the evaluation of a model prints."""

from tabulate import tabulate

from stages.artifacts.scores import Scores, interval, number


def report(scores: Scores) -> str:
    """Return a model's test scores as a few lines: each class, then all together."""
    test = scores.test
    synthetic = " (synthetic: says nothing about patients)" if scores.synthetic else ""
    rows = [
        [name, *(number(values[key]) for key in ("precision", "recall", "f1")), values["support"]]
        for name, values in scores.classes.items()
    ]
    classes = tabulate(
        rows,
        headers=["", "precision", "recall", "f1", "support"],
        tablefmt="plain",
        disable_numparse=True,
        colalign=("left", "right", "right", "right", "right"),
    )
    return f"""\
{scores.model} on {scores.dataset}{synthetic}, test: {test["n"]} radiographs, \
{test["positives"]} fractured, {test["groups"]} groups
{classes}
accuracy {number(test["accuracy"])} at threshold {number(scores.threshold)}
AUROC {number(test["auroc"])}, {100 * scores.confidence:g} % interval {interval(scores)} \
({test["auroc_draws"]} bootstrap draws of groups)"""
