"""Pool the predictions of models: `python -m stages.ensemble`."""

from collections.abc import Iterable

import pandas as pd

from fracture.artifacts import ensembles, predictions
from fracture.artifacts.atomic import replacing
from fracture.console import PipelineError, run
from fracture.params.ensembles import ensembles_of
from fracture.params.section import load
from fracture.systems.candidates import side_by_side
from fracture.systems.selection import choose


def main() -> None:
    """Write the predictions of each ensemble of params.yaml, and who its members are."""
    sections = ensembles_of(load())
    tables = read(candidate for each in sections.values() for candidate in each.candidates)
    chosen = []
    with replacing(predictions.ENSEMBLES) as folder:
        folder.mkdir()
        for name, section in sections.items():
            candidates = side_by_side({model: tables[model] for model in section.candidates})
            ensemble = choose(name, section, candidates)
            predictions.write(candidates.together(ensemble.members), folder / f"{name}.csv")
            chosen.append(ensemble)
    ensembles.write(chosen)
    for ensemble in chosen:
        print(f"{ensemble.name}: {ensemble}")
    print(f"{len(chosen)} ensembles; predictions: {predictions.ENSEMBLES}")


def read(models: Iterable[str]) -> dict[str, pd.DataFrame]:
    """Read the predictions of models, each once."""
    tables = {}
    for model in dict.fromkeys(models):
        source = predictions.path(model)
        if not source.is_file():
            raise PipelineError(
                f"{source} not found, the predictions of model {model}: run "
                f"`dvc repro predict@{model}`"
            )
        tables[model] = predictions.read(source)
    return tables


if __name__ == "__main__":
    run(main, __doc__)
