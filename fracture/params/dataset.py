"""What the sections of all data sets have in common."""

from typing import Annotated, ClassVar

from pydantic import Field

from fracture.params.section import Place, Section


class DataSet(Section):
    """What every data set says of itself: the folder that holds it, and who may see pictures of it.

    Attributes:
        meaning: What its label says, where the pipeline says `fractured`.
        pictures_under: The licence under which small pictures of its radiographs may be passed on
            with a bundle, and whom it wants to be named; None: they may not.
    """

    meaning: ClassVar[str] = "the data set calls the radiograph fractured"
    root: Place
    pictures_under: Annotated[str, Field(min_length=1)] | None = None
