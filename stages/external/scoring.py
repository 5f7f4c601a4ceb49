"""All models on one data set that they never saw."""

from collections import Counter

import numpy as np

from stages.artifacts.external import External
from stages.artifacts.left_out import LeftOut
from stages.artifacts.manifest import Radiograph
from stages.artifacts.scores import Estimate, Part
from stages.datasets.findings import separate
from stages.external.home import Home
from stages.external.probabilities import predict_all
from stages.external.unseen import Source, read_unseen
from stages.external.validation import validate
from stages.judging.sample import Sample
from stages.params.evaluate import Evaluate
from stages.params.ingest import Ingest


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
    predicted = predict_all(home.networks, kept, source.root, seed)
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
