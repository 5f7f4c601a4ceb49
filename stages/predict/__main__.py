"""Predict the validation and test radiographs with a model's networks, and show where they look."""

import numpy as np
import pandas as pd

from stages.artifacts import arrays, localisation, predictions, scores
from stages.artifacts import network as networks
from stages.console import run
from stages.device import prepare
from stages.figures import save
from stages.inference.gradcam import Explained, Floats, GradCAM
from stages.inference.probabilities import predict
from stages.params import section
from stages.params.evaluate import Evaluate
from stages.params.predict import predicting
from stages.params.train import resolve
from stages.predict.control import forget, warmer
from stages.predict.localise import localise, with_boxes
from stages.predict.overlays import caption_of, draw_overlays


def main(name: str) -> None:
    """Predict with every network of the model `name`; explain and localise with the first."""
    parameters = section.load()
    seed, (first, *others) = section.at(parameters, "seed"), section.at(parameters, "seeds")
    evaluate = Evaluate.parse(section.at(parameters, "evaluate"), "evaluate")
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
    picture = scores.plots(name) / "gradcam.png"
    save(draw_overlays(packed, rows[test], shown, localised), picture, packed.synthetic)
    print(f"{name}: {len(table)} radiographs predicted, seeds {', '.join(map(str, probabilities))}")
    print(f"{caption_of(localised)}\npicture: {picture}")


if __name__ == "__main__":
    run(main, __doc__, "model")
