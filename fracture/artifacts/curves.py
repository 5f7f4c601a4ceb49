"""Tables behind the figures, of each system and of all: CSV that `dvc plots` draws."""

from collections.abc import Mapping
from pathlib import Path
from typing import Literal, get_args

import pandas as pd

from fracture.artifacts import history, pictures
from fracture.artifacts.atomic import replacing
from fracture.artifacts.reading import reading, require_columns

Curve = Literal["roc", "precision_recall", "calibration", "history"]
"""What is drawn of all systems in one chart; a history is of models alone."""
CURVES: tuple[Curve, ...] = get_args(Curve)

CONFUSION = Path("plots/comparison/confusion.csv")
"""The confusion of the headline's system, as of each system beside its pictures."""

COLUMNS: dict[str, list[str]] = {
    "roc": ["false_positive_rate", "sensitivity", "low", "high"],
    "roc_by_class": ["class", "false_positive_rate", "sensitivity"],
    "precision_recall": ["sensitivity", "precision", "low", "high"],
    "calibration": ["predicted", "observed", "low", "high", "uncalibrated", "n"],
    "confusion": ["actual", "predicted"],
    "history": history.COLUMNS,
}
"""By table; fracture/judging/curves.py says what they mean. There is a ROC by class where there are
more than two."""


def path(system: str, table: str) -> Path:
    """Return the path of a table of a system.

    Args:
        system: A key of `models` or `systems` in params.yaml.
        table: A key of `COLUMNS`.
    """
    if table == "history":
        return history.path(system.partition(".")[0])  # of a further target, that of its model
    return pictures.folder(system) / f"{table}.csv"


def comparison_path(curve: Curve) -> Path:
    """Return where a curve of all systems stands."""
    return CONFUSION.with_name(f"{curve}.csv")


def write(tables: Mapping[str, pd.DataFrame], folder: Path) -> None:
    """Write tables of a system, numbers with six significant digits.

    Args:
        tables: By keys of `COLUMNS`; columns that are not in `COLUMNS` are left out.
        folder: That of the system, see `pictures.folder`.
    """
    for name, table in tables.items():
        with replacing(folder / f"{name}.csv") as beside:
            table[COLUMNS[name]].to_csv(
                beside, index=False, lineterminator="\n", float_format="%.6g"
            )


def read(system: str, table: str) -> pd.DataFrame:
    """Read a table of a system.

    Args:
        system: A key of `models` or `systems` in params.yaml.
        table: A key of `COLUMNS`.

    Raises:
        PipelineError: It is not there, damaged, or of another version of the pipeline.
    """
    source = path(system, table)
    stage = f"train@{source.parent.name}" if table == "history" else "evaluate"
    with reading(source, stage):
        rows = pd.read_csv(source)
    require_columns(source, stage, rows, COLUMNS[table])
    return rows


def write_confusion(system: str) -> None:
    """Write the confusion of the headline's system once more where `dvc plots` finds it.

    Args:
        system: Of the headline.
    """
    with replacing(CONFUSION) as beside:
        read(system, "confusion").to_csv(beside, index=False, lineterminator="\n")


def write_comparison(curve: Curve, systems: list[str]) -> None:
    """Write one curve of several systems into one table; its first column, `model`, names them.

    Args:
        curve: Of a history, the first training seed alone.
        systems: In the order of the rows, perhaps none; models alone for a history.
    """
    tables = [pd.DataFrame(columns=["model", *COLUMNS[curve]])]
    for name in systems:
        table = read(name, curve)
        if curve == "history":
            table = table[table["seed"] == table["seed"].iloc[0]]
        tables.append(table.assign(model=name)[["model", *COLUMNS[curve]]])
    with replacing(comparison_path(curve)) as beside:
        pd.concat(tables[1:] or tables).to_csv(beside, index=False, lineterminator="\n")
