"""How the networks were trained, and how far that went."""

import pandas as pd

from fracture.artifacts.scores import number
from fracture.presenting.report.blocks import Figure, Section, Table, Text
from fracture.presenting.report.findings import Findings
from fracture.presenting.report.pictures import of_model
from fracture.presenting.words import count


def training(findings: Findings) -> Section:
    """Show the epochs and the best validation loss of each training."""
    return Section(
        "Training",
        (
            Text(
                "The loss on validation judges the epochs: with a patience in params.yaml the best "
                "one is kept, without it the last. A loss that still falls at the last epoch says "
                "that the training was cut short."
            ),
            Table(
                "Trainings by model and seed",
                (
                    "model", "seed", "epochs", "best epoch", "validation loss there",
                    "validation AUROC there",
                ),
                tuple(
                    _row(model, str(seed), table)
                    for model, history in findings.histories.items()
                    for seed, table in history.groupby("seed", sort=False)
                ),
            ),
            *(curves(findings, model) for model in findings.networks),
        ),
    )  # fmt: skip


def curves(findings: Findings, model: str) -> Figure:
    """Return the figure of a model's training."""
    epochs = count(len(findings.histories[model]), "epoch")
    return findings.figure(
        of_model(model, "training"),
        f"Loss and AUROC of {model} on training and validation radiographs over {epochs}.",
        f"The training of {model}.",
    )


def _row(model: str, seed: str, history: pd.DataFrame) -> tuple[str, ...]:
    epochs = len(history)
    losses = history["validation_loss"]
    if losses.isna().all():
        return model, seed, f"{epochs}", "-", "-", "-"
    best = history.iloc[int(losses.argmin())]
    auc = None if pd.isna(best["validation_auc"]) else float(best["validation_auc"])
    loss = number(float(best["validation_loss"]))
    return model, seed, f"{epochs}", f"{best['epoch']}", loss, number(auc)
