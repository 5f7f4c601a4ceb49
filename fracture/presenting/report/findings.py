"""Everything that the report tells of, as it was read."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from fracture.artifacts.audit import Audit
from fracture.artifacts.comparison import Comparison
from fracture.artifacts.compositions import Composition
from fracture.artifacts.external import External
from fracture.artifacts.gate import Leakage
from fracture.artifacts.localisation import Localisation
from fracture.artifacts.scores import Scores
from fracture.console import PipelineError
from fracture.params.systems import all_systems
from fracture.presenting.report.blocks import Figure, Image
from fracture.presenting.words import count


@dataclass(frozen=True)
class PartCounts:
    """What a part of the split holds; None: the data set names none of these."""

    groups: int
    patients: int | None
    studies: int | None
    radiographs: int
    fractured: int

    @property
    def rate(self) -> float | None:
        """Share of fractured radiographs, 0 to 1; None for an empty part."""
        return self.fractured / self.radiographs if self.radiographs else None


@dataclass(frozen=True)
class Findings:
    """What the stages before left.

    Attributes:
        parameters: params.yaml, as read.
        audit: Of the data set and its split.
        gate: What the parts of the split share.
        parts: Counts of train, validation and test.
        comparison: All models and ensembles side by side.
        ensembles: By name, perhaps none. The page calls them models too, where it can.
        systems: Scores of all models and ensembles by name, the one chosen first.
        localisations: By model; an ensemble has none.
        externals: Other data sets, perhaps none.
        histories: Epochs by model, see fracture/artifacts/history.py; an ensemble has none.
        fingerprints: First digits of the SHA-256 of what a run depends on, by file.
        packages: Versions that uv.lock names, by package.
        images: Pictures by the path of their file; what is absent is not there.
    """

    parameters: dict[str, Any]
    audit: Audit
    gate: Leakage
    parts: dict[str, PartCounts]
    comparison: Comparison
    ensembles: dict[str, Composition]
    systems: dict[str, Scores]
    localisations: dict[str, Localisation]
    externals: list[External]
    histories: dict[str, pd.DataFrame]
    fingerprints: dict[str, str]
    packages: dict[str, str]
    images: dict[Path, Image]

    @property
    def winner(self) -> Scores:
        """Scores of the model that validation chose."""
        return self.systems[self.comparison.ranking[0]]

    @property
    def ensemble(self) -> Composition | None:
        """The model that validation chose, if it is an ensemble."""
        return self.ensembles.get(self.winner.model)

    @property
    def networks(self) -> list[str]:
        """Models whose networks the model chosen is: itself, or the members of the ensemble."""
        return list(self.ensemble.weights) if self.ensemble else [self.winner.model]

    @property
    def counted(self) -> str:
        """How many models and ensembles there are."""
        models = count(len(self.systems) - len(self.ensembles), "model")
        several = count(len(self.ensembles), "ensemble")
        return f"{models} and {several} of them" if self.ensembles else models

    @property
    def confidence(self) -> str:
        """Of every interval, in percent."""
        return f"{100 * self.comparison.confidence:g} %"

    def figure(self, path: Path, alt: str, caption: str) -> Figure:
        """Return a figure with its picture, if there is one."""
        return Figure(str(path), alt, caption, self.images.get(path))


def require_one_run(findings: Findings) -> None:
    """Refuse artifacts of different runs: the page would mix them.

    Raises:
        PipelineError: Models or data sets differ between params.yaml and the artifacts.
    """
    known = set(all_systems(findings.parameters))
    if odd := sorted(known ^ set(findings.comparison.ranking)):
        raise PipelineError(
            f"params.yaml and the comparison differ in model {odd[0]}: run `dvc repro compare`"
        )
    dataset = findings.parameters["dataset"]
    named = {
        "the audit is": findings.audit.dataset,
        "the comparison is": findings.comparison.dataset,
        "the gate is": findings.gate.dataset,
    } | {f"the scores of {name} are": scores.dataset for name, scores in findings.systems.items()}
    for what, other in named.items():
        if other != dataset:
            raise PipelineError(
                f"{what} of data set {other}, params.yaml chooses {dataset}: run `dvc repro`"
            )
