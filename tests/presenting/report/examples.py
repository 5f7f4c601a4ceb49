"""Tiny artifacts of every stage, as one run would leave them."""

from pathlib import Path
from typing import Any

from PIL import Image
from ruamel.yaml import YAML

from fracture.artifacts import (
    audit,
    built,
    comparison,
    external,
    gate,
    history,
    localisation,
    manifest,
    scores,
    splits,
    two_step,
)
from fracture.artifacts.comparison import Comparison
from fracture.artifacts.external import External
from fracture.artifacts.localisation import Localisation, Measure, Small
from fracture.artifacts.row import Estimate
from fracture.artifacts.scores import (
    Confusion,
    Level,
    Part,
    Point,
    Scores,
    SeedScores,
    Spread,
)
from fracture.artifacts.systems import System
from fracture.artifacts.trained import Footprint
from fracture.presenting.report.sources import wanted
from fracture.targets import CLASSES
from tests.judging.examples import REACHED
from tests.presenting.report.audits import (
    CITATION,
    LOCK,
    make_audit,
    make_history,
    make_leakage,
    make_radiographs,
)
from tests.run_files import leave_systems, make_system

MODELS = ("best", "middle", "last_canny")
POINTS = {"balanced": 0.4, "sensitive": 0.2, "specific": 1.1, "half": 0.5}
UNDEFINED = Estimate(value=None)
FOOTPRINT = Footprint(
    networks=1,
    parameters=2_257_984,
    trained=1_281,
    multiply_adds=300_000_000,
    bytes=9_200_000,
    epochs=12,
    radiographs=2_400,
)


def estimate(value: float) -> Estimate:
    return Estimate.rounded(value, value - 0.05, value + 0.05)


def part(auroc: float | None, n: int = 116, positives: int = 48) -> Part:
    ranking = {
        name: UNDEFINED if auroc is None else estimate(auroc)
        for name in (
            "auroc", "average_precision", "sensitivity_at_specificity_90",
            "sensitivity_at_specificity_95", "specificity_at_sensitivity_90",
            "specificity_at_sensitivity_95",
        )
    }  # fmt: skip
    names = ("log_loss", "brier", "calibration_error", "calibration_error_beyond_chance")
    probability = {name: estimate(0.3) for name in names}
    tp, fp = positives - 5, 7
    point = Point(
        confusion=Confusion(tn=n - positives - fp, fp=fp, fn=5, tp=tp),
        scores={
            name: estimate(0.8)
            for name in (
                "accuracy", "balanced_accuracy", "sensitivity", "specificity", "precision",
                "negative_predictive_value", "f1", "kappa", "mcc",
            )
        },
    )  # fmt: skip
    return Part(
        n=n,
        positives=positives,
        groups=74,
        counts=[n - positives, positives],
        confusion=None,
        scores=ranking | probability,
        uncalibrated=probability,
        points=dict.fromkeys(POINTS, point),
    )


def make_scores(model: str, auroc: float, **changes: Any) -> Scores:
    level = Level(
        temperature=1.25, thresholds=POINTS, validation=part(auroc + 0.01, 58, 25), test=part(auroc)
    )
    fields = {
        "model": model,
        "target": "fractured",
        "classes": list(CLASSES),
        "where": {},
        "dataset": "synthetic",
        "synthetic": True,
        "headline": "balanced",
        "confidence": 0.95,
        "draws": 2000,
        "images": level,
        "studies": level,
        "unsure": REACHED,
        "subgroups": {
            "body part": {"hand": part(auroc - 0.1, 40, 20), "hip": part(auroc, 40, 20)},
            "view": {"frontal": part(None, 36, 8), "lateral": part(auroc + 0.02, 80, 40)},
        },
        "least_subgroup": 10,
        "seeds": {
            str(seed): SeedScores(validation_auroc=estimate(auroc), auroc=estimate(value))
            for seed, value in enumerate((auroc, auroc - 0.02))
        },
        "spread": Spread(mean=auroc, deviation=0.014, least=auroc - 0.02, most=auroc),
        "served": level,
        "notes": [],
        "footprint": FOOTPRINT,
        "localisation": None,
    }
    return Scores(**(fields | changes))


def make_comparison(models: tuple[str, ...] = MODELS, **changes: Any) -> Comparison:
    test = comparison.Test(p=0.0004, p_holm=0.012)
    pairs = [
        comparison.Pair(
            first=first,
            second=second,
            difference=Estimate(value=0.1, low=0.02, high=0.18),
            bootstrap=test,
            delong=comparison.Test(p=None, p_holm=None),
            mcnemar=test,
            only_first_right=12,
            only_second_right=3,
            verdict="better" if second == models[-1] else "not distinguishable",
        )
        for i, first in enumerate(models)
        for second in models[i + 1 :]
    ]
    fields: dict[str, Any] = {
        "target": "fractured",
        "classes": list(CLASSES),
        "where": {},
        "dataset": "synthetic",
        "synthetic": True,
        "confidence": 0.95,
        "draws": 2000,
        "ranking": list(models),
        "unranked": [],
        "baselines": [
            comparison.Baseline(name="hash look-up", validation_auroc=None, auroc=estimate(0.5)),
            comparison.Baseline(
                name="shortcut: image number", validation_auroc=0.6, auroc=estimate(0.55)
            ),
        ],
        "spreads": [
            comparison.Spread(
                model=model, seeds=2, mean=0.8, deviation=0.014, least=0.79, most=0.81
            )
            for model in models
        ],
        "pairs": pairs,
        "ablations": [
            comparison.Ablation(
                backbone="deepconvnet",
                variant="canny",
                plain=models[0],
                other=models[-1],
                difference=Estimate(value=-0.031, low=-0.07, high=0.01),
                test=test,
                verdict="not distinguishable",
            )
        ],
    }
    return Comparison(**(fields | changes))


def make_localisation(model: str, n: int = 40, gradcam: bool = False) -> Localisation:
    """Return that of a model; with `gradcam` of one that has a fracture map."""
    measured = estimate(0.6) if n else UNDEFINED
    beyond = {"gradcam": Estimate(value=0.3, low=0.2, high=0.4)} if gradcam else {}
    measure = Measure(
        network=measured,
        gradcam=estimate(0.3) if gradcam else None,
        random_weights=measured,
        centred_blob=measured,
        gain=beyond
        | {
            "random_weights": Estimate(value=0.2, low=0.1, high=0.3) if n else UNDEFINED,
            "centred_blob": Estimate(value=0.05, low=-0.1, high=0.2) if n else UNDEFINED,
        },
    )
    return Localisation(
        model=model,
        kind="map" if gradcam else "gradcam",
        dataset="synthetic",
        synthetic=True,
        confidence=0.95,
        draws=2000,
        n=n,
        fractures=n + n // 4,
        normal=2 * n,
        groups=n // 2,
        empty=1 if n else 0,
        empty_random_weights=0,
        box_area=measured,
        mark_share=0.5,
        pointing=measure,
        energy=measure,
        sensitivity=dict.fromkeys(("0.1", "0.5", "1"), measure),
        average_precision=measure,
        small=Small(
            side=30,
            n=n // 2,
            fractures=n // 2 + 1,
            pointing=measure,
            sensitivity=dict.fromkeys(("0.1", "0.5", "1"), measure),
        ),
    )


def make_external(models: tuple[str, ...] = MODELS) -> External:
    return External(
        name="elsewhere",
        dataset="fracatlas",
        synthetic=False,
        trained_on="synthetic",
        found=100,
        left_out={"truncated": 4},
        confidence=0.95,
        draws=2000,
        parts={model: part(0.61, 96, 30) for model in models},
        drop={model: Estimate(value=0.17, low=0.05, high=0.29) for model in models},
        passed_over={},
    )


def save_run(
    parameters: dict[str, Any],
    models: tuple[str, ...] = MODELS,
    averages: tuple[System, ...] = (),
) -> None:
    """Write the artifacts of a run into the working directory.

    Args:
        parameters: Of the project.
        models: Names in the order of the ranking, those of ensembles among them.
        averages: The ensembles.
    """
    composed = [each.name for each in averages]
    trained = [name for name in models if name not in composed]
    entries = {
        "models": {
            name: {
                "backbone": "deepconvnet",
                "variant": "canny" if "canny" in name else "plain",
                "target": "fractured",
            }
            for name in trained
        },
        "systems": {each.name: {"mean_of": "all", "weights": {"selected": 3}} for each in averages},
        "model": models[0],
        "run": list(models),
    }
    YAML().dump(parameters | entries, Path("params.yaml"))
    Path("uv.lock").write_text(LOCK)
    Path("CITATION.cff").write_text(CITATION)
    radiographs, split = make_radiographs()
    manifest.write(radiographs)
    splits.write(split)
    audit.write(make_audit())
    gate.write(make_leakage())
    comparison.write([make_comparison(models)])
    two_step.write([])
    built.write([])
    leave_systems({}, [*map(make_system, trained), *averages])
    external.write([make_external(models)])
    for i, model in enumerate(models):
        scores.write(make_scores(model, 0.8123 - i / 50), scores.path(model))
    for model in trained:
        localisation.write(make_localisation(model), localisation.path(model))
        history.write(make_history(), history.path(model))
    chosen = next((each.models for each in averages if each.name == models[0]), models[:1])
    for i, path in enumerate(wanted(list(models), chosen, [], ["plain", "canny"])):
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (2000, 40), (i, 128, 200)).save(path)
