"""What is compared of each system, refused unless all of it is of the same radiographs."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from fracture.artifacts.row import Estimate
from fracture.artifacts.scores import Scores
from fracture.console import PipelineError
from fracture.judging.comparison.significance import Components, Statistic, components, mean_auroc
from fracture.judging.multiclass import auroc
from fracture.judging.sample import IDENTITY, Sample, by_seed, select_part

REMEDY = "run `dvc repro`, which scores again what is out of date"


@dataclass(frozen=True)
class Scored:
    """The scores and predictions of a system.

    Attributes:
        scores: As the evaluation wrote them.
        test: One sample for each training seed, radiographs sorted by id.
        radiographs: The columns of `IDENTITY`, sorted.
        predictions: Of each training seed, by its text, sorted alike.
    """

    scores: Scores
    test: list[Sample]
    radiographs: pd.DataFrame
    predictions: dict[str, pd.DataFrame]


def join(scores: Scores, predictions: pd.DataFrame) -> Scored:
    """Put a system's scores and predictions together.

    Args:
        scores: Of the system.
        predictions: The columns of fracture/artifacts/predictions.py.

    Raises:
        PipelineError: The scores are of other predictions, or the training seeds are of different
            radiographs.
    """
    model = scores.model
    seeds = {
        trained: rows.sort_values(IDENTITY, ignore_index=True)
        for trained, rows in by_seed(model, predictions).items()
    }
    test = {trained: select_part(rows, "test", scores.classes) for trained, rows in seeds.items()}
    found = {trained: round(float(auroc(one)[0]), 6) for trained, one in test.items()}
    if found != {trained: each.auroc.value for trained, each in scores.seeds.items()}:
        raise PipelineError(
            f"the scores of {model} are not of its predictions (test AUROC by training seed "
            f"{_listed(found)} from the predictions): {REMEDY}"
        )
    first = next(iter(seeds.values()))
    return Scored(scores, list(test.values()), first[IDENTITY], seeds)


def require_same(systems: list[Scored]) -> None:
    """Require that all systems were scored on the same radiographs in the same way.

    Raises:
        PipelineError: Two systems differ in the ids, labels or groups of their radiographs, or in
            data set, confidence, draws or operating point.
    """
    first, *others = systems
    for other in others:
        if _basis(other.scores) != _basis(first.scores):
            raise PipelineError(
                f"{first.scores.model} was scored on {_basis(first.scores)}, {other.scores.model} "
                f"on {_basis(other.scores)}, expected the same: {REMEDY}"
            )
        both = first.radiographs.merge(other.radiographs, how="outer", indicator=True)
        differing = both.loc[both["_merge"] != "both", "id"].unique()
        if len(differing):
            raise PipelineError(
                f"{first.scores.model} and {other.scores.model} were scored on different "
                f"radiographs: {len(differing)} differ in id, label or group, first "
                f"{differing[0]}; {REMEDY}"
            )


def _basis(scores: Scores) -> str:
    return f"{scores.basis} from {scores.draws} draws, operating point {scores.headline}"


def _listed(aurocs: dict[str, float]) -> str:
    return ", ".join(f"{trained}: {value}" for trained, value in aurocs.items()) or "none"


@dataclass(frozen=True)
class Measured:
    """A system, measured for the comparison.

    Attributes:
        scores: As the evaluation wrote them.
        auroc: Of test, the mean over training seeds, with draws of groups and training seeds: what
            differences rest on.
        components: Of the test AUROC, for DeLong's test; None with more than two classes.
        right: bool, (n,), which test radiographs the first training seed calls rightly: at the
            headline's operating point, or by its most probable class.
    """

    scores: Scores
    auroc: Statistic
    components: Components | None
    right: npt.NDArray[np.bool_]

    @property
    def model(self) -> str:
        """Name of the system."""
        return self.scores.model

    @property
    def validation(self) -> Estimate:
        """AUROC on validation."""
        return self.scores.validation_auroc

    @property
    def test(self) -> Estimate:
        """AUROC on test."""
        return self.scores.auroc


def measure(system: Scored, seed: int) -> Measured:
    """Measure a system.

    Args:
        system: Its scores and predictions.
        seed: Of the bootstrap.
    """
    scores, first = system.scores, system.test[0]
    if first.binary:
        called = (first.probabilities >= scores.threshold).astype(int)
    else:
        called = first.predicted
    return Measured(
        scores=scores,
        auroc=mean_auroc(system.test, scores.model, scores.draws, seed),
        components=components(system.test) if first.binary else None,
        right=called == first.labels,
    )
