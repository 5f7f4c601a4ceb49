"""What the sections of all data sets have in common."""

from typing import ClassVar

from fracture.params.section import Place, Section


class DataSet(Section):
    """What every data set says of itself: the folder that holds it.

    Attributes:
        meaning: What its label says, where the pipeline says `fractured`.
    """

    meaning: ClassVar[str] = "the data set calls the radiograph fractured"
    root: Place
