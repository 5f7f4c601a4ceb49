"""All systems on one data set that they never saw, and what is lost between the two."""

import json
from collections import Counter
from dataclasses import asdict
from functools import partial

import numpy as np
import numpy.typing as npt
import pandas as pd

from fracture.artifacts.external import External
from fracture.artifacts.manifest import Radiograph
from fracture.artifacts.row import Estimate
from fracture.artifacts.scores import Level, Part
from fracture.artifacts.systems import System
from fracture.datasets.findings import separate
from fracture.examining.unseen import Source, read_unseen
from fracture.inference.predictor import predict_systems
from fracture.inference.trained import Home
from fracture.judging.bootstrap import Bootstrap, draw, percentiles
from fracture.judging.judge import Calibrated, judge
from fracture.judging.multiclass import auroc
from fracture.judging.sample import Sample
from fracture.params.evaluate import Evaluate
from fracture.params.radiographs import Ingest
from fracture.targets import CLASSES


def score(source: Source, home: Home, ingest: Ingest, evaluate: Evaluate, seed: int) -> External:
    """Read a data set, predict what no system knows of it, and score each system.

    Args:
        source: The data set.
        home: The systems and what they know.
        ingest: What is wrong with a file.
        evaluate: The bootstrap.
        seed: Of the bootstrap.

    Raises:
        PipelineError: The data set cannot be read.
    """
    kept, left = separate(read_unseen(source, ingest, home.radiographs))
    all_labels = {name: labels_of(system, kept) for name, system in home.systems.items()}
    fit = {name: labels for name, labels in all_labels.items() if (labels >= 0).any()}
    judged: dict[str, tuple[Part, Estimate]] = {}
    if fit:
        formulas = {name: home.systems[name].formula for name in fit}
        predicted = predict_systems(formulas, home.members, kept, source.root)
        groups = np.array([one.group for one in kept], object)
        for name, labels in fit.items():
            inside = labels >= 0
            there = Sample(labels[inside], predicted[name][inside], groups[inside])
            classes = tuple(home.systems[name].target.classes)
            level = home.scores[name].images
            judged[name] = validate(home.tests[name], there, level, evaluate, seed, classes)
    return External(
        name=source.name,
        dataset=source.reader,
        synthetic=source.reader == "synthetic",
        trained_on=home.dataset,
        found=len(kept) + len(left),
        left_out=dict(sorted(Counter(one.reason for one in left).items())),
        confidence=evaluate.confidence,
        draws=evaluate.draws,
        parts={name: part for name, (part, _) in judged.items()},
        drop={name: drop for name, (_, drop) in judged.items()},
        passed_over={
            name: "no radiograph there has one of its classes"
            for name in all_labels
            if kept and name not in fit
        },
    )


def labels_of(system: System, radiographs: list[Radiograph]) -> npt.NDArray[np.int64]:
    """Return the label of each radiograph, int64 (n,); -1 where the system does not know its kind.

    Args:
        system: What it predicts, and of which radiographs.
        radiographs: Of a data set, n.
    """
    if not radiographs:
        return np.empty(0, np.int64)
    table = pd.DataFrame([asdict(one) for one in radiographs])
    table["labels"] = [json.dumps(one.labels) for one in radiographs]
    labels = system.target.target.labels(table)
    for column, value in system.where.items():
        labels[(table[column] != value).to_numpy()] = -1
    return labels


def validate(
    internal: Sample,
    external: Sample,
    chosen: Level,
    evaluate: Evaluate,
    seed: int,
    classes: tuple[str, ...] = CLASSES,
) -> tuple[Part, Estimate]:
    """Return the scores on the external sample, and the drop of the AUROC from internal to it.

    The samples are of different patients, so each is resampled by itself.

    Args:
        internal: The system's own test part.
        external: Radiographs that it never saw; of one class, the AUROC is undefined.
        chosen: Its temperature and thresholds, which stay as validation chose them.
        evaluate: The bootstrap.
        seed: Of the internal bootstrap; the external one takes the next.
        classes: What the labels are called.
    """
    draws, confidence = evaluate.draws, evaluate.confidence
    part = judge(
        [Calibrated(external, chosen.temperature, chosen.thresholds, classes)],
        Bootstrap(draws, confidence, seed + 1),
    )
    inside = draw(internal.groups, partial(auroc, internal), draws, seed)
    outside = draw(external.groups, partial(auroc, external), draws, seed + 1)
    value = float(auroc(internal)[0] - auroc(external)[0])
    return part, Estimate.rounded(value, *percentiles(inside - outside, confidence))
