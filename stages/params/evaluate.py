"""The section of params.yaml that says how predictions are scored."""

from typing import Annotated, Literal

from pydantic import Field

from stages.params.section import Fraction, Section


class Evaluate(Section):
    """The operating point and the bootstrap."""

    threshold: Literal["youden"] | Fraction
    draws: Annotated[int, Field(ge=100, le=100_000)]
    confidence: Annotated[float, Field(gt=0, lt=1)]
