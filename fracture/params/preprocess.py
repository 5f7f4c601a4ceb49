"""The sections of params.yaml that say how radiographs are resized and enhanced."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from fracture.params.section import Fraction, Section


class Preprocess(Section):
    """How large a packed radiograph is."""

    size: Annotated[int, Field(ge=16, le=2048)]


class Canny(Section):
    """Edges after Canny (1986), blended into the radiograph."""

    step: Literal["canny"]
    blur: Annotated[float, Field(ge=0, le=20)]
    low: Annotated[float, Field(ge=0, le=1020)]
    high: Annotated[float, Field(ge=0, le=1020)]
    blend: Fraction

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.low > self.high:
            raise ValueError(f"canny: low is {self.low}, above high, {self.high}: exchange them")
        return self


class Variant(Section):
    """What is done to a scaled radiograph, step after step."""

    steps: list[Canny]
