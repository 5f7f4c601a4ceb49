"""Compare the systems of params.yaml within their targets: `python -m stages.compare`."""

from collections.abc import Mapping
from itertools import chain

from fracture.artifacts import audit, built, comparison, curves, scores, systems, two_step
from fracture.artifacts.atomic import write_json
from fracture.artifacts.scores import Scores
from fracture.artifacts.systems import System
from fracture.artifacts.two_step import TwoStep
from fracture.console import progress, run
from fracture.judging.comparison.comparing import baselines, compare
from fracture.judging.comparison.systems import join, measure, require_same
from fracture.judging.two_step import Run, judge_two_steps
from fracture.params.evaluate import Evaluate
from fracture.params.run import chosen
from fracture.params.section import load, value_at
from fracture.presenting import figures
from fracture.presenting.comparison import markdown, report
from fracture.presenting.comparison_pictures import draw
from fracture.presenting.comparison_tables import table
from fracture.targets import FRACTURED


def main() -> None:
    """Write the comparisons as CSV, Markdown, pictures and metrics."""
    parameters = load()
    section, seed = Evaluate.read(parameters, "evaluate"), value_at(parameters, "data_seed")
    models = {name: value_at(parameters, "models", name) for name in chosen(parameters).models}
    made = systems.read()
    groups = grouped(made, value_at(parameters, "model"))
    joined = {
        name: join(scores.read(name), systems.read_predictions(name))
        for name in chain.from_iterable(groups)
    }
    for group in groups:
        require_same([joined[name] for name in group])
    orders = [
        scores.rank(joined[name].scores for name in group if made[name].ranked) for group in groups
    ]
    steps = progress(joined.items(), len(joined), "resampling", "systems")
    measured = {name: measure(each, seed) for name, each in steps}
    compared = [
        compare(
            models,
            [measured[each.model] for each in order],
            baselines(audit.read(), order[0]) if of_audit(made[order[0].model]) else [],
            [name for name in group if not made[name].ranked],
        )
        for group, order in zip(groups, orders, strict=True)
    ]

    two_steps = judge_two_steps(Run(made, models, joined, measured, section, seed))

    results = {name: each.scores for name, each in joined.items()}
    write(compared, two_steps, results, made, value_at(parameters, "model"))
    not_trained = built.read({entry["backbone"] for entry in models.values()})
    curves.write_confusion(value_at(parameters, "model"))
    comparison.write_page(
        table(compared, results, made, models),
        markdown(compared, results, made, models, two_steps, not_trained),
    )
    aurocs = {
        each.title: {name: results[name].auroc.value for name in each.ranking} for each in compared
    }
    best = {each.title: each.ranking[0] for each in compared}
    write_json(scores.COMPARISON, {"best": best, "auroc": aurocs})
    print(report(compared, results))
    pictures_in = comparison.TEXT.parent
    print(f"table: {comparison.TEXT}; all pairs: {comparison.PATH}; pictures: {pictures_in}")


def grouped(made: Mapping[str, System], headline: str) -> list[list[str]]:
    """Return the systems that can be compared: of one target and of the same radiographs.

    Groups without any system that is ranked are left out.

    Args:
        made: The systems of the run.
        headline: One of them that is ranked, whose group stands first.
    """
    groups: dict[str, list[str]] = {}
    for name in (headline, *made):
        groups.setdefault(f"{made[name].target.name} {made[name].where}", []).append(name)
    first, *others = [[name for name in made if name in group] for group in groups.values()]
    return [first, *(group for group in others if any(made[name].ranked for name in group))]


def of_audit(system: System) -> bool:
    """Return whether a system predicts what the audit's baselines guess, of all radiographs."""
    return system.target.column == FRACTURED and not system.where


def write(
    compared: list[comparison.Comparison],
    two_steps: list[TwoStep],
    results: Mapping[str, Scores],
    made: Mapping[str, System],
    headline: str,
) -> None:
    """Write the comparisons, their pictures and the curves of the systems of the first.

    Args:
        compared: That of the headline's target first.
        two_steps: Systems of two steps, perhaps none.
        results: The scores of all systems.
        made: The systems of the run.
        headline: The one that params.yaml names.
    """
    first = compared[0]
    trained = [name for name in first.ranking if made[name].kind == "model"]
    for curve in curves.CURVES:
        curves.write_comparison(curve, trained if curve == "history" else first.ranking)
    pictures = draw(compared, results, made, two_steps, headline, curves.read)
    for name, picture in pictures.items():
        figures.save(picture, comparison.picture(name), first.synthetic)
    comparison.write(compared)
    two_step.write(two_steps)


if __name__ == "__main__":
    run(main, __doc__)
