"""How the networks were trained, and how far that went."""

import pandas as pd

from stages.artifacts.scores import number
from stages.report.blocks import Section, Table, Text
from stages.report.findings import Findings
from stages.report.pictures import of_model
from stages.report.words import count


def training(findings: Findings) -> Section:
    """Show the epochs and the best validation loss of each training."""
    winner = findings.winner.model
    epochs = len(findings.histories[winner])
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
            findings.figure(
                of_model(winner, "training"),
                f"Loss and AUROC of {winner} on training and validation radiographs over "
                f"{count(epochs, 'epoch')}.",
                f"The training of {winner}.",
            ),
        ),
    )  # fmt: skip


def _row(model: str, seed: str, history: pd.DataFrame) -> tuple[str, ...]:
    epochs = len(history)
    losses = history["validation_loss"]
    if losses.isna().all():
        return model, seed, f"{epochs}", "-", "-", "-"
    best = history.iloc[int(losses.argmin())]
    auc = None if pd.isna(best["validation_auc"]) else float(best["validation_auc"])
    loss = number(float(best["validation_loss"]))
    return model, seed, f"{epochs}", f"{best['epoch']}", loss, number(auc)
