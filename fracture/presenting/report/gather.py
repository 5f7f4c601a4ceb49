"""Reading everything that the report tells of."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from fracture.artifacts import (
    audit,
    comparison,
    compositions,
    external,
    gate,
    history,
    localisation,
    manifest,
    scores,
    splits,
)
from fracture.artifacts.manifest import Radiograph
from fracture.artifacts.splits import PARTS, Part
from fracture.console import progress
from fracture.params.section import value_at
from fracture.params.systems import all_systems
from fracture.presenting.report.blocks import Image
from fracture.presenting.report.findings import Findings, PartCounts, require_one_run
from fracture.presenting.report.pictures import inline, wanted
from fracture.presenting.report.provenance import FILES, LOCK, fingerprint, locked


def gather(parameters: dict[str, Any]) -> Findings:
    """Read the artifacts of all stages.

    Args:
        parameters: params.yaml, as read.

    Raises:
        FileNotFoundError: A stage has not run.
        PipelineError: Likewise, or the artifacts are of different runs.
    """
    compared = comparison.read()
    ranking, averages = compared.ranking, compositions.read(value_at(parameters, "systems"))
    trained = [model for model in ranking if model not in averages]
    scored_by = {name: each.scored_by for name, each in all_systems(parameters).items()}
    chosen = averages.get(ranking[0])
    members = list(chosen.weights) if chosen else ranking[:1]
    radiographs, parts = manifest.read(), splits.read()
    manifest.require_same(radiographs, parts)
    findings = Findings(
        parameters=parameters,
        audit=audit.read(),
        gate=gate.read(),
        parts=counted(radiographs, parts),
        comparison=compared,
        ensembles=averages,
        systems={model: scores.read(model, scored_by.get(model)) for model in ranking},
        localisations={model: localisation.read(model) for model in trained},
        externals=external.read(),
        histories={model: history.read(history.path(model)) for model in trained},
        fingerprints={str(path): fingerprint(path.read_bytes()) for path in FILES},
        packages=locked(LOCK.read_text(encoding="utf-8")),
        images=read_images(
            wanted(ranking[0], members, ranking[1:], value_at(parameters, "variants"))
        ),
    )
    require_one_run(findings)
    return findings


def read_images(paths: Mapping[Path, int]) -> dict[Path, Image]:
    """Read the pictures that are there, each at most so many pixels across."""
    there = {path: widest for path, widest in paths.items() if path.is_file()}
    shown = progress(there.items(), len(there), "report", "pictures")
    return {path: inline(path, widest) for path, widest in shown}


def counted(radiographs: Iterable[Radiograph], parts: Mapping[str, Part]) -> dict[str, PartCounts]:
    """Count what each part of the split holds."""
    members: dict[str, list[Radiograph]] = {part: [] for part in PARTS}
    for radiograph in radiographs:
        if parts[radiograph.id] in members:
            members[parts[radiograph.id]].append(radiograph)
    return {
        part: PartCounts(
            groups=len({one.group for one in of}),
            patients=len({one.patient for one in of if one.patient}) or None,
            studies=len({(one.patient, one.study) for one in of if one.study}) or None,
            radiographs=len(of),
            fractured=sum(one.fractured for one in of),
        )
        for part, of in members.items()
    }
