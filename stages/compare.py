"""Compare all systems of params.yaml: `python -m stages.compare`."""

from fracture.artifacts import audit, comparison, curves, scores, systems
from fracture.artifacts.atomic import write_json
from fracture.console import progress, run
from fracture.judging.comparison.comparing import baselines, compare
from fracture.judging.comparison.systems import join, measure, require_same
from fracture.params.run import chosen
from fracture.params.section import load, value_at
from fracture.presenting import comparison_figures, figures
from fracture.presenting.comparison import markdown, report, table


def main() -> None:
    """Write the comparison as CSV, Markdown, pictures and metrics."""
    # The names come from params.yaml: the folders may hold files of models that are gone.
    parameters = load()
    seed = value_at(parameters, "seed")
    asked = chosen(parameters)
    models = {name: value_at(parameters, "models", name) for name in asked.models}
    averages, made = systems.compositions(), systems.read()
    headline = made[value_at(parameters, "model")]
    joined = {
        name: join(scores.read(name), systems.read_predictions(name))
        for name, each in made.items()
        if each.target == headline.target and each.where == headline.where
    }
    require_same(list(joined.values()))
    order = scores.rank(each.scores for each in joined.values())
    without_network = baselines(audit.read(), order[0])
    steps = progress(order, len(order), "resampling", "systems")
    ranked = [measure(joined[each.model], seed) for each in steps]
    compared = compare(models, ranked, without_network)

    first = ranked[0].scores
    trained = [name for name in compared.ranking if name in models]
    for curve in curves.CURVES:
        curves.write_comparison(curve, trained if curve == "history" else compared.ranking)
    comparison.write_page(
        table(models, compared, ranked, averages), markdown(compared, ranked, averages)
    )
    pictures = {
        "comparison": comparison_figures.ranking(compared, ranked, averages),
        "verdicts": comparison_figures.verdicts(compared, first),
        "ablation": comparison_figures.ablations(compared, first),
    }
    for name, picture in pictures.items():
        figures.save(picture, comparison.picture(name), compared.synthetic)
    comparison.write(compared)
    aurocs = {each.model: each.test.value for each in ranked}
    write_json(scores.COMPARISON, {"best": first.model, "auroc": aurocs})
    print(report(compared, ranked))
    pictures_in = comparison.TEXT.parent
    print(f"table: {comparison.TEXT}; all pairs: {comparison.PATH}; pictures: {pictures_in}")


if __name__ == "__main__":
    run(main, __doc__)
