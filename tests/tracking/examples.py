"""Tiny artifacts of a model."""

from pathlib import Path
from typing import Any

import pandas as pd
from ruamel.yaml import YAML

from fracture.artifacts import (
    history,
    localisation,
    network,
    pictures,
    predictions,
    scores,
    trained,
)
from fracture.artifacts.localisation import CONTROLS, Localisation, Measure, Small
from fracture.artifacts.row import Estimate
from fracture.artifacts.scores import Confusion, Level, Part, Point, Scores, SeedScores, Spread
from fracture.judging.scores import DECISION, PROBABILITY, RANKING
from fracture.params.section import load
from fracture.targets import CLASSES
from fracture.tracking.record import Record, by_key
from tests.run_files import leave_systems, make_mean, make_system, make_trained

MODELS = ["first", "second"]
STATE = "demo on synthetic, headline first"
POINTS = ["balanced", "sensitive", "specific", "half"]


def estimate(value: float | None) -> Estimate:
    """Return an estimate whose interval reaches an eighth to both sides."""
    if value is None:
        return Estimate(value=None)
    return Estimate(value=value, low=value - 0.125, high=value + 0.125)


def make_point() -> Point:
    return Point(
        confusion=Confusion(tn=28, fp=0, fn=6, tp=6),
        scores={name: estimate(0.625) for name in DECISION}
        | {"sensitivity": estimate(0.5), "precision": estimate(None)},
    )


def make_part() -> Part:
    return Part(
        n=40,
        positives=12,
        groups=20,
        counts=[28, 12],
        confusion=None,
        scores={
            name: estimate(0.375)
            for name in [*RANKING, *PROBABILITY, "calibration_error_beyond_chance"]
        }
        | {"auroc": estimate(0.75), "log_loss": estimate(None)},
        uncalibrated={name: estimate(0.5) for name in PROBABILITY},
        points={name: make_point() for name in POINTS},
    )


def make_level() -> Level:
    return Level(
        temperature=1.5,
        thresholds=dict(zip(POINTS, (0.375, 0.25, 0.75, 0.5), strict=True)),
        validation=make_part(),
        test=make_part(),
    )


def make_scores(model: str, seeds: tuple[int, ...] = (0,), studies: bool = False) -> Scores:
    return Scores(
        model=model,
        target="fractured",
        classes=list(CLASSES),
        where={},
        dataset="synthetic",
        synthetic=True,
        headline="balanced",
        confidence=0.95,
        draws=2000,
        images=make_level(),
        studies=make_level() if studies else None,
        unsure=None,
        subgroups={"view": {"frontal": make_part(), "lateral": make_part()}},
        least_subgroup=10,
        seeds={
            str(seed): SeedScores(
                validation_auroc=estimate(0.75), auroc=estimate(0.75 + position / 16)
            )
            for position, seed in enumerate(seeds)
        },
        spread=Spread(
            mean=0.75,
            deviation=0.0625 if len(seeds) > 1 else None,
            least=0.75,
            most=0.75 + (len(seeds) - 1) / 16,
        ),
        served=make_level() if len(seeds) > 1 else None,
        notes=[],
        footprint=None,
        localisation=None,
    )


def make_localisation(model: str, n: int = 12) -> Localisation:
    def of(value: float) -> Estimate:
        return estimate(value if n else None)

    def measure(network: float) -> Measure:
        return Measure(
            network=of(network),
            gradcam=None,
            random_weights=of(0.25),
            centred_blob=of(0.125),
            gain={control: of(0.375) for control in CONTROLS},
        )

    return Localisation(
        model=model,
        kind="gradcam",
        dataset="synthetic",
        synthetic=True,
        confidence=0.95,
        draws=2000,
        n=n,
        fractures=n + 3 if n else 0,
        normal=2 * n,
        groups=n // 2,
        empty=n // 4,
        empty_random_weights=n // 3,
        box_area=of(0.0625),
        mark_share=0.5,
        pointing=measure(0.625),
        energy=measure(0.5),
        sensitivity={"0.1": measure(0.25), "0.5": measure(0.5), "1": measure(0.75)},
        average_precision=measure(0.3125),
        small=Small(
            side=30,
            n=n // 2,
            fractures=n // 2,
            pointing=measure(0.4375),
            sensitivity={"0.1": measure(0.125), "0.5": measure(0.25), "1": measure(0.375)},
        ),
    )


def make_history(seeds: tuple[int, ...] = (0,)) -> pd.DataFrame:
    one = pd.DataFrame(
        {
            "trained_on": "",
            "epoch": [1, 2, 3],
            "phase": ["frozen", "frozen", "finetune"],
            "loss": [0.75, 0.5, 0.25],
            "auc": [0.5, 0.625, 0.75],
            "validation_loss": [1.0, 0.75, 0.5],
            "validation_auc": [None, 0.5, 0.625],
            "learning_rate": [0.01, 0.01, 0.001],
        }
    )
    return pd.concat([one.assign(seed=seed) for seed in seeds], ignore_index=True)


def make_model(name: str, seeds: tuple[int, ...] = (0,)) -> None:
    trained.write(make_trained(seeds), network.folder(name))
    history.write(make_history(seeds), history.path(name))
    scores.write(make_scores(name, seeds), scores.path(name))
    localisation.write(make_localisation(name), localisation.path(name))
    pictures.folder(name).mkdir(parents=True, exist_ok=True)
    predictions.plots(name).mkdir(parents=True, exist_ok=True)
    for figure in ("heatmaps.png", "roc.png"):
        pictures.folder(name).joinpath(figure).write_bytes(b"png " + name.encode())
    for seed in seeds:
        folder = network.path(name, seed)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "network.json").write_text("{}")
        (folder / "network.weights.h5").write_bytes(b"weights " + name.encode())


def make_ensemble(name: str) -> None:
    """Name an ensemble of both models in params.yaml, and leave what its stages would."""
    change_parameters(
        systems={name: {"mean_of": MODELS, "weights": {"selected": 3}}}, run=[*MODELS, name]
    )
    mean = make_mean(name, ["second", "first", "first"])
    leave_systems({}, [*map(make_system, MODELS), mean])
    scores.write(make_scores(name), scores.path(name))
    pictures.folder(name).mkdir(parents=True)
    pictures.folder(name).joinpath("roc.png").write_bytes(b"png")


def key(record: Record) -> str:
    """Return the key of a record."""
    (found,) = by_key([record])
    return found


def change_parameters(**values: Any) -> None:
    parameters = load()
    for path, value in values.items():
        *parents, last = path.split("__")
        section = parameters
        for parent in parents:
            section = section[parent]
        section[last] = value
    YAML().dump(parameters, Path("params.yaml"))


def runs(uri: str) -> dict[str, Any]:
    """Return the runs of the experiment by name, which no two share."""
    from mlflow import MlflowClient  # noqa: PLC0415 - warns while it is imported

    client = MlflowClient(uri)
    experiment = client.get_experiment_by_name("bone-fracture-classification")
    found = client.search_runs([experiment.experiment_id], order_by=["attributes.start_time"])
    by_name = {run.info.run_name: run for run in found}
    assert len(by_name) == len(found)
    return by_name
