"""The section of params.yaml that says how radiographs are split."""

from typing import Annotated

from pydantic import Field

from stages.params.section import Section

Share = Annotated[float, Field(gt=0, lt=0.5, multiple_of=0.05)]


class Split(Section):
    """Shares of validation and test, in steps of 0.05; the rest is for training."""

    validation: Share
    test: Share
