"""Every figure of fracture/presenting from drawn data: of any number of systems, of any names."""

import json
from collections.abc import Callable, Mapping
from functools import cache, partial
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from fracture.artifacts.arrays import COLUMNS, PackedImages
from fracture.artifacts.comparison import Ablation, Comparison, Pair, Test, Verdict
from fracture.artifacts.row import Estimate
from fracture.artifacts.scores import Scores
from fracture.auditing.audit import found_table
from fracture.imaging.letterbox import fit
from fracture.inference.gradcam import Explained
from fracture.judging import curves
from fracture.judging.evaluation import evaluate
from fracture.judging.localisation import describe, localise
from fracture.judging.sample import select_part
from fracture.presenting import (
    audit,
    audit_sheets,
    comparison_figures,
    cost_figure,
    curves_figure,
    evaluation_figures,
    evaluation_multiclass,
    external,
    sheets,
    two_step_figure,
)
from fracture.presenting.class_overlays import draw_class_overlays
from fracture.presenting.figures import looks
from fracture.presenting.free_response import draw_free_response
from fracture.presenting.overlays import draw_overlays
from fracture.presenting.training import draw_curves
from fracture.targets import FRACTURE, Target
from tests.auditing.examples import KEPT, LEFT_OUT, PAIRS, save_files
from tests.judging.evaluation.examples import parts, predictions, section
from tests.judging.examples import EVALUATE
from tests.judging.two_steps import judged
from tests.presenting.report.audits import make_audit
from tests.presenting.report.examples import FOOTPRINT, make_comparison, make_external, make_scores
from tests.presenting.test_training import table as history
from tests.run_files import make_mean, make_system

Drawn = dict[str, Callable[[], Figure]]
"""How each figure is drawn, by its name."""

GRID = np.linspace(0, 1, 201)
"""Rates at which curves are given."""
SIDE = 96
"""Of a drawn radiograph, pixels."""


def names(count: int, letters: int) -> list[str]:
    """Return names of systems of so many letters each, up to 34."""
    return [f"{'efficientnet_lite0_canny_channels'[: letters - 2]}{n:02}" for n in range(count)]


def of_all(count: int, letters: int) -> Drawn:
    """Return the figures that show all systems of a run.

    Args:
        count: Systems.
        letters: Of the name of each.
    """
    systems = names(count, letters)
    scores = {name: make_scores(name, 0.97 - 0.4 * n / count) for n, name in enumerate(systems)}
    made = {name: make_system(name) for name in systems[:-1]}
    made[systems[-1]] = make_mean(systems[-1], systems[:-1])
    compared = comparison(systems, scores)
    other = compared.model_copy(update={"target": "body_part", "baselines": []})
    # Costs between 0.01 and 10 G, some of them next to one another.
    costly = {
        name: each.model_copy(
            update={
                "footprint": FOOTPRINT.model_copy(
                    update={"multiply_adds": int(10 ** (7 + 3 * (n * 7 % count) / count))}
                )
            }
        )
        for n, (name, each) in enumerate(scores.items())
    }
    elsewhere = make_external(tuple(systems))
    hospitals = [elsewhere, elsewhere.model_copy(update={"name": systems[0], "parts": {}})]
    curve = {
        "roc": pd.DataFrame({"false_positive_rate": GRID, "sensitivity": GRID**0.3}),
        "precision_recall": pd.DataFrame({"sensitivity": GRID, "precision": 1 - GRID**3 / 2}),
    }
    return {
        "comparison": partial(comparison_figures.ranking, [compared], scores, made),
        "targets": partial(comparison_figures.ranking, [other, other], scores, made),
        "verdicts": partial(comparison_figures.verdicts, compared, scores),
        "ablation": partial(comparison_figures.ablations, compared, scores),
        "cost": partial(cost_figure.draw, compared, costly, looks(made)),
        "curves": partial(
            curves_figure.draw,
            compared,
            scores,
            looks(made),
            systems[-1],
            lambda name, kind: curve[kind] ** [1, 1 + systems.index(name) / count],
        ),
        "external": partial(external.drops, hospitals, scores, looks(made)),
    }


def comparison(systems: list[str], scores: Mapping[str, Scores]) -> Comparison:
    """Return systems side by side, told apart where they are far from each other.

    Args:
        systems: In the order of the ranking.
        scores: Of each.
    """
    test = Test(p=0.01, p_holm=0.02)
    pairs = [
        Pair(
            first=one, second=other, difference=difference, bootstrap=test, delong=test,
            mcnemar=test, only_first_right=5, only_second_right=3, verdict=verdict_of(difference),
        )
        for place, one in enumerate(systems)
        for other in systems[place + 1 :]
        for difference in [minus(scores[one], scores[other])]
    ]  # fmt: skip
    ablations = [
        Ablation(
            backbone=name, variant=("canny", "edges")[n % 2], plain=name, other=name,
            difference=Estimate(value=0.02 * n - 0.1, low=0.02 * n - 0.2, high=0.02 * n),
            test=test, verdict="worse" if n < len(systems) // 2 else "not distinguishable",
        )
        for n, name in enumerate(systems)
    ]  # fmt: skip
    pooled = ablations[0].model_copy(update={"backbone": "all", "plain": None, "other": None})
    return make_comparison(tuple(systems), pairs=pairs, ablations=[*ablations, pooled])


def minus(one: Scores, other: Scores) -> Estimate:
    """Return the difference of two AUROCs as an estimate."""
    value = (one.auroc.value or 0) - (other.auroc.value or 0)
    return Estimate(value=value, low=value - 0.1, high=value + 0.1)


def verdict_of(difference: Estimate) -> Verdict:
    """Return the verdict on a difference by its interval."""
    return "better" if (difference.low or 0) > 0 else "not distinguishable"


def of_one(letters: int) -> Drawn:
    """Return the figures of one system of two classes, and of its model.

    Args:
        letters: Of its name.
    """
    (name,) = names(1, letters)
    evaluated = section(draws=100)
    table = predictions()
    scores = evaluate(name, table, FRACTURE, evaluated, 0)
    test = select_part(table, "test")
    roc, recall = (draw(test, evaluated, 0) for draw in (curves.roc, curves.precision_recall))
    reliability = curves.calibration(test, scores.images.temperature, 0.95)
    points = dict(evaluated.points)
    look = looks([name])[name]
    return {
        "evaluation": partial(evaluation_figures.performance, scores, points, roc, recall, look),
        "calibration": partial(
            evaluation_figures.calibration, scores, list(points), test, reliability, look
        ),
        "subgroups": partial(evaluation_figures.subgroups, scores, look),
        "training": partial(draw_curves, history(0, 1), name),
        **heats(name),
    }


def of_classes(count: int, letters: int) -> Drawn:
    """Return the figures of one system of several classes.

    Args:
        count: Classes.
        letters: Of the name of each and of the system.
    """
    (name,), classes = names(1, letters), tuple(names(count, letters))
    target, evaluated = Target("body_part", "body_part", classes), section(draws=100)
    table = parts(classes=classes)
    scores = evaluate(name, table, target, evaluated, 0)
    test = select_part(table, "test", classes)
    roc, by_class = curves.roc(test, evaluated, 0), curves.roc_by_class(test, classes)
    reliability = curves.calibration(test, scores.images.temperature, 0.95)
    look = looks([name])[name]
    rows = np.arange(len(table))
    packed = radiographs(len(table))
    packed = PackedImages(packed.images, packed.table.assign(body_part=table["body_part"]))
    heat = np.random.default_rng(0).random((len(table), count, 6, 6), np.float32)
    given = table[[f"probability_{each}" for each in classes]].to_numpy(np.float32)
    return {
        "evaluation": partial(evaluation_multiclass.performance, scores, roc, by_class, look),
        "calibration": partial(evaluation_multiclass.calibration, scores, test, reliability, look),
        "subgroups": partial(evaluation_figures.subgroups, scores, look),
        "heat": partial(draw_class_overlays, packed, rows, Explained(given, heat), target, name),
    }


@cache
def radiographs(count: int) -> PackedImages:
    """Return drawn bones, every second one broken, the last half for test."""
    random = np.random.default_rng(0)
    across = np.abs(np.linspace(-1, 1, SIDE))[None, :, None]
    images = np.empty((count, SIDE, SIDE, 1), np.uint8)
    for image in images:
        bone = 200 * (across < random.uniform(0.2, 0.5)) + random.integers(0, 40, (SIDE, SIDE, 1))
        image[:] = bone.astype(np.uint8)
    images[1::2, 40:48, 40:60] = 20
    broken = np.arange(count) % 2
    columns = {
        "id": [f"radiograph{n:03}" for n in range(count)],
        "part": np.where(np.arange(count) < count // 2, "train", "test"),
        "fractured": broken,
        "dataset": "synthetic",
        "body_part": "hand",
        "group": [f"group{n // 4:03}" for n in range(count)],
        "boxes": [json.dumps([[40, 40, 60, 48]] if label else []) for label in broken],
        "labels": "[]",
    }
    table = pd.DataFrame(dict.fromkeys(COLUMNS, "") | {"width": SIDE, "height": SIDE} | columns)
    return PackedImages(images, table[COLUMNS])


def heats(name: str) -> Drawn:
    """Return the figures of where a model sees fractures: with a map, by Grad-CAM, even heat.

    Args:
        name: Of the model.
    """
    packed = radiographs(48)
    rows = packed.rows("test")
    random = np.random.default_rng(0)
    probabilities = random.random(len(rows)).astype(np.float32)
    heat = np.asarray(random.random((len(rows), 6, 6)) ** 4, np.float32)
    even = np.asarray(0.5 + heat / 100, np.float32)
    even[::5] = 0
    control = {"random_weights": heat[::-1]}
    sought, both = describe(packed), {"network": heat, "gradcam": even, **control}
    mapped = localise(name, sought, both, "map", EVALUATE, 0)
    plain = localise(name, sought, {"network": even, **control}, "gradcam", EVALUATE, 0)
    return {
        "heat_map": partial(
            draw_overlays, packed, rows, Explained(probabilities, heat), mapped.summary, even, name
        ),
        "heat_gradcam": partial(
            draw_overlays, packed, rows, Explained(probabilities, even), plain.summary, None, name
        ),
        "froc": partial(draw_free_response, mapped, name),
    }


def of_data(folder: Path) -> Drawn:
    """Return the figures of a data set.

    Args:
        folder: An empty one, for its files.
    """
    save_files(folder)
    found = found_table(KEPT, LEFT_OUT, PAIRS)
    packed = radiographs(48)
    views = [np.stack([fit(image[..., 0], SIDE)[..., None] for image in packed.images[:3]])] * 5
    step = judged()
    return {
        "overview": partial(audit.overview, make_audit(), 0.7),
        "opposite_labels": partial(audit_sheets.opposite_labels, found, folder),
        "duplicates": partial(audit_sheets.duplicates, PAIRS, found, folder),
        "left_out": partial(audit_sheets.left_out, LEFT_OUT, folder),
        "samples": partial(sheets.sample_sheet, packed, "plain"),
        "augmented": partial(sheets.augmentation_sheet, views),
        "two_step": partial(
            two_step_figure.draw, [step], looks(each.system for each in step.systems)
        ),
    }
