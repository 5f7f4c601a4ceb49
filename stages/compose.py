"""Compose predictions of models into those of systems: `python -m stages.compose`."""

from fracture.artifacts import compositions, predictions
from fracture.artifacts.atomic import replacing
from fracture.console import run
from fracture.params import systems
from fracture.params.section import load
from fracture.systems.mean import choose, side_by_side


def main() -> None:
    """Write the predictions of each composition of params.yaml, and who its members are."""
    sections = systems.compositions(load())
    models = dict.fromkeys(model for section in sections.values() for model in section.mean_of)
    tables = {model: predictions.read_system(systems.System.model(model)) for model in models}
    chosen = []
    with replacing(predictions.COMPOSITIONS) as folder:
        folder.mkdir()
        for name, section in sections.items():
            candidates = side_by_side({model: tables[model] for model in section.mean_of})
            composition = choose(name, section, candidates)
            to = folder / predictions.path(name, "compositions").name
            predictions.write(candidates.together(composition.members), to)
            chosen.append(composition)
    compositions.write(chosen)
    for composition in chosen:
        print(f"{composition.name}: {composition}")
    print(f"{len(chosen)} compositions; predictions: {predictions.COMPOSITIONS}")


if __name__ == "__main__":
    run(main, __doc__)
