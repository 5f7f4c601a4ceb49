"""Tiny artifacts of a model."""

from pathlib import Path
from typing import Any

import pandas as pd
from ruamel.yaml import YAML

from stages.artifacts import history, network, scores
from stages.params.section import load

MODELS = ["first", "second"]


def make_scores(model: str) -> scores.Scores:
    part: scores.Values = {"n": 40, "positives": 12, "groups": 20, "auroc": 0.75, "log_loss": None}
    return scores.Scores(
        model=model,
        dataset="synthetic",
        synthetic=True,
        threshold=0.375,
        confidence=0.95,
        validation=part,
        test=part
        | {"recall": 0.5, "specificity": 1.0, "auroc_low": 0.625, "auroc_high": None}
        | {"auroc_draws": 2000},
        at_half={"accuracy": 0.875, "precision": None},
        classes={name: {"recall": 0.5, "support": 20} for name in scores.CLASSES},
        confusion={"tn": 28, "fp": 0, "fn": 6, "tp": 6},
    )


def make_history() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "epoch": [1, 2, 3],
            "phase": ["frozen", "frozen", "finetune"],
            "loss": [0.75, 0.5, 0.25],
            "auc": [0.5, 0.625, 0.75],
            "validation_loss": [1.0, 0.75, 0.5],
            "validation_auc": [None, 0.5, 0.625],
            "learning_rate": [0.01, 0.01, 0.001],
        }
    )


def make_model(name: str) -> None:
    history.write(make_history(), history.path(name))
    scores.write(make_scores(name), scores.path(name))
    scores.plots(name).joinpath("roc.png").write_bytes(b"png " + name.encode())
    folder = network.path(name)
    folder.mkdir(parents=True)
    (folder / "network.json").write_text("{}")
    (folder / "network.weights.h5").write_bytes(b"weights " + name.encode())


def change_parameters(**values: Any) -> None:
    parameters = load()
    for path, value in values.items():
        *parents, last = path.split("__")
        section = parameters
        for parent in parents:
            section = section[parent]
        section[last] = value
    YAML().dump(parameters, Path("params.yaml"))
