"""The section of params.yaml that says what a leak between the parts of a split does."""

from typing import Literal

from fracture.params.section import Section


class Gate(Section):
    """Whether a leak ends the pipeline, or is written down and gone past."""

    on_leak: Literal["fail", "report"]
