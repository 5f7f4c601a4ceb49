"""All scores of one system: what is chosen comes from validation, what is reported from test."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from statistics import stdev

import pandas as pd

from fracture.artifacts.scores import MOST_PROBABLE, Level, Part, Scores, SeedScores, Spread
from fracture.console import PipelineError
from fracture.judging.bootstrap import Bootstrap
from fracture.judging.judge import Calibrated, judge, judge_by
from fracture.judging.multiclass import auroc
from fracture.judging.points import choose
from fracture.judging.sample import by_seed, by_study, sample, select_part
from fracture.judging.temperature import fit_temperature
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
        subgroups=_subgroups(rows, chosen, target, bootstrap),
        seeds=seeds,
        spread=_spread(images, seeds),
        served=_level(rows[:1], chosen[:1], bootstrap) if len(rows) > 1 else None,
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


def _subgroups(
    tables: Sequence[pd.DataFrame],
    chosen: Sequence[Calibrated],
    target: Target,
    bootstrap: Bootstrap,
) -> dict[str, dict[str, Part]]:
    """Score the test part by attribute, at the headline's operating point alone."""
    tests = [table[table["part"] == "test"] for table in tables]
    kept = [replace(each, thresholds=dict([*each.thresholds.items()][:1])) for each in chosen]
    parts: dict[str, dict[str, Part]] = {}
    for attribute, values in ATTRIBUTES.items():
        named = [values(test) for test in tests]
        names = sorted(named[0].unique())
        # What is predicted is no attribute: each value would hold one class alone.
        if len(names) > 1 and attribute.replace(" ", "_") != target.column:
            parts[attribute] = {
                str(value): judge(
                    [
                        replace(each, sample=sample(test[of_test == value]))
                        for test, of_test, each in zip(tests, named, kept, strict=True)
                    ],
                    bootstrap,
                )
                for value in names
            }
    return parts


def _spread(images: Level, seeds: dict[str, SeedScores]) -> Spread:
    values = [each.auroc.value or 0 for each in seeds.values()]
    return Spread(
        mean=images.test.scores["auroc"].value or 0,
        deviation=round(stdev(values), 6) if len(values) > 1 else None,
        least=min(values),
        most=max(values),
    )


MEGAPIXELS = {
    "0 to 0.5 megapixels": 0.5,
    "0.5 to 2 megapixels": 2.0,
    "2 megapixels or more": float("inf"),
}


def _hardware(table: pd.DataFrame) -> pd.Series:
    has = table["flags"].str.split(";").map(lambda flags: "hardware" in flags)
    return has.map({True: "hardware", False: "no hardware"})


def _size(table: pd.DataFrame) -> pd.Series:
    pixels = table["width"] * table["height"] / 1e6
    return pd.cut(pixels, [0, *MEGAPIXELS.values()], right=False, labels=list(MEGAPIXELS)).astype(
        str
    )


ATTRIBUTES: dict[str, Callable[[pd.DataFrame], pd.Series]] = {
    "body part": lambda table: table["body_part"],
    "view": lambda table: table["view"].replace("", "unknown"),
    "hardware": _hardware,
    "image size": _size,
}
"""Names of what test radiographs may differ in, and the value of each row of predictions."""
