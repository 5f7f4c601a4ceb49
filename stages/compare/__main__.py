"""Compare all models of params.yaml: `python -m stages.compare`."""

from stages import figures
from stages.artifacts import scores
from stages.artifacts.atomic import replacing, write_json, write_text
from stages.compare.figures import forest
from stages.compare.ranking import rank
from stages.compare.table import markdown, table
from stages.console import run
from stages.params.section import at, load


def main() -> None:
    """Write the comparison as CSV, Markdown, picture and metrics."""
    # The names come from params.yaml: the folder may hold scores of models that are gone.
    models = at(load(), "models")
    ranked = rank([scores.read(model) for model in models])
    best = ranked[0]

    to = scores.COMPARISON_TABLE
    with replacing(to) as beside:
        table(models, ranked).to_csv(beside, index=False, lineterminator="\n")
    write_text(to.with_suffix(".md"), markdown(models, ranked))
    figures.save(forest(ranked), to.with_suffix(".png"), best.synthetic)
    aurocs = {each.model: each.test["auroc"] for each in ranked}
    write_json(scores.COMPARISON, {"best": best.model, "auroc": aurocs})
    print(
        f"{best.model} is first of {len(ranked)} on validation; its test AUROC: "
        f"{scores.number(aurocs[best.model])} ({scores.interval(best)}). "
        f"See {to.with_suffix('.md')} and {to.with_suffix('.png')}"
    )


if __name__ == "__main__":
    run(main, __doc__)
