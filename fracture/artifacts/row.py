"""JSON artifacts: rows of checked fields, refused in one line where they do not fit."""

import json
import math
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, Self, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, create_model

from fracture.artifacts.atomic import write_json
from fracture.artifacts.reading import reading, remedy
from fracture.console import PipelineError

Count = Annotated[int, Field(ge=0)]


class Row(BaseModel):
    """An object of a JSON artifact: these keys and no other, no NaN or infinity."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


def having(*keys: str) -> AfterValidator:
    """Return a check of a field that is a dictionary: it has these keys."""

    def check(value: dict[str, Any]) -> dict[str, Any]:
        if lacking := set(keys) - value.keys():
            raise ValueError(f"expected the key {min(lacking)}")
        return value

    return AfterValidator(check)


RowType = TypeVar("RowType", bound=Row)


class Estimate(Row):
    """A score with its interval.

    Attributes:
        value: None where it is undefined, such as the AUROC of one class alone.
        low: Lower end of the interval; None where there is none, such as for a single group.
        high: Upper end, likewise.
    """

    value: float | None
    low: float | None = None
    high: float | None = None

    @classmethod
    def rounded(cls, value: float, low: float, high: float) -> Self:
        """Round to six decimals, so that bytes are stable; NaN becomes None."""
        numbers = (None if math.isnan(x) else round(x, 6) for x in (value, low, high))
        return cls(**dict(zip(("value", "low", "high"), numbers, strict=True)))

    @property
    def interval(self) -> str:
        """The ends as people read them."""
        if self.low is None or self.high is None:
            return "-"
        return f"{number(self.low)} to {number(self.high)}"

    def __str__(self) -> str:
        """The value and its interval as people read them."""
        return number(self.value) if self.low is None else f"{number(self.value)} ({self.interval})"


def number(value: float | None) -> str:
    """Return a score as people read it: three decimals, `-` where it is undefined."""
    return "-" if value is None else f"{value:.3f}"


def threshold_text(value: float) -> str:
    """Return a threshold with four digits, as calibrated probabilities may lie close together."""
    return f"{value:.4f}" if value <= 1 else "none: no probability reaches it"


def write_row(row: Row, to: Path) -> None:
    """Write a row as JSON, keys in the order of its fields."""
    write_json(to, row.model_dump())


def read_row(kind: type[RowType], source: Path, stage: str) -> RowType:
    """Read a row that `write_row` wrote.

    Args:
        kind: Class of the row.
        source: The file.
        stage: The DVC stage that makes it, such as `evaluate@resnet50`: errors tell to run it.

    Raises:
        PipelineError: There is no such file, it is no JSON, or its keys are those of another
            version of the pipeline; the first that does not fit is named.
    """
    try:
        with reading(source, stage):
            content = source.read_bytes()
        return kind.model_validate(json.loads(content.decode()))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "its top"
        raise PipelineError(
            f"{source} is not as this version writes it, at {where}: {first['msg'].lower()}; "
            f"{remedy(stage)}"
        ) from None
    except ValueError as error:  # not UTF-8, or not JSON
        raise PipelineError(f"{source} is no JSON: {error}; {remedy(stage)}") from None


def write_rows(name: str, rows: Iterable[Row], to: Path) -> None:
    """Write rows as JSON: a list under a name, perhaps empty.

    Args:
        name: The one key of the file.
        rows: In the order of the list.
        to: The file.
    """
    write_json(to, {name: [row.model_dump() for row in rows]})


def read_rows(name: str, kind: type[RowType], source: Path, stage: str) -> list[RowType]:
    """Read rows that `write_rows` wrote.

    Args:
        name: The one key of the file.
        kind: Class of the rows.
        source: The file.
        stage: As for `read_row`.

    Raises:
        PipelineError: As for `read_row`.
    """
    fields: Any = {name: (list[kind], ...)}  # type: ignore[valid-type]
    whole = read_row(create_model(name, __base__=Row, **fields), source, stage)
    rows: list[RowType] = getattr(whole, name)
    return rows
