"""Score the trained models on the data sets of `external` in params.yaml, which they never saw."""

from typing import TYPE_CHECKING

from fracture.artifacts import external, systems
from fracture.artifacts.atomic import write_text
from fracture.artifacts.scores import Scores, rank
from fracture.console import run
from fracture.device import prepare
from fracture.params.datasets import external_datasets
from fracture.params.evaluate import Evaluate
from fracture.params.radiographs import Ingest
from fracture.params.section import load, value_at
from fracture.params.train import resolve
from fracture.presenting.external import counts, drops, markdown, synthetic
from fracture.presenting.figures import Look, looks, save
from fracture.systems.formula import leaves_of

if TYPE_CHECKING:
    from fracture.artifacts.external import External


def main() -> None:
    """Write the scores on each other data set, and the report and the picture that compare."""
    parameters = load()
    internal: dict[str, Scores] = {}
    drawn: dict[str, Look] = {}
    externals: list[External] = []
    if chosen := external_datasets(parameters):
        # Only now: SciPy and scikit-learn take longer to load than all that is done without them.
        from fracture.examining.unseen import Source  # noqa: PLC0415
        from fracture.inference.external import score  # noqa: PLC0415
        from fracture.inference.trained import load_home  # noqa: PLC0415

        home = load_home(parameters)
        drawn = looks(systems.read())
        # One process computes all of them: as the headline system is computed.
        first, *_ = leaves_of(home.systems[value_at(parameters, "model")].formula)
        _, train = resolve(parameters, first.network.partition("/")[0])
        prepare(train.device, value_at(parameters, "data_seed"), threads=train.threads)
        # Systems of one target stand together.
        targets = list(dict.fromkeys(each.target for each in home.scores.values()))
        ranked = sorted(rank(home.scores.values()), key=lambda each: targets.index(each.target))
        internal = {each.model: each for each in ranked}
        ingest = Ingest.read(parameters, "ingest")
        evaluate = Evaluate.read(parameters, "evaluate")
        seed = value_at(parameters, "data_seed")
        for name, (reader, dataset) in chosen.items():
            externals.append(score(Source(name, reader, dataset), home, ingest, evaluate, seed))
    external.write(externals)
    write_text(external.TEXT, markdown(externals, internal))
    picture = drops(externals, internal, drawn)
    save(picture, external.PICTURE, synthetic(externals, internal))
    for one in externals:
        print(f"{one.name}: {counts(one, internal)}")
    print(f"{len(externals)} other data sets; report: {external.TEXT}")


if __name__ == "__main__":
    run(main, __doc__)
