"""Score the predictions of every system of the run: `python -m stages.evaluate`."""

import os
import signal
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from fracture.artifacts import curves as artifact
from fracture.artifacts import localisation, maps, pictures, scores, systems
from fracture.artifacts.atomic import replacing, write_json
from fracture.artifacts.scores import Scores
from fracture.artifacts.systems import System
from fracture.console import end_with_parent, progress, run
from fracture.judging import curves
from fracture.judging.evaluation import evaluate
from fracture.judging.localisation import Localised, localise
from fracture.judging.sample import by_seed, select_part
from fracture.params.evaluate import Evaluate
from fracture.params.section import load, value_at
from fracture.presenting import figures
from fracture.presenting.evaluation import in_one_line, report
from fracture.presenting.evaluation_pictures import draw
from fracture.presenting.figures import Look, looks
from fracture.presenting.free_response import draw_free_response
from fracture.systems.mapping import mean_maps, shares
from fracture.targets import FRACTURED

HEADLINE = ("auroc", "average_precision", "sensitivity", "specificity", "calibration_error")
"""Test scores of each system that DVC compares."""

FEW = 4
"""Fewer systems than this are scored sooner than a second process has started, and told in full."""


def main() -> None:
    """Write the scores of each system, its curves and their pictures; those of others go."""
    parameters = load()
    section, seed = Evaluate.read(parameters, "evaluate"), value_at(parameters, "data_seed")
    made = list(systems.read().values())
    reports = []
    with (
        replacing(scores.FOLDER) as judged,
        replacing(scores.HEADLINES) as headlines,
        replacing(pictures.FOLDER) as plots,
    ):
        for folder in (judged, headlines, plots):
            folder.mkdir()
        results = each_scored(made, section, seed, plots)
        for result in progress(results, len(made), "evaluate", "systems"):
            file = scores.path(result.model).name
            scores.write(result, judged / file)
            write_json(headlines / file, headline(result))
            reports.append(
                report(result, section.points) + "\n" if len(made) < FEW else in_one_line(result)
            )
    print("\n".join(reports))
    print(f"scores: {scores.FOLDER}; pictures: {pictures.FOLDER}")


def headline(result: Scores) -> dict[str, float | None]:
    """Return those scores of `HEADLINE` that a system has, as the headline's point decides."""
    test = result.images.test.scores | result.decisions
    return {name: test[name].value for name in HEADLINE if name in test}


def each_scored(made: list[System], section: Evaluate, seed: int, plots: Path) -> Iterator[Scores]:
    """Score the systems, in order, side by side in a process for each core; see `score`.

    Args:
        made: The systems of the run.
        section: Operating points and bootstrap.
        seed: Of the bootstrap.
        plots: Gets a folder for each.
    """
    drawn = looks(system.name for system in made)
    arguments = [
        (system, section, seed, plots / system.name, drawn[system.name]) for system in made
    ]
    workers = min(os.cpu_count() or 1, len(made))
    if workers == 1 or len(made) < FEW:
        for one in arguments:
            yield score(*one)
        return
    with ProcessPoolExecutor(workers, get_context("spawn"), begin_worker) as executor:
        try:
            yield from executor.map(score, *zip(*arguments, strict=True))
        except BaseException:
            executor.shutdown(cancel_futures=True)
            raise


def begin_worker() -> None:
    """Leave Ctrl-C to the parent, which tells of it in one line, and end with it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    end_with_parent()


def score(system: System, section: Evaluate, seed: int, folder: Path, look: Look) -> Scores:
    """Score one system, and draw what there is to see.

    Args:
        system: Of the run.
        section: Operating points and bootstrap.
        seed: Of the bootstrap.
        folder: For its curves and pictures.
        look: How it is drawn.
    """
    table, target = systems.read_predictions(system.name), system.target.target
    result = evaluate(system.name, table, target, section, seed, system.where)
    localised = localise_mean(system, section, seed)
    summary = localised.summary if localised else None
    result = result.model_copy(update={"footprint": system.footprint, "localisation": summary})

    # Curves and their pictures are of one network, that which is served; subgroups are claims.
    first = next(iter(by_seed(system.name, table).values()))
    test = select_part(first, "test", target.classes)
    threshold = result.threshold if target.binary else None
    tables = {
        "roc": curves.roc(test, section, seed),
        "precision_recall": curves.precision_recall(test, section, seed),
        "confusion": curves.confusion(test, target.classes, threshold),
        "calibration": curves.calibration(test, result.images.temperature, section.confidence),
    }
    if not target.binary:
        tables["roc_by_class"] = curves.roc_by_class(test, target.classes)
    artifact.write(tables, folder)
    drawn = draw(result, section, test, tables.__getitem__, look)
    if localised:
        localisation.write_curve(localised.curves, folder / localisation.CURVE_FILE)
        drawn[pictures.FREE_RESPONSE] = draw_free_response(localised, system.name)
    for name, picture in drawn.items():
        figures.save(picture, folder / pictures.path(system.name, name).name, result.synthetic)
    return result


def localise_mean(system: System, section: Evaluate, seed: int) -> Localised | None:
    """Measure the mean of the fracture maps behind a mean of models.

    Args:
        system: Of the run.
        section: Bootstrap, and how marks are found.
        seed: Of the bootstrap.

    Returns:
        None where the system is no mean, one of its models has no fracture map, or nothing says
        where the fractures are.
    """
    shared = shares(system.formula) if system.kind == "mean" else None
    if not shared or system.target.name != FRACTURED:
        return None
    if not all(maps.path(model).is_file() for model in shared):
        return None
    mean = mean_maps(shared, {model: maps.read(model) for model in shared})
    if not mean:
        return None
    heat = {"network": mean.network, "random_weights": mean.random_weights}
    return localise(system.name, mean.measured, heat, "map", section, seed)


if __name__ == "__main__":
    run(main, __doc__)
