"""Score the predictions of one model: `python -m stages.evaluate <model>`."""

from stages import figures
from stages.artifacts import predictions, scores
from stages.artifacts.atomic import replacing
from stages.console import PipelineError, run
from stages.evaluate import curves
from stages.evaluate.evaluation import evaluate
from stages.evaluate.figures import panel
from stages.evaluate.report import report
from stages.evaluate.sample import take
from stages.params.evaluate import Evaluate
from stages.params.section import at, load


def main(model: str) -> None:
    """Write the scores of a model, its curves and their picture."""
    parameters = load()
    section = Evaluate.parse(at(parameters, "evaluate"), "evaluate")
    source = predictions.path(model)
    if not source.is_file():
        raise PipelineError(
            f"{source} not found, the predictions of model {model}: run `dvc repro predict@{model}`"
        )
    table = predictions.read(source)
    result = evaluate(model, table, section, at(parameters, "seed"))

    test, folder = take(table, "test"), scores.plots(model)
    tables = {
        "roc": curves.roc(test),
        "precision_recall": curves.precision_recall(test),
        "confusion": curves.confusion(test, result.threshold),
    }
    for name, rows in tables.items():
        with replacing(folder / f"{name}.csv") as beside:
            rows.to_csv(beside, index=False, lineterminator="\n", float_format="%.9g")
    picture = panel(result, tables["roc"], tables["precision_recall"])
    figures.save(picture, folder / "evaluation.png", result.synthetic)
    scores.write(result, scores.path(model))
    print(report(result))
    print(f"picture: {folder / 'evaluation.png'}")


if __name__ == "__main__":
    run(main, __doc__, "model")
