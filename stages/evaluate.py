"""Score the predictions of every system of the run."""

from pathlib import Path

from fracture.artifacts import curves as artifact
from fracture.artifacts import scores, systems
from fracture.artifacts.atomic import replacing
from fracture.artifacts.systems import System
from fracture.console import progress, run
from fracture.judging import curves
from fracture.judging.evaluation import evaluate
from fracture.judging.sample import by_seed, select_part
from fracture.params.evaluate import Evaluate
from fracture.params.section import load, value_at
from fracture.presenting import evaluation_figures, figures
from fracture.presenting.evaluation import report


def main() -> None:
    """Write the scores of each system, its curves and their pictures; those of others go."""
    parameters = load()
    section, seed = Evaluate.read(parameters, "evaluate"), value_at(parameters, "seed")
    made = systems.read()
    with replacing(scores.FOLDER) as judged, replacing(scores.PLOTS) as plots:
        judged.mkdir()
        plots.mkdir()
        reports = []
        for system in progress(made.values(), len(made), "evaluate", "systems"):
            result = score(system, section, seed, plots / system.name)
            scores.write(result, judged / scores.path(system.name).name)
            reports.append(report(result, section.points))
    print("\n\n".join(reports))
    print(f"scores: {scores.FOLDER}; pictures: {scores.PLOTS}")


def score(system: System, section: Evaluate, seed: int, folder: Path) -> scores.Scores:
    """Score one system, and draw what there is to see.

    Args:
        system: Of the run.
        section: Operating points and bootstrap.
        seed: Of the bootstrap.
        folder: For its curves and pictures.
    """
    table = systems.read_predictions(system.name)
    result = evaluate(system.name, table, section, seed)

    # Curves and their pictures are of one network, that which is served; subgroups are claims.
    served = result.as_served
    test = select_part(next(iter(by_seed(system.name, table).values())), "test")
    tables = {
        "roc": curves.roc(test, section, seed),
        "precision_recall": curves.precision_recall(test, section, seed),
        "confusion": curves.confusion(test, result.threshold),
        "calibration": curves.calibration(test, result.images.temperature, section.confidence),
    }
    artifact.write(tables, folder)
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
        figures.save(picture, folder / scores.picture(system.name, name).name, result.synthetic)
    return result


if __name__ == "__main__":
    run(main, __doc__)
