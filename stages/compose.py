"""Gather the predictions of all systems of the run, composed ones made of their members'."""

from fracture.artifacts import compositions, predictions, systems, trained
from fracture.artifacts.atomic import replacing
from fracture.artifacts.systems import System
from fracture.artifacts.trained import TargetRow
from fracture.console import run
from fracture.params.run import chosen
from fracture.params.section import load
from fracture.params.systems import compositions as sections_of
from fracture.systems.mean import choose, side_by_side
from fracture.systems.models import scored_rows
from fracture.targets import FRACTURE


def main() -> None:
    """Write the predictions of each system of the run, and what it is."""
    parameters = load()
    asked = chosen(parameters)
    sections = sections_of(parameters, asked.systems)
    made, composed = [], []
    with replacing(systems.FOLDER) as folder:
        folder.mkdir()
        for model in asked.models:
            known = trained.read_predicted(model)
            for place, row in enumerate([] if known.per else known.targets):
                name = f"{model}.{row.name}" if place else model
                table = scored_rows(predictions.read_model(model, row.name), known.where)
                predictions.write(table, systems.path(name, folder))
                made.append(
                    System(
                        name=name, kind="model", target=row, where=known.where,
                        made_of=name, ranked=True,
                    )
                )  # fmt: skip
        for name, section in sections.items():
            members = {name: systems.path(name, folder) for name in section.mean_of}
            candidates = side_by_side(
                {name: predictions.read(path) for name, path in members.items()}
            )
            mean = choose(name, section, candidates)
            predictions.write(candidates.together(mean.members), systems.path(name, folder))
            composed.append(mean)
            made.append(
                System(
                    name=name, kind="mean", target=TargetRow.of(FRACTURE), where={},
                    made_of=str(mean), ranked=True,
                )
            )  # fmt: skip
        systems.write(made, folder)
    compositions.write(composed)
    for each in composed:
        print(f"{each.name}: {each}")
    print(f"{len(made)} systems, {len(composed)} of them composed: {systems.FOLDER}")


if __name__ == "__main__":
    run(main, __doc__)
