"""Artifacts that are missing, damaged or of another version are told in one line."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd

from fracture.console import PipelineError


def remedy(stage: str) -> str:
    """Return what makes an artifact anew that is not as it should be."""
    return f"run `make doctor`, then `dvc repro {stage}`"


@contextmanager
def reading(source: Path, stage: str) -> Iterator[None]:
    """Name the artifact, and what makes it anew, where reading it raises an error.

    Args:
        source: The file, or the folder.
        stage: The DVC stage that makes it, such as `train@resnet50`.

    Raises:
        PipelineError: It is not there, it is damaged, or another version of the pipeline wrote it.
    """
    try:
        yield
    except FileNotFoundError:
        raise PipelineError(f"{source} not found: run `dvc repro {stage}`") from None
    # HDF5 raises an OSError without a number for a file that is none of its own.
    except (AttributeError, EOFError, LookupError, OSError, TypeError, ValueError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        found = " ".join(str(error).split())[:200] or type(error).__name__
        raise PipelineError(
            f"{source} is damaged, or another version of the pipeline wrote it ({found}): "
            f"{remedy(stage)}"
        ) from None


def read_table(
    source: Path, stage: str, columns: Sequence[str], kinds: Mapping[str, type], **options: Any
) -> pd.DataFrame:
    """Read a CSV that has exactly these columns, in their order; texts are never missing values.

    Args:
        source: The file.
        stage: As for `reading`.
        columns: Of this version of the pipeline.
        kinds: What is in them; texts in those not named.
        **options: Of `pandas.read_csv`.

    Raises:
        PipelineError: As for `reading`, or it has other columns.
    """
    with reading(source, stage):
        dtypes = {column: kinds.get(column, str) for column in columns}
        table = pd.read_csv(source, dtype=dtypes, keep_default_na=False, **options)
        require_columns(source, stage, table, columns)
    return table


def require_columns(source: Path, stage: str, found: pd.DataFrame, expected: Sequence[str]) -> None:
    """Require the columns of this version of the pipeline.

    Args:
        source: The table.
        stage: As for `reading`.
        found: Its rows.
        expected: The columns of this version.

    Raises:
        PipelineError: They are others.
    """
    if list(found) != list(expected):
        raise PipelineError(
            f"{source} has the columns {', '.join(map(str, found))}; expected "
            f"{', '.join(expected)}: {remedy(stage)}"
        )
