"""The section of params.yaml that says which radiographs are fit to learn from."""

from typing import Annotated, Literal

from pydantic import Field

from fracture.params.section import Section

Action = Literal["exclude", "keep", "fail"]


class Ingest(Section):
    """What is done with a radiograph that has a fault, and where the fault begins.

    Attributes:
        truncated: Cut short; where kept, what is missing is grey or black.
        tiny: Shorter side below `smallest_side`, pixels.
        uniform: Standard deviation below `least_deviation`, grey levels.
        colour: Channels apart by more than `largest_chroma`, grey levels, on average.
        conflicting_labels: The same exposure stands in the data set under opposite labels.
    """

    truncated: Action
    tiny: Action
    uniform: Action
    colour: Action
    conflicting_labels: Action
    smallest_side: Annotated[int, Field(ge=1)]
    least_deviation: Annotated[float, Field(ge=0)]
    largest_chroma: Annotated[float, Field(ge=0)]
