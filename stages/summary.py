"""Put the test scores of the chosen system into the headline: `python -m stages.summary`."""

from fracture.artifacts import scores
from fracture.artifacts.atomic import write_json
from fracture.artifacts.row import number
from fracture.artifacts.scores import Scores
from fracture.console import run
from fracture.params.run import chosen
from fracture.params.section import load, require, value_at

WITH_INTERVAL = ["auroc", "average_precision", "sensitivity", "specificity"]
"""Scores on test that stand there with both ends of their interval."""
ALONE = ["precision", "f1", "accuracy", "log_loss", "brier", "calibration_error"]
"""Scores on test that stand there without."""

SEVERAL_WITH_INTERVAL = ["auroc", "accuracy", "balanced_accuracy"]
"""With more than two classes, those that stand there with both ends of their interval."""
SEVERAL_ALONE = ["macro_f1", "kappa", "log_loss", "calibration_error"]
"""Likewise, those that stand there without."""


def summarise(scores: Scores) -> dict[str, str | float | None]:
    """Return what was chosen on validation and the headline scores on test.

    Scores are means over training seeds; temperature, threshold and `served_auroc` are of the
    network served, that of the first seed. The threshold stands among probabilities after
    temperature scaling. Decisions are at the headline's operating point, or of
    the most probable class; probabilities after temperature scaling. The keys are the same for each
    system of two classes, and for each of more.
    """
    test = scores.images.test
    estimates = test.scores | scores.decisions
    summary: dict[str, str | float | None] = {
        "model": scores.model,
        "target": scores.target,
        "dataset": scores.dataset,
        "n": test.n,
    }
    if scores.binary:
        summary |= {"positives": test.positives, "point": scores.headline}
        threshold = scores.images.shown_thresholds[scores.headline]
        summary |= {"threshold": round(threshold, 6)}
        with_interval, alone = WITH_INTERVAL, ALONE
    else:
        summary |= {"classes": len(scores.classes), "point": scores.headline}
        with_interval, alone = SEVERAL_WITH_INTERVAL, SEVERAL_ALONE
    summary["temperature"] = scores.images.temperature
    for name in with_interval:
        estimate = estimates[name]
        summary |= {
            name: estimate.value,
            f"{name}_low": estimate.low,
            f"{name}_high": estimate.high,
        }
    return summary | {
        **{name: estimates[name].value for name in alone},
        "seeds": len(scores.seeds),
        "auroc_deviation": scores.spread.deviation,
        "served_auroc": scores.as_served.auroc.value,
    }


def main() -> None:
    """Write metrics/summary.json of the system that params.yaml names."""
    parameters = load()
    # By name: scores of a model that is gone may still lie there.
    name = value_at(parameters, "model")
    require(name, chosen(parameters).systems, "model")
    scored = scores.read(name)
    write_json(scores.SUMMARY, summarise(scored))
    print(
        f"{scores.SUMMARY}: {name} on {scored.dataset}, "
        f"test AUROC {number(scored.auroc.value)}, "
        f"{100 * scored.confidence:g} % interval {scored.auroc.interval}"
    )


if __name__ == "__main__":
    run(main, __doc__)
