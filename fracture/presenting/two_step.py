"""Systems of two steps, as sentences, tables and Markdown."""

from collections.abc import Sequence

from fracture.artifacts.two_step import Answering, Role, Router, TwoStep
from fracture.presenting.words import (
    Table,
    count,
    listed,
    markdown_table,
    p_value,
    readable,
    score_name,
    signed,
    trainings,
)
from fracture.targets import FRACTURED

PUBLISHED = {"elbow": "83.02 %", "hand": "80.31 %", "shoulder": "85.12 %"}
"""Accuracy of the two-step system R3 for each part, on MURA, where positive means abnormal."""
PUBLISHED_ROUTER = "99.46 %"
"""Its accuracy in telling these three parts apart."""
ROLES: dict[Role, str] = {
    "hard routing": "end to end: the specialist of the most probable {} answers",
    "soft routing": "end to end: each specialist, in proportion to its {}'s probability",
    "perfect routing": "told the true {}: not ranked",
    "one network": "one step: one network",
    "network of both targets": "one step: one network, which learnt the {} too",
}
WHO = "who answers if the first step is right"
TEXTS = ("role", "how it answers", "second", "first is", WHO)
"""Columns that hold words."""


def is_published(step: TwoStep) -> bool:
    """Return whether R3 published figures of such a system: fractures by body part."""
    return step.target.column == FRACTURED and step.column == "body_part"


def explanation(step: TwoStep) -> list[str]:
    """Return what was found and what the tables hold, a paragraph each."""
    told = readable(step.column)
    by_model: dict[str, list[str]] = {}
    for name, models in step.specialists.items():
        by_model.setdefault(listed(models), []).append(readable(name))
    specialists = "; ".join(f"{listed(names)} ({models})" for models, names in by_model.items())
    otherwise = f", {listed(step.otherwise)} answers for all else" if step.otherwise else ""
    paragraphs = [
        f"First the {told}, then the specialist of that {told}: there is one for {specialists}"
        f"{otherwise}. Scores are end to end, errors of the first step included, on {step.basis}. "
        f"Decisions: {step.headline}"
        + (", chosen on validation for each system." if step.binary else "."),
        found(step),
        *_trainings(step),
    ]
    if is_published(step):
        parts = listed(f"{value} of {name}" for name, value in PUBLISHED.items())
        paragraphs.append(
            f"Published, for comparison (R3, two steps with ResNet50): an accuracy of "
            f"{PUBLISHED_ROUTER} for the {told}, and for fractures {parts} radiographs. Those are "
            "of MURA, another data set, where positive means abnormal, not fractured: they tell "
            "the order of magnitude and no more. R3's overall 93.94 % cannot follow from them."
        )
    return paragraphs


def found(step: TwoStep) -> str:
    """Say how the best route does, what errors of its first step cost, and whether one step does.

    The conclusion stands first. A difference is told with its verdict.
    """
    best = next(each for each in step.systems if each.system == step.best)
    sentences = _conclusion(step) + [
        f"{each.system} tells the {readable(step.column)} rightly in a share of {each.accuracy}."
        for each in step.routers[:1]
    ]
    sentences.append(f"{step.best} reaches a test AUROC of {best.scores['auroc']}.")
    others: dict[Role, str] = {
        "perfect routing": f"Told the true {readable(step.column)}, it would reach",
        "one network": "One network for all radiographs reaches",
        "network of both targets": f"One that learnt the {readable(step.column)} too reaches",
    }
    for role, words in others.items():
        other = step.one(role)
        pair = step.against_best(other.system) if other else None
        if other and pair:
            is_what = {"better": "worse", "worse": "better"}.get(pair.verdict, pair.verdict)
            of_what = "from" if is_what == pair.verdict else "than"
            sentences.append(f"{words} {other.scores['auroc']}, {is_what} {of_what} {step.best}.")
    return " ".join(sentences)


def _conclusion(step: TwoStep) -> list[str]:
    """Say whether the best route does better than one network; nothing where the run has none."""
    other = step.one("one network") or step.one("network of both targets")
    pair = step.against_best(other.system) if other else None
    if not other or not pair:
        return []
    verdict = {"not distinguishable": "cannot be told apart from"}.get(
        pair.verdict, f"is {pair.verdict} than"
    )
    said = f"{step.best} {verdict} {other.system}, one network for all radiographs"
    return [f"By test AUROC of {trainings_of(step)}: {said}."]


def trainings_of(step: TwoStep) -> str:
    """Return what verdicts on these systems are said of."""
    return "these trainings, all seeds together" if step.together else trainings(1)


def _trainings(step: TwoStep) -> list[str]:
    """Say that networks of several trainings answer together, as those of a route do."""
    means = [
        f"{each.one_by_one} of {each.system.partition(' (')[0]}"
        for each in step.systems
        if each.one_by_one
    ]
    if not step.together:
        return []
    text = (
        "A route asks the networks of all trainings and takes their mean logit, which can raise "
        "scores by itself. To compare like with like, the networks of one step do the same here; "
        f"the other tables show the mean AUROC over their trainings one by one: {listed(means)}."
    )
    return [text]


def routers(step: TwoStep) -> Table:
    """Return how often each router is right, and each network that could be one."""
    told = readable(step.column)
    return Table(
        f"First step: who tells the {told}; {100 * step.confidence:g} % interval",
        [
            "system", "role", f"accuracy of the {told}", "radiographs", "wrong",
            f"further ones, of no {told} that it knows",
        ],
        [
            [
                each.system,
                "routes" if each.routes else "for comparison",
                str(each.accuracy),
                f"{each.n:,}",
                f"{wrong(each):,}",
                f"{each.others:,}",
            ]
            for each in step.routers
        ],
    )  # fmt: skip


def wrong(router: Router) -> int:
    """Return how many radiographs a router takes for another class than theirs."""
    return router.n - sum(row[place] for place, row in enumerate(router.confusion))


def ways(step: TwoStep) -> Table:
    """Return the scores of each system, and the verdict of the best route against it."""
    names = list(step.systems[0].scores)
    rows = []
    for each in step.systems:
        pair = step.against_best(each.system)
        rows.append(
            [
                each.system,
                ROLES[each.role].format(readable(step.column)),
                *(str(each.scores[name]) for name in names),
                pair.verdict if pair else "-",
            ]
        )
    return Table(
        f"End to end; {100 * step.confidence:g} % intervals",
        ["system", "how it answers", *map(score_name, names), f"{step.best} is"],
        rows,
    )


def verdicts(step: TwoStep) -> Table:
    """Return all pairs of these systems."""
    return Table(
        f"Differences of test AUROC of {trainings_of(step)}, with {100 * step.confidence:g} % "
        "intervals, not corrected; p and verdicts after Holm's correction over these "
        f"{count(len(step.pairs), 'pair')} alone",
        [
            "first", "second", "first minus second", "first is", "p, bootstrap", "p, McNemar",
            "first alone right", "second alone right",
        ],
        [
            [
                pair.first,
                pair.second,
                signed(pair.difference),
                pair.verdict,
                p_value(pair.bootstrap.p_holm),
                p_value(pair.mcnemar.p_holm),
                f"{pair.only_first_right:,}",
                f"{pair.only_second_right:,}",
            ]
            for pair in step.pairs
        ],
    )  # fmt: skip


def by_part(step: TwoStep, system: Answering) -> Table:
    """Return the scores of a system for each class of the router.

    Args:
        step: In full.
        system: One of its systems; of the best route it is said who answers
            for each class, not for radiographs that the router takes for another.
    """
    is_best = system.system == step.best
    names = sorted(system.scores, key=lambda name: name != "accuracy")  # beside the published
    published = ["accuracy, R3 on MURA"] if is_published(step) else []
    rows = [
        [
            readable(name),
            f"{part.n:,}" + (f" ({part.counts[1]:,})" if step.binary else ""),
            str(part.scores["accuracy"]),
            *(PUBLISHED.get(name, "-") for _ in published),
            *(str(part.scores[score]) for score in names[1:]),
            *([listed(step.specialists.get(name, step.otherwise) or ["none"])] if is_best else []),
        ]
        for name, part in system.subgroups.items()
    ]
    radiographs = f"radiographs ({step.target.classes[1]})" if step.binary else "radiographs"
    return Table(
        f"{system.system} by {readable(step.column)}; {100 * step.confidence:g} % intervals",
        [
            readable(step.column), radiographs, "accuracy", *published,
            *map(score_name, names[1:]), *([WHO] if is_best else []),
        ],
        rows,
    )  # fmt: skip


def aurocs_by_part(step: TwoStep) -> Table:
    """Return the AUROC of each system for each class of the router."""
    classes = dict.fromkeys(name for each in step.systems for name in each.subgroups)
    return Table(
        f"AUROC of all by {readable(step.column)}; {100 * step.confidence:g} % intervals",
        [readable(step.column), *(each.system for each in step.systems)],
        [
            [
                readable(name),
                *(
                    str(each.subgroups[name].scores["auroc"]) if name in each.subgroups else "-"
                    for each in step.systems
                ),
            ]
            for name in classes
        ],
    )


def tables(step: TwoStep) -> list[Table]:
    """Return all tables that have rows."""
    shown = [
        by_part(step, each)
        for each in step.systems
        if each.system == step.best or each.role == "perfect routing"
    ]
    all_tables = (routers(step), ways(step), verdicts(step), *shown, aurocs_by_part(step))
    return [table for table in all_tables if table.rows]


def paragraphs(two_steps: Sequence[TwoStep]) -> list[str]:
    """Return a section of Markdown, its paragraphs and tables; empty where there is no route."""
    if not two_steps:
        return []
    parts = ["## Two steps"]
    for step in two_steps:
        parts += explanation(step)
        for table in tables(step):
            texts = [place for place, name in enumerate(table.columns) if name in TEXTS]
            parts += [f"{table.caption}:", markdown_table(table.rows, table.columns, [0, *texts])]
    return [*parts, "Drawn: [two_step.png](two_step.png)."]
