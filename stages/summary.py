"""Put the test scores of the chosen model into the headline: `python -m stages.summary`."""

from fracture.artifacts import scores
from fracture.artifacts.atomic import write_json
from fracture.console import run
from fracture.judging.summary import summarise
from fracture.params.section import load, value_at
from fracture.params.systems import system_named


def main() -> None:
    """Write metrics/summary.json of the system that params.yaml names."""
    parameters = load()
    # By name: scores of a model that is gone may still lie there.
    chosen = system_named(parameters, value_at(parameters, "model"), "model")
    scored = scores.read(chosen.name, chosen.scored_by)
    write_json(scores.SUMMARY, summarise(scored))
    print(
        f"{scores.SUMMARY}: {chosen.name} on {scored.dataset}, "
        f"test AUROC {scores.number(scored.auroc.value)}, "
        f"{100 * scored.confidence:g} % interval {scored.auroc.interval}"
    )


if __name__ == "__main__":
    run(main, __doc__)
