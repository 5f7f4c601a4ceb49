"""Predict the validation and test radiographs with a model's networks, and show where they look."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from fracture.artifacts import arrays, history, localisation, network, predictions, scores, trained
from fracture.artifacts.arrays import PackedImages
from fracture.artifacts.trained import Trained
from fracture.console import run
from fracture.device import prepare
from fracture.inference.gradcam import Explained
from fracture.inference.models import predict_model
from fracture.inference.trained import member_of
from fracture.judging.localisation import localise, with_boxes
from fracture.params.evaluate import Evaluate
from fracture.params.section import load, value_at
from fracture.params.train import resolve
from fracture.presenting.class_overlays import draw_class_overlays
from fracture.presenting.figures import save
from fracture.presenting.overlays import caption_of, draw_overlays
from fracture.presenting.training import draw_curves
from fracture.targets import FRACTURED


def main(name: str) -> None:
    """Predict with every network of the model `name`; explain with those of the first seed."""
    parameters = load()
    seed = value_at(parameters, "seed")
    evaluate = Evaluate.read(parameters, "evaluate")
    model, train = resolve(parameters, name)
    made, packed = trained.read(name), arrays.read(arrays.path(model.variant))
    prepare(train.device, seed, threads=train.threads)

    rows = packed.judged
    table = packed.table.iloc[rows]
    kinds = known(made, table)
    own = made.targets[0].target
    of_fractures = own.column == FRACTURED
    judged = restricted(packed, rows[np.any(list(kinds.values()), axis=0)])
    boxed = with_boxes(judged) if of_fractures else np.array([], np.intp)
    members = {
        (value, key): member_of(parameters, network.name_of(name, key, value))
        for value, key in made.networks
    }
    predicted = predict_model(members, packed.images, rows, kinds, np.isin(rows, boxed), seed)

    start = 0
    for row in made.targets:
        target, place = row.target, slice(start, start := start + row.target.outputs)
        tables = [
            table.assign(seed=key, trained_on=value, label=target.labels(table)).assign(
                **dict(zip(target.columns, given[:, place].T, strict=True))
            )
            for (value, key), given in predicted.probabilities.items()
        ]
        predictions.write(pd.concat(tables), predictions.path(name, target.name))
    trained.write(made, predictions.folder(name))

    heat = predicted.heat
    maps = {}
    if len(boxed):
        maps = {"network": heat[np.isin(rows, boxed), 0], "random_weights": predicted.control[:, 0]}
    measured = judged if of_fractures else restricted(packed, boxed)
    localised = localise(name, measured, maps, evaluate, seed)
    localisation.write(localised, localisation.path(name))

    shown = np.isin(rows, judged.rows("test"))
    given = np.select(
        [kinds[value][:, None] for value in made.kinds],
        [predicted.probabilities[value, made.seeds[0]] for value in made.kinds],
    )[shown][:, : own.outputs]
    if of_fractures:
        picture = draw_overlays(
            packed, rows[shown], Explained(given[:, 0], heat[shown, 0]), localised
        )
    else:
        picture = draw_class_overlays(packed, rows[shown], Explained(given, heat[shown]), own, name)
    pictures = {
        "gradcam": picture,
        # Not where it was trained: a colour is no reason to train again.
        "training": draw_curves(history.read(history.path(name)), name),
    }
    for each, figure in pictures.items():
        save(figure, scores.picture(name, each), packed.synthetic)
    print(f"{name}: {len(table)} radiographs predicted; networks: {len(members)}")
    if of_fractures:
        print(caption_of(localised))
    print(f"pictures: {predictions.plots(name)}")


def known(made: Trained, table: pd.DataFrame) -> dict[str, npt.NDArray[np.bool_]]:
    """Return which radiographs each network of a model knows the kind of, by its `trained_on`.

    Args:
        made: The model.
        table: The n radiographs.
    """
    if made.per:
        return {value: (table[made.per] == value).to_numpy() for value in made.kinds}
    inside = np.ones(len(table), bool)
    for column, value in made.where.items():
        inside &= (table[column] == value).to_numpy()
    return {"": inside}


def restricted(packed: PackedImages, rows: npt.NDArray[np.intp]) -> PackedImages:
    """Return the same radiographs, of which those at other positions belong to no part."""
    inside = np.isin(np.arange(len(packed.table)), rows)
    part = packed.table["part"].where(inside, "unused")
    return PackedImages(packed.images, packed.table.assign(part=part))


if __name__ == "__main__":
    run(main, __doc__, "model")
