"""All scores of one system: what is chosen comes from validation, what is reported from test."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from statistics import stdev

import pandas as pd

from fracture.artifacts.scores import MOST_PROBABLE, Level, Scores, SeedScores, Spread
from fracture.artifacts.unsure import Reached
from fracture.console import PipelineError
from fracture.judging import conformal
from fracture.judging.bootstrap import Bootstrap
from fracture.judging.judge import Calibrated, judge, judge_by
from fracture.judging.multiclass import auroc
from fracture.judging.points import choose
from fracture.judging.sample import by_seed, by_study, select_part
from fracture.judging.subgroups import subgroups
from fracture.judging.temperature import bound_reached, fit_temperature
from fracture.params.evaluate import Evaluate
from fracture.targets import Target


def evaluate(
    system: str,
    predictions: pd.DataFrame,
    target: Target,
    section: Evaluate,
    seed: int,
    where: Mapping[str, str] | None = None,
) -> Scores:
    """Score the predictions of a system.

    Args:
        system: Its name.
        predictions: The columns of fracture/artifacts/predictions.py, validation and test rows,
            each of one of the classes.
        target: What is predicted.
        section: The operating points and the bootstrap.
        seed: Of the bootstrap.
        where: A column and its value, of a system that knows these radiographs alone.

    Raises:
        PipelineError: The predictions cannot be scored.
    """
    dataset = _dataset_of(system, predictions)
    bootstrap = Bootstrap(section.draws, section.confidence, seed)
    tables = by_seed(system, predictions)
    rows = list(tables.values())
    chosen = [_calibrated(table, target, section) for table in rows]
    images = _level(rows, chosen, bootstrap)
    studies = [table for table in map(by_study, rows) if table is not None]
    of_studies = [_calibrated(table, target, section) for table in studies]
    seeds = {
        trained: SeedScores(
            validation_auroc=judge_by(auroc, each.sample, bootstrap),
            auroc=judge_by(auroc, select_part(table, "test", target.classes), bootstrap),
        )
        for (trained, table), each in zip(tables.items(), chosen, strict=True)
    }
    return Scores(
        model=system,
        target=target.name,
        classes=list(target.classes),
        where=dict(where or {}),
        dataset=dataset,
        synthetic=dataset == "synthetic",
        headline=section.headline if target.binary else MOST_PROBABLE,
        confidence=section.confidence,
        draws=section.draws,
        images=images,
        studies=_level(studies, of_studies, bootstrap) if studies else None,
        unsure=_unsure(rows[0], chosen[0], section, bootstrap),
        subgroups=subgroups(rows, chosen, target, section.age_bands, bootstrap),
        least_subgroup=section.least_subgroup,
        seeds=seeds,
        spread=_spread(images, seeds),
        served=_level(rows[:1], chosen[:1], bootstrap) if len(rows) > 1 else None,
        notes=_notes([*chosen, *of_studies]),
        footprint=None,
        localisation=None,
    )


def _dataset_of(system: str, predictions: pd.DataFrame) -> str:
    """Return the one data set that the predictions of a system are of."""
    datasets = sorted(set(predictions["dataset"]))
    if len(datasets) != 1:
        raise PipelineError(
            f"the predictions of {system} are of {len(datasets)} data sets "
            f"({', '.join(datasets) or 'no rows'}), expected one: run `dvc repro compose`"
        )
    return datasets[0]


def _level(
    tables: Sequence[pd.DataFrame], chosen: Sequence[Calibrated], bootstrap: Bootstrap
) -> Level:
    """Score both parts.

    Args:
        tables: Predictions of the network of each training seed.
        chosen: Their validation parts, and what these chose.
        bootstrap: Over groups.
    """
    test = [
        replace(each, sample=select_part(table, "test", each.classes))
        for table, each in zip(tables, chosen, strict=True)
    ]
    return Level(
        temperature=chosen[0].temperature,
        thresholds=chosen[0].thresholds,
        validation=judge(chosen, bootstrap),
        test=judge(test, bootstrap),
    )


def _calibrated(table: pd.DataFrame, target: Target, section: Evaluate) -> Calibrated:
    """Return the validation part of a network's predictions, and what it chooses."""
    validation = select_part(table, "validation", target.classes)
    rules = section.points if target.binary else {}
    return Calibrated(
        validation,
        round(fit_temperature(validation), 6),
        {name: choose(rule, validation) for name, rule in rules.items()},
        target.classes,
    )


def _unsure(
    table: pd.DataFrame, chosen: Calibrated, section: Evaluate, bootstrap: Bootstrap
) -> Reached | None:
    if not chosen.sample.binary:
        return None
    test = select_part(table, "test", chosen.classes)
    return conformal.judge(chosen.sample, test, section.unsure, bootstrap)


def _notes(chosen: Sequence[Calibrated]) -> list[str]:
    """Return what the temperatures of networks tell against them, each sentence once."""
    reached = (bound_reached(each.temperature) for each in chosen)
    return list(dict.fromkeys(filter(None, reached)))


def _spread(images: Level, seeds: dict[str, SeedScores]) -> Spread:
    values = [each.auroc.value or 0 for each in seeds.values()]
    return Spread(
        mean=images.test.scores["auroc"].value or 0,
        deviation=round(stdev(values), 6) if len(values) > 1 else None,
        least=min(values),
        most=max(values),
    )
