"""How much the draw of the split moves AUROC: frozen features, logistic regression, several seeds.

Run after `dvc repro preprocess` with `dataset: fracatlas` and `recipe: transfer`:
`python -m benchmarks.split_luck mobilenet_v2`. Nothing is chosen by what it prints.
"""

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from fracture.artifacts import arrays, manifest
from fracture.console import run
from fracture.device import prepare
from fracture.params import section
from fracture.params.split import Split
from fracture.params.train import resolve
from fracture.splitting.draw import split_by_group

SEEDS = range(8)


def main(name: str) -> None:
    """Print validation and test AUROC of the model's frozen backbone for each seed of the split."""
    parameters = section.load()
    model, settings = resolve(parameters, name)
    packed = arrays.read(arrays.path(model.variant))
    prepare(settings.device, 0)
    from fracture.training.features import compute  # noqa: PLC0415 - once the device is chosen
    from fracture.training.network import build  # noqa: PLC0415

    _, size, _, channels = packed.images.shape
    network = build(model, settings, size, channels=channels)
    computed = compute(network.features, packed.images, settings.batch_size, "features")
    features = np.concatenate(list(computed))
    labels = packed.table["fractured"].to_numpy()
    radiographs = manifest.read()
    shares = Split.read(parameters, "split")
    print("seed  validation  test")
    for seed in SEEDS:
        split = split_by_group(radiographs, shares.validation, shares.test, seed)
        part = packed.table["id"].map(split).to_numpy()
        classifier = make_pipeline(StandardScaler(), LogisticRegression(C=1e-3, max_iter=500))
        classifier.fit(features[part == "train"], labels[part == "train"])
        decisions = classifier.decision_function(features)
        validation, test = (
            roc_auc_score(labels[part == held_out], decisions[part == held_out])
            for held_out in ("validation", "test")
        )
        print(f"{seed:4}  {validation:10.3f}  {test:.3f}", flush=True)


if __name__ == "__main__":
    run(main, __doc__, "model")
