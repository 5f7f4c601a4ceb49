"""The section of params.yaml that says what goes to MLflow."""

from typing import Annotated

from pydantic import Field

from fracture.params.section import Section


class Track(Section):
    """Where runs are recorded, and whether the networks go with them."""

    experiment: Annotated[str, Field(min_length=1)]
    networks: bool
