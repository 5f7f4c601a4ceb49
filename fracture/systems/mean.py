"""Means of several models' logits: their predictions, and which models validation chooses."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from fracture.artifacts.compositions import Composition, Step
from fracture.artifacts.predictions import COLUMNS
from fracture.console import PipelineError, progress
from fracture.judging.sample import Sample, select_part
from fracture.judging.scores import log_loss
from fracture.judging.tally import tally
from fracture.judging.temperature import Probabilities, calibrate, fit_temperature, pool
from fracture.params.systems import Mean
from fracture.targets import PROBABILITY

RADIOGRAPH = [column for column in COLUMNS if column != "seed"]
"""Columns of predictions that are of the radiograph and of no network."""
SEED = 0
"""Stands for all training seeds in the predictions of a composition."""
REMEDY = "run `dvc repro`, which predicts again what is out of date"


@dataclass(frozen=True)
class Candidates:
    """What several models say of the same radiographs.

    Attributes:
        radiographs: The columns of `RADIOGRAPH`, sorted by part and id, n rows.
        seeds: Of the trainings, the same for each model.
        networks: By model: the probabilities of the network of each seed, float64 (n,) each.
    """

    radiographs: pd.DataFrame
    seeds: list[int]
    networks: Mapping[str, list[Probabilities]]

    def together(self, members: Sequence[str]) -> pd.DataFrame:
        """Return the predictions of the mean of one member or more, columns as in `COLUMNS`."""
        pooled = pool([each for member in members for each in self.networks[member]])
        return self.radiographs.assign(seed=SEED, probability=pooled)[[*COLUMNS, PROBABILITY]]

    def validation(self, members: Sequence[str]) -> Sample:
        """Return the validation part of `together`.

        Raises:
            PipelineError: A probability is not a number from 0 to 1, or a class is absent.
        """
        return select_part(self.together(members), "validation")


def side_by_side(predictions: Mapping[str, pd.DataFrame]) -> Candidates:
    """Put the predictions of models side by side.

    Args:
        predictions: The columns of fracture/artifacts/predictions.py, by model, one or more.

    Raises:
        PipelineError: Two models were trained with different seeds, or two networks were not run
            on the same radiographs.
    """
    (first, table), *_ = predictions.items()
    seeds = table["seed"].unique().tolist()
    radiographs = _sorted(table[table["seed"] == seeds[0]])[RADIOGRAPH]
    networks: dict[str, list[Probabilities]] = {}
    for model, rows in predictions.items():
        if (trained := rows["seed"].unique().tolist()) != seeds:
            raise PipelineError(
                f"{first} was predicted with training seeds {seeds}, {model} with {trained}, "
                f"expected the same: {REMEDY}"
            )
        several = [_sorted(rows[rows["seed"] == seed]) for seed in seeds]
        for network in several:
            both = radiographs.merge(network[RADIOGRAPH], how="outer", indicator=True)
            differing = both.loc[both["_merge"] != "both", "id"].unique()
            if len(differing):
                raise PipelineError(
                    f"{first} and {model} were predicted on different radiographs: "
                    f"{len(differing)} differ in id, label or group, first {differing[0]}; {REMEDY}"
                )
        networks[model] = [network[PROBABILITY].to_numpy(float) for network in several]
    return Candidates(radiographs, seeds, networks)


def _sorted(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.sort_values(["part", "id"], ignore_index=True)


def choose(name: str, section: Mean, candidates: Candidates) -> Composition:
    """Return a mean of models: its members, and the log loss on validation as they join.

    Args:
        name: A key of `systems` in params.yaml.
        section: Its entry.
        candidates: Predictions of its candidates; the test part chooses nothing.

    Raises:
        PipelineError: Validation holds what is no probability, or one class alone.
    """
    if section.members == "all":
        members = section.mean_of
        steps = [_step(candidates, members[:n], member) for n, member in enumerate(members)]
    else:
        steps = forward(candidates, section.members)
        least = min(steps, key=lambda step: step.log_loss)
        members = [step.model for step in steps[: steps.index(least) + 1]]
    return Composition(
        name=name,
        selection="all" if section.members == "all" else "forward",
        candidates=section.mean_of,
        seeds=candidates.seeds,
        members=members,
        steps=steps,
    )


def forward(candidates: Candidates, most: int) -> list[Step]:
    """Add, step by step, the candidate with which the mean has the least log loss on validation.

    A candidate may join more than once, and then weighs more; of equal ones the first is taken.
    The mean is of the beginning of this list that has the least log loss.

    Args:
        candidates: Their predictions.
        most: How many to add.

    References:
        Caruana, R. et al. Ensemble selection from libraries of models. ICML (2004).
    """
    steps: list[Step] = []
    for _ in progress(range(most), most, "compose", "members"):
        members = [step.model for step in steps]
        tried = [_step(candidates, members, candidate) for candidate in candidates.networks]
        steps.append(min(tried, key=lambda step: step.log_loss))
    return steps


def calibrated_log_loss(validation: Sample) -> float:
    """Return the log loss at the temperature of least log loss, which the evaluation fits too."""
    counts = tally(validation)
    calibrated = calibrate(counts.probabilities, fit_temperature(validation))
    return round(float(log_loss(counts.with_probabilities(calibrated))[0]), 6)


def _step(candidates: Candidates, members: Sequence[str], joining: str) -> Step:
    validation = candidates.validation([*members, joining])
    return Step(model=joining, log_loss=calibrated_log_loss(validation))
