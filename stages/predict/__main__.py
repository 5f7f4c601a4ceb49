"""Predict the validation and test radiographs with a trained network, and show some of them."""

import numpy as np

from stages.artifacts import arrays, predictions, scores
from stages.artifacts import network as networks
from stages.console import run
from stages.device import prepare
from stages.figures import save
from stages.params import section
from stages.params.train import resolve
from stages.predict.probabilities import predict
from stages.predict.samples import draw_samples


def main(name: str) -> None:
    """Write the predictions of the model `name` and a picture of right and wrong ones."""
    parameters = section.load()
    model, settings = resolve(parameters, name)
    packed = arrays.read(arrays.path(model.variant))
    prepare(settings.device, section.at(parameters, "seed"), threads=settings.threads)

    network = networks.read(networks.path(name))
    rows = np.sort(np.concatenate([packed.rows("validation"), packed.rows("test")]))
    table = packed.table.iloc[rows].assign(
        probability=predict(network, packed.images, rows, settings.batch_size)
    )
    predictions.write(table, predictions.path(name))

    test = table["part"] == "test"
    picture = scores.plots(name) / "samples.png"
    save(draw_samples(packed.images[rows[test]], table[test], name), picture, packed.synthetic)
    print(f"{name}: {len(table)} radiographs predicted; samples: {picture}")


if __name__ == "__main__":
    run(main, __doc__, "model")
