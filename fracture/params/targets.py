"""The section `targets` of params.yaml: what models may predict."""

from typing import Annotated

from pydantic import Field

from fracture.params.section import Section


class TargetSection(Section):
    """An entry of `targets`.

    Used by fracture/targets.

    Attributes:
        column: Of the radiographs: `fractured`, `body_part`, `view`, or a further labelled column
            that the data set has.
        least: How many training radiographs a class must have; the radiographs of a smaller one
            are neither learnt from nor scored.
        ignored: Texts that are no class.
    """

    column: Annotated[str, Field(min_length=1)]
    least: Annotated[int, Field(ge=1)]
    ignored: list[str]
