"""Score the predictions of a system: `python -m stages.evaluate <name>`."""

from fracture.artifacts import curves as artifact
from fracture.artifacts import predictions, scores
from fracture.console import run
from fracture.judging import curves
from fracture.judging.evaluation import evaluate
from fracture.judging.sample import by_seed, select_part
from fracture.params.evaluate import Evaluate
from fracture.params.section import load, value_at
from fracture.params.systems import system_named
from fracture.presenting import evaluation_figures, figures
from fracture.presenting.evaluation import report


def main(model: str) -> None:
    """Write the scores of a model, its curves and their pictures."""
    parameters = load()
    section, seed = (
        Evaluate.read(parameters, "evaluate"),
        value_at(parameters, "seed"),
    )
    table = predictions.read_system(system_named(parameters, model, "the model"))
    result = evaluate(model, table, section, seed)

    # Curves and their pictures are of one network, that which is served; subgroups are claims.
    served = result.as_served
    test = select_part(next(iter(by_seed(model, table).values())), "test")
    tables = {
        "roc": curves.roc(test, section, seed),
        "precision_recall": curves.precision_recall(test, section, seed),
        "confusion": curves.confusion(test, result.threshold),
        "calibration": curves.calibration(test, result.images.temperature, section.confidence),
    }
    artifact.write(model, tables)
    # A fixed threshold is not of this model, and needs no picture unless it is the headline's.
    points = {
        name: rule
        for name, rule in section.points.items()
        if name == section.headline or not isinstance(rule, float | int)
    }
    pictures = {
        "evaluation": evaluation_figures.performance(
            served, points, tables["roc"], tables["precision_recall"]
        ),
        "calibration": evaluation_figures.calibration(
            served, list(points), test, tables["calibration"]
        ),
        "subgroups": evaluation_figures.subgroups(result),
    }
    for name, picture in pictures.items():
        figures.save(picture, scores.picture(model, name), result.synthetic)
    scores.write(result, scores.path(model))
    print(report(result, section.points))
    print(f"pictures: {', '.join(str(scores.picture(model, name)) for name in pictures)}")


if __name__ == "__main__":
    run(main, __doc__, "model")
