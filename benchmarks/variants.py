"""What each variant leaves in the features of a frozen backbone, by logistic regression.

After `dvc repro split` with `dataset: fracatlas`, for models of params.yaml and the recipe's size,
whatever their own variant is; the test part is not looked at:

    python -m benchmarks.variants mobilenet_v2 lite0
"""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
from scipy.special import expit
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from benchmarks.command_line import end_in_a_line, parser_of
from benchmarks.machine import describe
from fracture.artifacts import manifest, splits
from fracture.artifacts.raw import data_root
from fracture.device import prepare
from fracture.imaging.variant import View, render
from fracture.judging.comparison.significance import Statistic, mean, mean_auroc
from fracture.judging.sample import Sample
from fracture.params import section
from fracture.params.datasets import chosen_dataset
from fracture.params.radiographs import Preprocess, Variant
from fracture.params.train import resolve
from fracture.presenting.words import markdown_table, signed

REPEATS, FOLDS, DRAWS, CONFIDENCE = 3, 5, 2000, 0.95


def main(names: list[str]) -> None:
    """Print the AUROC of each model and variant, and what it gains over plain radiographs."""
    parameters = section.load()
    size = Preprocess.read(
        parameters, "recipes", section.value_at(parameters, "recipe"), "preprocess"
    ).size
    parts = splits.read()
    radiographs = [each for each in manifest.read() if parts[each.id] != "test"]
    labels = np.array([each.fractured for each in radiographs], np.int64)
    groups = np.array([each.group for each in radiographs], object)
    root = data_root(chosen_dataset(parameters)[1].root)
    found: dict[str, dict[str, Statistic]] = {name: {} for name in names}
    for variant in section.value_at(parameters, "variants"):
        view = View(size, Variant.read(parameters, "variants", variant).steps)
        images = np.stack([image for (image,) in render(radiographs, root, [view])])
        for label, packed in channels(variant, images):
            for name in names:
                sample = Sample(labels, held_out(parameters, name, packed, labels, groups), groups)
                found[name][label] = mean_auroc([sample], name, DRAWS, seed=0)
                print(f"{name}, {label}: {found[name][label].value:.3f}", flush=True)
    rows = [
        [name, label, str(auroc.estimate(CONFIDENCE)), gain(auroc, aurocs["plain"])]
        for name, aurocs in found.items()
        for label, auroc in aurocs.items()
    ]
    for label in list(found[names[0]])[1:] if len(names) > 1 else ():
        gains = [aurocs[label] - aurocs["plain"] for aurocs in found.values()]
        rows.append(["all, pooled", label, "", signed(mean(gains).estimate(CONFIDENCE))])
    print(f"{describe()}; {len(labels)} radiographs of {size} pixels, {labels.sum()} fractured")
    print(markdown_table(rows, ["model", "variant", "AUROC", "gained over plain"], left=[0, 1]))


def channels(
    variant: str, images: npt.NDArray[np.uint8]
) -> Iterator[tuple[str, npt.NDArray[np.uint8]]]:
    """Yield a variant's images, then those of edges in two channels instead of in one."""
    yield variant, images
    if images.shape[-1] > 1:
        yield f"{variant}, edges in two of three", images[..., [0, 2, 2]]


def held_out(
    parameters: dict[str, object],
    name: str,
    images: npt.NDArray[np.uint8],
    labels: npt.NDArray[np.int64],
    groups: npt.NDArray[np.object_],
) -> npt.NDArray[np.float64]:
    """Return the probability of each radiograph from folds that do not hold its group, (n,)."""
    model, settings = resolve(parameters, name)
    prepare(settings.device, 0, settings.precision, settings.threads)
    from fracture.training.features import compute  # noqa: PLC0415 - once the device is chosen
    from fracture.training.network import build  # noqa: PLC0415

    _, size, _, depth = images.shape
    network = build(model, settings, size, channels=depth)
    computed = compute(network.features, images, settings.batch_size, "features")
    features = np.concatenate(list(computed))
    logits = np.zeros(len(labels))
    for repeat in range(REPEATS):
        folds = GroupKFold(FOLDS, shuffle=True, random_state=repeat)
        for known, unknown in folds.split(features, labels, groups):
            regression = make_pipeline(
                StandardScaler(), LogisticRegression(C=1e-3, max_iter=2000)
            ).fit(features[known], labels[known])
            logits[unknown] += regression.decision_function(features[unknown]) / REPEATS
    return np.asarray(expit(logits))


def gain(auroc: Statistic, plain: Statistic) -> str:
    """Return the difference with its interval; none of plain itself."""
    return "" if auroc is plain else signed((auroc - plain).estimate(CONFIDENCE))


if __name__ == "__main__":
    parser = parser_of("variants", __doc__)
    parser.add_argument("models", nargs="+", help="keys of models in params.yaml")
    arguments = parser.parse_args()
    end_in_a_line(main, arguments.models)
