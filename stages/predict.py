"""Predict the validation and test radiographs with a model's networks, and show where they look."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from fracture.artifacts import (
    arrays,
    costs,
    history,
    localisation,
    maps,
    network,
    pictures,
    predictions,
    trained,
)
from fracture.artifacts.arrays import PackedImages
from fracture.artifacts.atomic import replacing
from fracture.artifacts.maps import Maps
from fracture.artifacts.trained import Trained
from fracture.console import run
from fracture.device import prepare
from fracture.inference.gradcam import Explained
from fracture.inference.models import Predicted, predict_model
from fracture.inference.trained import member_of
from fracture.judging.localisation import describe, localise, measured
from fracture.params.evaluate import Evaluate
from fracture.params.section import load, value_at
from fracture.params.train import resolve
from fracture.presenting.class_overlays import draw_class_overlays
from fracture.presenting.figures import save
from fracture.presenting.free_response import draw_free_response
from fracture.presenting.overlays import caption_of, draw_overlays
from fracture.presenting.training import draw_curves
from fracture.presenting.words import one_of
from fracture.targets import FRACTURED


def main(name: str) -> None:
    """Predict with every network of the model `name`; explain with those of the first seed."""
    parameters = load()
    seed = value_at(parameters, "data_seed")
    model, train = resolve(parameters, name)
    made, packed = trained.read(name), arrays.read(arrays.path(model.variant))
    device = prepare(train.device, seed, threads=train.threads)

    rows = packed.judged
    table = packed.table.iloc[rows]
    kinds = known(made, table)
    inside = np.any(list(kinds.values()), axis=0)
    of_fractures = made.targets[0].column == FRACTURED
    judged = restricted(packed, rows[inside & of_fractures])
    controlled = np.isin(rows, measured(judged))
    members = {
        (value, key): member_of(parameters, network.name_of(name, key, value))
        for value, key in made.networks
    }
    predicted = predict_model(members, packed.images, rows, kinds, controlled, seed)
    section = Evaluate.read(parameters, "evaluate")
    heat = heat_of_fractures(predicted, controlled)
    sought, mapped = describe(judged), predicted.gradcam is not None
    localised = localise(name, sought, heat, "map" if mapped else "gradcam", section, seed)

    # Whole folders, as a note may lie there: the last run may have had no part for this model.
    with replacing(predictions.folder(name)) as folder:
        folder.mkdir()
        for target, said in tables(made, table, predicted).items():
            predictions.write(said, folder / predictions.path(name, target).name)
        trained.write(made, folder)
        localisation.write(localised.summary, folder / localisation.path(name).name)
        if mapped and sought.ids:  # for the systems that the model is a part of
            maps.write(Maps(sought, heat["network"], heat["random_weights"]), folder / maps.FILE)
    test = inside & (table["part"] == "test").to_numpy()
    given, shown = served(made, kinds, predicted)[test], predicted.heat[test]
    gradcam = None if predicted.gradcam is None else predicted.gradcam[test, 0]
    title = name + one_of(dict.fromkeys(seed for _, seed in made.networks))
    if of_fractures:
        explained = Explained(given[:, 0], shown[:, 0])
        overlays = draw_overlays(packed, rows[test], explained, localised.summary, gradcam, title)
    else:
        own, explained = made.targets[0].target, Explained(given, shown)
        overlays = draw_class_overlays(packed, rows[test], explained, own, title)
    # Training curves: not where it was trained, as a colour is no reason to train again.
    curves = draw_curves(history.read(history.path(name)), name)
    figures = {"heat": overlays, "training": curves}
    if localised.summary.n:
        figures["froc"] = draw_free_response(localised, title)
    with replacing(predictions.plots(name)) as folder:
        folder.mkdir()
        for each, figure in figures.items():
            save(figure, folder / pictures.path(name, each).name, packed.synthetic)
        if localised.summary.n:
            localisation.write_curve(localised.curves, folder / localisation.curve_path(name).name)
    costs.write(name, costs.Prediction, device, milliseconds=round(predicted.milliseconds, 3))
    print(f"{name}: {len(table)} radiographs predicted; networks: {len(members)}")
    if of_fractures:
        print(caption_of(localised.summary))
    print(f"pictures: {predictions.plots(name)}")


def tables(made: Trained, table: pd.DataFrame, predicted: Predicted) -> dict[str, pd.DataFrame]:
    """Return what all networks of a model say, a table for each target by its name.

    Args:
        made: The model.
        table: The n radiographs, as fracture/artifacts/arrays.py holds them.
        predicted: What its networks give, the probabilities of the targets side by side.
    """
    found, start = {}, 0
    for row in made.targets:
        target, end = row.target, start + row.target.outputs
        labels = target.labels(table)
        found[target.name] = pd.concat(
            [
                table.assign(
                    seed=seed,
                    trained_on=value,
                    label=labels,
                    **dict(zip(target.columns, given[:, start:end].T, strict=True)),
                )
                for (value, seed), given in predicted.probabilities.items()
            ]
        )
        start = end
    return found


def heat_of_fractures(
    predicted: Predicted, chosen: npt.NDArray[np.bool_]
) -> dict[str, npt.NDArray[np.float32]]:
    """Return what `localise` measures: the heat of the m chosen radiographs by its kind.

    Args:
        predicted: What the networks give of n radiographs, `control` of the m alone.
        chosen: Which of the n are measured.
    """
    heat = {"network": predicted.heat[chosen, 0]}
    if predicted.gradcam is not None:
        heat["gradcam"] = predicted.gradcam[chosen, 0]
    return heat | {"random_weights": predicted.control[:, 0]}


def served(
    made: Trained, kinds: Mapping[str, npt.NDArray[np.bool_]], predicted: Predicted
) -> npt.NDArray[np.float32]:
    """Return the probabilities of the own target from those networks whose heat is shown.

    Args:
        made: The model.
        kinds: Which radiographs each network knows the kind of, bool (n,).
        predicted: What all networks give.
    """
    given = np.select(
        [kinds[value][:, None] for value in made.kinds],
        [predicted.probabilities[value, made.seeds[0]] for value in made.kinds],
    )
    return np.asarray(given[:, : made.targets[0].target.outputs], np.float32)


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
