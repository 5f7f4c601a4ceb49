"""What the stage `inputs` says of each model: whether the run names it. Imports next to nothing."""

from pathlib import Path

from fracture.artifacts.atomic import leave_note

FOLDER = Path("data/inputs/train")
PART, NO_PART = "part of the run", "no part of the run"

NETWORKS, PREDICTIONS = Path("data/models"), Path("data/predictions")
PICTURES = Path("plots/models")
LEAVES = {"train": (NETWORKS,), "predict": (PREDICTIONS, PICTURES)}
"""By stage, where the folder of a model stands that it leaves."""


def is_asked_for(model: str) -> bool:
    """Return whether a model is part of the run; so is one of which `inputs` has said nothing."""
    file = FOLDER / f"{model}.txt"
    return not file.is_file() or file.read_text(encoding="utf-8").strip() != NO_PART


def pass_over(stage: str, model: str) -> None:
    """Leave notes where a stage would leave what it makes of a model."""
    for folder in LEAVES[stage]:
        leave_note(folder / model)
