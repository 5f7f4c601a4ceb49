"""All scores of one model: what is chosen comes from validation, what is reported from test."""

import pandas as pd

from fracture.artifacts.scores import Level, Part, Scores
from fracture.console import PipelineError
from fracture.judging.judge import judge, judge_by
from fracture.judging.points import choose
from fracture.judging.sample import by_study, sample, select_part
from fracture.judging.scores import auroc
from fracture.judging.subgroups import ATTRIBUTES
from fracture.judging.temperature import fit_temperature
from fracture.params.evaluate import Evaluate


def evaluate(model: str, predictions: pd.DataFrame, section: Evaluate, seed: int) -> Scores:
    """Score the predictions of a model.

    Args:
        model: Its name.
        predictions: The columns of fracture/artifacts/predictions.py, validation and test rows.
        section: The operating points and the bootstrap.
        seed: Of the bootstrap.

    Raises:
        PipelineError: The predictions cannot be scored.
    """
    datasets = sorted(set(predictions["dataset"]))
    if len(datasets) != 1:
        raise PipelineError(
            f"the predictions of {model} are of {len(datasets)} data sets "
            f"({', '.join(datasets) or 'no rows'}), expected one: run `dvc repro predict@{model}`"
        )
    first = first_seed(predictions)
    images, studies = _level(first, section, seed), by_study(first)
    return Scores(
        model=model,
        dataset=datasets[0],
        synthetic=datasets[0] == "synthetic",
        headline=section.headline,
        confidence=section.confidence,
        draws=section.draws,
        images=images,
        studies=None if studies is None else _level(studies, section, seed),
        subgroups=_subgroups(first[first["part"] == "test"], images, section, seed),
        seeds={
            str(trained): judge_by(
                auroc, select_part(table, "test"), section.draws, section.confidence, seed
            )
            for trained, table in predictions.groupby("seed", sort=False)
        },
    )


def first_seed(predictions: pd.DataFrame) -> pd.DataFrame:
    """Return the predictions of the first training seed: what all but `seeds` rests on."""
    return predictions[predictions["seed"] == predictions["seed"].iloc[0]]


def _level(table: pd.DataFrame, section: Evaluate, seed: int) -> Level:
    validation, test = select_part(table, "validation"), select_part(table, "test")
    temperature = round(fit_temperature(validation), 6)
    thresholds = {name: choose(rule, validation) for name, rule in section.points.items()}
    measured = [
        judge(part, temperature, thresholds, section.draws, section.confidence, seed)
        for part in (validation, test)
    ]
    return Level(
        temperature=temperature, thresholds=thresholds, validation=measured[0], test=measured[1]
    )


def _subgroups(
    test: pd.DataFrame, images: Level, section: Evaluate, seed: int
) -> dict[str, dict[str, Part]]:
    parts: dict[str, dict[str, Part]] = {}
    for attribute, values in ATTRIBUTES.items():
        named = values(test)
        names = sorted(named.unique())
        if len(names) > 1:
            parts[attribute] = {
                str(value): judge(
                    sample(test[named == value]),
                    images.temperature,
                    {section.headline: images.thresholds[section.headline]},
                    section.draws,
                    section.confidence,
                    seed,
                )
                for value in names
            }
    return parts
