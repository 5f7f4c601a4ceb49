"""The sections of params.yaml that name the data set and say where and what it is."""

from typing import Annotated, Any

from pydantic import Field

from stages.params.section import Fraction, Section, at, require


class Synthetic(Section):
    """Drawn radiographs; see stages/ingest/datasets/synthetic."""

    root: str
    patients: Annotated[int, Field(ge=20, le=100_000)]
    fracture_rate: Fraction
    implant_rate: Fraction
    duplicate_rate: Fraction


class FracAtlas(Section):
    """The FracAtlas folder; see stages/ingest/datasets/fracatlas.py."""

    root: str


DATASETS: dict[str, type[Synthetic | FracAtlas]] = {
    "synthetic": Synthetic,
    "fracatlas": FracAtlas,
}


def chosen_dataset(parameters: dict[str, Any]) -> tuple[str, Synthetic | FracAtlas]:
    """Return the name and the section of the data set that params.yaml chooses.

    Raises:
        PipelineError: There is no such data set, or its section is not valid.
    """
    name = at(parameters, "dataset")
    require(name, at(parameters, "datasets"), "dataset")
    require(name, DATASETS, "dataset")
    section = at(parameters, "datasets", name)
    return name, DATASETS[name].parse(section, f"datasets.{name}")
