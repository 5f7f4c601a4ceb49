"""Predict the validation and test radiographs with a model's networks, and show where they look."""

import numpy as np
import pandas as pd

from fracture.artifacts import arrays, history, localisation, predictions, scores
from fracture.console import run
from fracture.device import prepare
from fracture.inference.gradcam import Explained
from fracture.inference.models import predict_model
from fracture.inference.trained import member_of
from fracture.judging.localisation import localise, with_boxes
from fracture.params.evaluate import Evaluate
from fracture.params.section import load, value_at
from fracture.params.train import resolve
from fracture.presenting.figures import save
from fracture.presenting.overlays import caption_of, draw_overlays
from fracture.presenting.training import draw_curves


def main(name: str) -> None:
    """Predict with every network of the model `name`; explain and localise with the first."""
    parameters = load()
    seed, seeds = value_at(parameters, "seed"), value_at(parameters, "seeds")
    evaluate = Evaluate.read(parameters, "evaluate")
    model, train = resolve(parameters, name)
    packed = arrays.read(arrays.path(model.variant))
    prepare(train.device, seed, threads=train.threads)

    rows, boxed = packed.judged, with_boxes(packed)
    members = {key: member_of(parameters, name, key) for key in seeds}
    predicted = predict_model(members, packed.images, rows, boxed, seed)
    table = packed.table.iloc[rows]
    tables = [
        table.assign(seed=key, probability=probabilities)
        for key, probabilities in predicted.probabilities.items()
    ]
    predictions.write(pd.concat(tables), predictions.path(name))

    heat = predicted.explained.heat
    maps = {}
    if predicted.control is not None:
        maps = {"network": heat[np.isin(rows, boxed)], "random_weights": predicted.control}
    localised = localise(name, packed, maps, evaluate, seed)
    localisation.write(localised, localisation.path(name))

    test = (table["part"] == "test").to_numpy()
    explained = Explained(predicted.probabilities[seeds[0]][test], heat[test])
    pictures = {
        "gradcam": draw_overlays(packed, rows[test], explained, localised),
        # Not where it was trained: a colour is no reason to train again.
        "training": draw_curves(history.read(history.path(name)), name),
    }
    for picture, figure in pictures.items():
        save(figure, scores.picture(name, picture), packed.synthetic)
    print(f"{name}: {len(table)} radiographs predicted, seeds {', '.join(map(str, seeds))}")
    print(f"{caption_of(localised)}\npictures: {scores.plots(name)}")


if __name__ == "__main__":
    run(main, __doc__, "model")
