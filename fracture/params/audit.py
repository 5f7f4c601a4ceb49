"""The section of params.yaml that says how hard the audit looks for shortcuts to the label."""

from typing import Annotated

from pydantic import Field

from fracture.params.section import Section


class Audit(Section):
    """Leaves of the tree that guesses from one column; the test AUROC above which it is flagged."""

    leaves: Annotated[int, Field(ge=2, le=256)]
    suspicious: Annotated[float, Field(ge=0.5, le=1)]
