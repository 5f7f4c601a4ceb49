"""The comparison in full: pairs of systems, what variants change, what needs no network."""

from collections.abc import Iterable
from itertools import combinations
from typing import Any

from fracture.artifacts.audit import Audit, auroc
from fracture.artifacts.comparison import Ablation, Baseline, Comparison, Pair, Spread
from fracture.artifacts.scores import Scores
from fracture.console import PipelineError
from fracture.judging.comparison.significance import (
    Statistic,
    delong,
    discordant,
    holm,
    mean,
    verdict,
)
from fracture.judging.comparison.systems import Measured
from fracture.params.run import PLAIN

POOLED = "all"
"""Stands for the backbone where several are taken together."""


def compare(
    models: dict[str, Any],
    ranked: list[Measured],
    baselines: list[Baseline],
    unranked: Iterable[str] = (),
) -> Comparison:
    """Test all pairs and ablations of systems of one target.

    Args:
        models: The section of params.yaml.
        ranked: These models, and compositions of them, best on validation first.
        baselines: Without a network.
        unranked: Further systems, which nothing is compared with.
    """
    scores = ranked[0].scores
    return Comparison(
        target=scores.target,
        classes=scores.classes,
        where=scores.where,
        dataset=scores.dataset,
        synthetic=scores.synthetic,
        confidence=scores.confidence,
        draws=scores.draws,
        ranking=[each.model for each in ranked],
        unranked=list(unranked),
        baselines=baselines,
        spreads=[
            Spread(model=each.model, seeds=len(each.scores.seeds), **dict(each.scores.spread))
            for each in ranked
            if each.model.partition(".")[0] in models
        ],
        pairs=pairs(ranked),
        ablations=ablations(models, ranked),
    )


def pairs(ranked: list[Measured]) -> list[Pair]:
    """Test each system against each one that is ranked below it; empty for a single system.

    Each of the three tests is corrected over all pairs; the paired bootstrap decides the verdict.
    """
    couples = list(combinations(ranked, 2))
    differences = [first.auroc - second.auroc for first, second in couples]
    calls = [discordant(first.right, second.right) for first, second in couples]
    bootstrap = holm([difference.p for difference in differences])
    delongs = holm([delong(first.components, second.components) for first, second in couples])
    mcnemars = holm([p for *_, p in calls])
    return [
        Pair(
            first=first.model,
            second=second.model,
            difference=differences[i].estimate(first.scores.confidence),
            bootstrap=bootstrap[i],
            delong=delongs[i],
            mcnemar=mcnemars[i],
            only_first_right=calls[i][0],
            only_second_right=calls[i][1],
            verdict=verdict(differences[i].value, bootstrap[i], first.scores.confidence),
        )
        for i, (first, second) in enumerate(couples)
    ]


def ablations(models: dict[str, Any], measured: list[Measured]) -> list[Ablation]:
    """Return the difference that each variant makes to each backbone, and its mean over these.

    The rows of a variant stand together, that of all its backbones last. The p-values are corrected
    over all rows: they are the questions asked beforehand, hence a family of their own beside that
    of all pairs.

    Args:
        models: The section of params.yaml; those that were not measured are passed over.
        measured: Models of it, perhaps compositions too, in any order.
    """
    if not measured:
        return []
    aurocs = {each.model: each.auroc for each in measured}
    found = couples({name: entry for name, entry in models.items() if name in aurocs})
    rows: list[tuple[str, str, str | None, str | None, Statistic]] = []
    for variant in dict.fromkeys(models[other]["variant"] for _, other in found):
        of_variant = [pair for pair in found if models[pair[1]]["variant"] == variant]
        differences = [aurocs[other] - aurocs[plain] for plain, other in of_variant]
        rows += [
            (models[other]["backbone"], variant, plain, other, difference)
            for (plain, other), difference in zip(of_variant, differences, strict=True)
        ]
        if len(differences) > 1:
            rows.append((POOLED, variant, None, None, mean(differences)))
    confidence = measured[0].scores.confidence
    tests = holm([difference.p for *_, difference in rows])
    return [
        Ablation(
            backbone=backbone,
            variant=variant,
            plain=plain,
            other=other,
            difference=difference.estimate(confidence),
            test=test,
            verdict=verdict(difference.value, test, confidence),
        )
        for (backbone, variant, plain, other, difference), test in zip(rows, tests, strict=True)
    ]


def couples(models: dict[str, Any]) -> list[tuple[str, str]]:
    """Return pairs of models of one backbone: that on plain radiographs, that on a variant.

    Of several plain models, the first that shares all other settings is taken; else the first.
    """
    found = []
    for other, entry in models.items():
        plain = [
            name
            for name, each in models.items()
            if each["backbone"] == entry["backbone"] and each["variant"] == PLAIN
        ]
        if entry["variant"] != PLAIN and plain:
            alike = [
                name for name in plain if models[name] | {"variant": ""} == entry | {"variant": ""}
            ]
            found.append(((alike or plain)[0], other))
    return found


def baselines(audit: Audit, scores: Scores) -> list[Baseline]:
    """Return the hash look-up and, if any column varies, the best shortcut and the best prior.

    Args:
        audit: Of the data set and its split.
        scores: Of any of the systems.

    Raises:
        PipelineError: The audit is of another test part than the scores.
    """
    lookup, best = audit.hash_lookup["our_split"], audit.best_shortcut
    test = scores.images.test
    audited = audit.dataset, best["n"], best["positives"]
    if audited != (scores.dataset, test.n, test.positives):
        raise PipelineError(
            f"the audit is of {audited[0]}, test part: {audited[1]} radiographs, {audited[2]} "
            f"fractured; the models were scored on {scores.basis}: run `dvc repro audit evaluate`"
        )
    found = [Baseline(name="hash look-up", validation_auroc=None, auroc=auroc(lookup))]
    found += [
        Baseline(
            name=f"{what}: {row['column'].replace('_', ' ')}",
            validation_auroc=row["validation_auroc"],
            auroc=auroc(row),
        )
        for what, row in (("shortcut", best), ("from the table", audit.best_prior))
        if row["column"] is not None
    ]
    return found
