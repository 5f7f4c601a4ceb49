"""Put the test scores of the chosen model into the headline: `python -m stages.summary`."""

from stages.artifacts import scores
from stages.artifacts.atomic import write_json
from stages.console import run
from stages.params.ensembles import classifier
from stages.params.section import at, load
from stages.summary.summarise import summarise


def main() -> None:
    """Write metrics/summary.json of the model or ensemble that params.yaml names."""
    parameters = load()
    # By name: scores of a model that is gone may still lie there.
    chosen = classifier(parameters, at(parameters, "model"), "model")
    scored = scores.read(chosen.name, chosen.scored_by)
    write_json(scores.SUMMARY, summarise(scored))
    print(
        f"{scores.SUMMARY}: {chosen.name} on {scored.dataset}, "
        f"test AUROC {scores.number(scored.auroc.value)}, "
        f"{100 * scored.confidence:g} % interval {scored.auroc.interval}"
    )


if __name__ == "__main__":
    run(main, __doc__)
