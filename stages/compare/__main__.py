"""Compare all models of params.yaml: `python -m stages.compare`."""

from stages import figures
from stages.artifacts import audit, comparison, predictions, scores
from stages.artifacts.atomic import replacing, write_json, write_text
from stages.compare.baselines import baselines
from stages.compare.comparing import compare
from stages.compare.curves import CURVES, overlay
from stages.compare.forest import ablation, forest
from stages.compare.markdown import markdown
from stages.compare.matrix import verdicts
from stages.compare.measuring import measure, rank
from stages.compare.report import report
from stages.compare.systems import System, require_same, system
from stages.compare.table import table
from stages.console import PipelineError, progress, run
from stages.params.section import at, load


def main() -> None:
    """Write the comparison as CSV, Markdown, pictures and metrics."""
    # The names come from params.yaml: the folders may hold files of models that are gone.
    parameters = load()
    models, seed = at(parameters, "models"), at(parameters, "seed")
    systems = [read(model) for model in models]
    require_same(systems)
    without_network = baselines(audit.read(), systems[0].scores)
    shown = progress(systems, len(systems), "resampling", "models")
    ranked = rank(measure(each, seed) for each in shown)
    compared = compare(models, ranked, without_network)

    first, to = ranked[0].scores, scores.COMPARISON_TABLE
    tables = {curve: overlay(compared.ranking, curve) for curve in CURVES}
    for name, rows in ({to.stem: table(models, compared, ranked)} | tables).items():
        with replacing(to.with_stem(name)) as beside:
            rows.to_csv(beside, index=False, lineterminator="\n")
    write_text(to.with_suffix(".md"), markdown(compared, ranked))
    pictures = {
        "comparison": forest(compared, ranked),
        "verdicts": verdicts(compared, first),
        "ablation": ablation(compared, first),
    }
    for name, picture in pictures.items():
        figures.save(picture, to.with_name(f"{name}.png"), compared.synthetic)
    comparison.write(compared)
    aurocs = {each.model: each.test.value for each in ranked}
    write_json(scores.COMPARISON, {"best": first.model, "auroc": aurocs})
    print(report(compared, ranked))
    print(f"table: {to.with_suffix('.md')}; all pairs: {comparison.PATH}; pictures: {to.parent}")


def read(model: str) -> System:
    """Read what earlier stages left of a model."""
    source = predictions.path(model)
    if not source.is_file():
        raise PipelineError(
            f"{source} not found, the predictions of model {model}: run `dvc repro predict@{model}`"
        )
    return system(scores.read(model), predictions.read(source))


if __name__ == "__main__":
    run(main, __doc__)
