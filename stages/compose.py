"""Gather the predictions of all systems of the run, composed ones made of their parts."""

from fracture.artifacts import predictions, systems, trained
from fracture.artifacts.atomic import replacing
from fracture.console import run
from fracture.params.run import chosen
from fracture.params.section import load
from fracture.params.systems import compositions
from fracture.params.train import model_named
from fracture.systems.composing import compose
from fracture.systems.predicted import side_by_side


def main() -> None:
    """Write the predictions of each system of the run, and what it is."""
    parameters = load()
    asked = chosen(parameters)
    sections = compositions(parameters, asked.systems)
    models = {model: trained.read_predicted(model) for model in asked.models}
    tables = {
        (model, row.name): predictions.read_model(model, row.name)
        for model, made in models.items()
        for row in made.targets
    }
    predicted = side_by_side(models, tables)
    words = {}
    for model in models:
        section = model_named(parameters, model)
        words[model] = f"{section.backbone} on {section.variant} radiographs"
    composed = compose(predicted, words, sections)
    with replacing(systems.FOLDER) as folder:
        folder.mkdir()
        for system in composed.values():
            predictions.write(predicted.table(system), systems.path(system.name, folder))
        systems.write(list(composed.values()), folder)
    for name in sections:
        print(f"{name}: {composed[name].made_of}")
    print(f"systems: {len(composed)}, {len(sections)} of them composed: {systems.FOLDER}")


if __name__ == "__main__":
    run(main, __doc__)
