"""All systems on one data set that they never saw, and what is lost between the two."""

from collections import Counter

import numpy as np

from fracture.artifacts.external import External
from fracture.artifacts.left_out import LeftOut
from fracture.artifacts.manifest import Radiograph
from fracture.artifacts.row import Estimate
from fracture.artifacts.scores import Level, Part
from fracture.datasets.findings import separate
from fracture.examining.unseen import Source, read_unseen
from fracture.inference.predictor import predict_systems
from fracture.inference.trained import Home
from fracture.judging.bootstrap import Bootstrap, percentiles, resample
from fracture.judging.judge import Calibrated, judge
from fracture.judging.sample import Sample
from fracture.judging.scores import auroc
from fracture.judging.tally import tally
from fracture.params.evaluate import Evaluate
from fracture.params.radiographs import Ingest


def score(source: Source, home: Home, ingest: Ingest, evaluate: Evaluate, seed: int) -> External:
    """Read a data set, predict what no model knows of it, and score each model.

    Args:
        source: The data set.
        home: The models and what they know.
        ingest: What is wrong with a file.
        evaluate: The bootstrap.
        seed: Of the bootstrap.

    Raises:
        PipelineError: The data set cannot be read.
    """
    kept, left = separate(read_unseen(source, ingest, home.radiographs))
    judged = _judged(source, home, kept, evaluate, seed) if kept else {}
    return External(
        name=source.name,
        dataset=source.reader,
        synthetic=source.reader == "synthetic",
        trained_on=home.dataset,
        found=len(kept) + len(left),
        left_out=_reasons(left),
        confidence=evaluate.confidence,
        draws=evaluate.draws,
        parts={name: part for name, (part, _) in judged.items()},
        drop={name: drop for name, (_, drop) in judged.items()},
    )


def _judged(
    source: Source, home: Home, kept: list[Radiograph], evaluate: Evaluate, seed: int
) -> dict[str, tuple[Part, Estimate]]:
    labels = np.array([one.fractured for one in kept], np.int64)
    groups = np.array([one.group for one in kept], object)
    predicted = predict_systems(home.members, kept, source.root)
    return {
        name: validate(
            home.tests[name],
            Sample(labels, probabilities, groups),
            home.scores[name].images,
            evaluate,
            seed,
        )
        for name, probabilities in predicted.items()
    }


def _reasons(left: list[LeftOut]) -> dict[str, int]:
    return dict(sorted(Counter(one.reason for one in left).items()))


def validate(
    internal: Sample, external: Sample, chosen: Level, evaluate: Evaluate, seed: int
) -> tuple[Part, Estimate]:
    """Return the scores on the external sample, and the drop of the AUROC from internal to it.

    The samples are of different patients, so each is resampled by itself.

    Args:
        internal: The model's own test part.
        external: Radiographs that it never saw; of one class, the AUROC is undefined.
        chosen: Its temperature and thresholds, which stay as validation chose them.
        evaluate: The bootstrap.
        seed: Of the internal bootstrap; the external one takes the next.
    """
    draws, confidence = evaluate.draws, evaluate.confidence
    part = judge(
        [Calibrated(external, chosen.temperature, chosen.thresholds)],
        Bootstrap(draws, confidence, seed + 1),
    )
    lost = resample(internal, auroc, draws, seed) - resample(external, auroc, draws, seed + 1)
    value = float(auroc(tally(internal))[0] - auroc(tally(external))[0])
    return part, Estimate.rounded(value, *percentiles(lost, confidence))
