"""Everything that the report says, read once from the artifacts of all stages."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from fracture.artifacts import (
    audit,
    built,
    comparison,
    external,
    gate,
    history,
    localisation,
    manifest,
    scores,
    splits,
    systems,
    two_step,
)
from fracture.artifacts.audit import Audit
from fracture.artifacts.built import Built
from fracture.artifacts.comparison import Comparison
from fracture.artifacts.external import External
from fracture.artifacts.gate import Leakage
from fracture.artifacts.localisation import Localisation
from fracture.artifacts.manifest import Radiograph
from fracture.artifacts.scores import Scores
from fracture.artifacts.splits import PARTS, Part
from fracture.artifacts.systems import System
from fracture.artifacts.two_step import TwoStep
from fracture.console import PipelineError
from fracture.params.run import chosen, variants_of
from fracture.params.section import value_at
from fracture.presenting.report.sources import (
    CITATION,
    FILES,
    LOCK,
    Image,
    Software,
    cited,
    fingerprint,
    locked,
    read_images,
    wanted,
)
from fracture.presenting.words import count


@dataclass(frozen=True)
class PartCounts:
    """How much a part of the split holds; None where the data set does not name them."""

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
        audit: The audit of the data set and its split.
        gate: What the parts of the split share.
        parts: Counts of train, validation and test.
        comparison: The systems of the headline's target side by side.
        further: Likewise those of each further target, perhaps none.
        two_steps: Systems of two steps in full, perhaps none.
        built: Backbones that the recipe builds and the run does not train, perhaps none.
        made: What each system is, by name, in the order in which they are made.
        systems: Scores of all systems by name; the comparisons rank them.
        localisations: How well heatmaps point at fractures, by system; of those that are composed
            only means of models with fracture maps have any.
        externals: Other data sets, perhaps none.
        histories: Epochs by model, see fracture/artifacts/history.py; a composition has none.
        fingerprints: First digits of the SHA-256 of what a run depends on, by file.
        packages: Versions that uv.lock names, by package.
        software: What CITATION.cff says of the pipeline.
        hashed: Whether ids of radiographs are hashes with a private key.
        images: Pictures by the path of their file; what is absent is not there.
    """

    parameters: dict[str, Any]
    audit: Audit
    gate: Leakage
    parts: dict[str, PartCounts]
    comparison: Comparison
    further: list[Comparison]
    two_steps: list[TwoStep]
    built: list[Built]
    made: dict[str, System]
    systems: dict[str, Scores]
    localisations: dict[str, Localisation]
    externals: list[External]
    histories: dict[str, pd.DataFrame]
    fingerprints: dict[str, str]
    packages: dict[str, str]
    software: Software
    hashed: bool
    images: dict[Path, Image]

    @property
    def ranked(self) -> list[Scores]:
        """Scores of the systems of the headline's target, as the comparison ranks them."""
        return [self.systems[name] for name in self.comparison.ranking]

    @property
    def others(self) -> list[Scores]:
        """Scores of all other systems of the headline's target, those not ranked last."""
        names = [*self.comparison.ranking[1:], *self.comparison.unranked]
        return [self.systems[name] for name in names]

    @property
    def winner(self) -> Scores:
        """Scores of the system that validation chose."""
        return self.ranked[0]

    @property
    def headline(self) -> Scores:
        """Scores of the system that params.yaml names."""
        return self.systems[self.parameters["model"]]

    @property
    def composition(self) -> System | None:
        """The system that validation chose, if it is made of others."""
        system = self.made[self.winner.model]
        return None if system.kind == "model" else system

    @property
    def networks(self) -> list[str]:
        """Models whose networks the system chosen is made of."""
        return self.made[self.winner.model].models

    @property
    def models(self) -> dict[str, Any]:
        """Entries of `models` in params.yaml that the run has, by name."""
        models = value_at(self.parameters, "models")
        return {name: models[name] for name in chosen(self.parameters).models}

    @property
    def counted(self) -> str:
        """How many systems of the headline's target are ranked."""
        predict = "predicts" if len(self.ranked) == 1 else "predict"
        return f"{count(len(self.ranked), 'system')} that {predict} {self.comparison.title}"

    @property
    def confidence(self) -> str:
        """Of every interval, in percent."""
        return f"{100 * self.comparison.confidence:g} %"


def gather(parameters: dict[str, Any]) -> Findings:
    """Read the artifacts of all stages.

    Args:
        parameters: params.yaml, as read.

    Raises:
        FileNotFoundError: A stage has not run.
        PipelineError: A stage has not run, or the artifacts are of different runs.
    """
    compared, *further = comparison.read()
    made, trained = systems.read(), chosen(parameters).models
    models = value_at(parameters, "models")
    two_steps = two_step.read()
    best = [one.ranking[0] for one in further]
    radiographs, parts = manifest.read(), splits.read()
    manifest.require_same(radiographs, parts)
    scored = {name: scores.read(name) for name in made}
    means = {name: one.localisation for name, one in scored.items() if one.localisation}
    findings = Findings(
        parameters=parameters,
        audit=audit.read(),
        gate=gate.read(),
        parts=count_parts(radiographs, parts),
        comparison=compared,
        further=further,
        two_steps=two_steps,
        built=built.read({models[name]["backbone"] for name in trained}),
        made=made,
        systems=scored,
        localisations={name: localisation.read(name) for name in trained} | means,
        externals=external.read(),
        histories={name: history.read(history.path(name)) for name in trained},
        fingerprints={str(path): fingerprint(path.read_bytes()) for path in FILES},
        packages=locked(LOCK.read_text(encoding="utf-8")),
        software=cited(CITATION.read_text(encoding="utf-8")),
        hashed=any(one.hashed for one in radiographs),
        images=read_images(
            wanted(
                [*compared.ranking, *compared.unranked],
                made[compared.ranking[0]].models,
                best,
                variants_of(parameters),
                bool(two_steps),
            )
        ),
    )
    require_one_run(findings)
    return findings


def count_parts(
    radiographs: Iterable[Radiograph], parts: Mapping[str, Part]
) -> dict[str, PartCounts]:
    """Count what each part of the split holds.

    Args:
        radiographs: All radiographs of the manifest.
        parts: The part of each radiograph, by id.
    """
    members: dict[str, list[Radiograph]] = {part: [] for part in PARTS}
    for radiograph in radiographs:
        if parts[radiograph.id] in members:
            members[parts[radiograph.id]].append(radiograph)
    return {
        part: PartCounts(
            groups=len({one.group for one in found}),
            patients=len({one.patient for one in found if one.patient}) or None,
            studies=len({one.study for one in found if one.study}) or None,
            radiographs=len(found),
            fractured=sum(one.fractured for one in found),
        )
        for part, found in members.items()
    }


def require_one_run(findings: Findings) -> None:
    """Refuse artifacts of different runs: the page would mix them.

    Raises:
        PipelineError: Systems or data sets differ between params.yaml and the artifacts.
    """
    named = set(chosen(findings.parameters).systems)
    if odd := sorted(named ^ set(findings.made)):
        raise PipelineError(
            f"params.yaml and the systems composed differ in {odd[0]}: run `dvc repro compose`"
        )
    compared = {
        name
        for one in (findings.comparison, *findings.further)
        for name in (*one.ranking, *one.unranked)
    }
    ranked = {name for name, system in findings.made.items() if system.ranked}
    if odd := sorted((ranked - compared) | (compared - named)):
        raise PipelineError(
            f"params.yaml and the comparison differ in {odd[0]}: run `dvc repro compare`"
        )
    dataset = findings.parameters["dataset"]
    datasets = {
        "the audit is": findings.audit.dataset,
        "the comparison is": findings.comparison.dataset,
        "the gate is": findings.gate.dataset,
    } | {f"the scores of {name} are": scores.dataset for name, scores in findings.systems.items()}
    for what, other in datasets.items():
        if other != dataset:
            raise PipelineError(
                f"{what} of data set {other}, params.yaml chooses {dataset}: run `dvc repro`"
            )
