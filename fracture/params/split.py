"""The sections of params.yaml that say how radiographs are split, and what a leak does."""

from typing import Annotated, Literal

from pydantic import Field

from fracture.params.section import Place, Section

Share = Annotated[float, Field(gt=0, lt=0.5, multiple_of=0.05)]


class Split(Section):
    """Whose split it is: given, else shipped with the data set, else drawn here.

    Used by fracture/splitting/given.py and fracture/splitting/draw.py.

    Attributes:
        given: A CSV file that names the part of each radiograph; relative to the working directory.
        shipped: Keys of `datasets` whose own split is kept, where they have one.
        validation: Share of the radiographs, in steps of 0.05. Where a shipped split has no
            validation part, validation is drawn from its training part, in the same proportion to
            what stays for training: validation / (1 - test) of it.
        test: Likewise; the rest is for training. A shipped or given test part is kept as it is.
        on_miss: What a drawn part does whose share is off by more than five points, as a large
            group can make it: see fracture/splitting/misses.py.
    """

    given: Place | None
    shipped: list[str]
    validation: Share
    test: Share
    on_miss: Literal["fail", "report"]

    def drawn(self, dataset: str, *, ships: bool) -> bool:
        """Return whether the split of a data set is drawn here, test part and all.

        Args:
            dataset: A key of `datasets`.
            ships: Whether the copy at hand has parts of its own; not every copy has.
        """
        return self.given is None and not (ships and dataset in self.shipped)


class Gate(Section):
    """Whether a leak ends the pipeline, or is written down and gone past: see stages/gate.py."""

    on_leak: Literal["fail", "report"]
