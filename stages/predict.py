"""Predict the validation and test radiographs with a model's networks, and show where they look."""

import numpy as np
import pandas as pd

from fracture.artifacts import arrays, history, localisation, predictions, scores
from fracture.artifacts import network as networks
from fracture.console import run
from fracture.device import prepare
from fracture.inference.control import forget, warmer
from fracture.inference.gradcam import Explained, Floats, GradCAM
from fracture.inference.probabilities import predict
from fracture.judging.localise import localise, with_boxes
from fracture.params import section
from fracture.params.evaluate import Evaluate
from fracture.params.radiographs import predicting
from fracture.params.train import resolve
from fracture.presenting.figures import save
from fracture.presenting.overlays import caption_of, draw_overlays
from fracture.presenting.training import draw_curves


def main(name: str) -> None:
    """Predict with every network of the model `name`; explain and localise with the first."""
    parameters = section.load()
    seed, (first, *others) = (
        section.value_at(parameters, "seed"),
        section.value_at(parameters, "seeds"),
    )
    evaluate = Evaluate.parse(section.value_at(parameters, "evaluate"), "evaluate")
    model, settings = resolve(parameters, name)
    packed = arrays.read(arrays.path(model.variant))
    prepare(settings.device, seed, threads=settings.threads)

    rows = np.sort(np.concatenate([packed.rows("validation"), packed.rows("test")]))
    network = networks.read(networks.path(name, first))
    gradcam = GradCAM(network)
    explained = gradcam.explain(packed.images, rows, settings.batch_size)
    probabilities = {}
    for key in (first, *others):
        probabilities[key] = predict(
            network if key == first else networks.read(networks.path(name, key)),
            packed.images,
            rows,
            settings.batch_size,
            mirror=predicting(parameters).mirror,
            upright=explained.probabilities if key == first else None,
        )
    table = packed.table.iloc[rows]
    tables = [table.assign(seed=key, probability=of) for key, of in probabilities.items()]
    predictions.write(pd.concat(tables), predictions.path(name))

    boxed = with_boxes(packed)
    heat: dict[str, Floats] = {}
    if len(boxed):
        forget(network, seed)
        control = gradcam.explain(packed.images, boxed, settings.batch_size)
        heat["network"] = explained.heat[np.isin(rows, boxed)]
        heat["random_weights"] = warmer(control.heat)
    localised = localise(name, packed, heat, evaluate, seed)
    localisation.write(localised, localisation.path(name))

    test = (table["part"] == "test").to_numpy()
    shown = Explained(probabilities[first][test], explained.heat[test])
    folder = scores.plots(name)
    picture = folder / "gradcam.png"
    save(draw_overlays(packed, rows[test], shown, localised), picture, packed.synthetic)
    # Not where it was trained: a colour is no reason to train again.
    curves = draw_curves(history.read(history.path(name)), name)
    save(curves, folder / "training.png", packed.synthetic)
    print(f"{name}: {len(table)} radiographs predicted, seeds {', '.join(map(str, probabilities))}")
    print(f"{caption_of(localised)}\npicture: {picture}")


if __name__ == "__main__":
    run(main, __doc__, "model")
