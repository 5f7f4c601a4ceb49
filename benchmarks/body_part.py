"""Score the body part that a bundle tells of a radiograph: `python -m benchmarks.body_part`.

Runs where a pipeline ran, on the bundle that it made: its validation and test radiographs that name
a body part, as its first network sees them. Beside it stands the share of each body part in the
training, which looks at nothing.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
from tabulate import tabulate

from benchmarks.machine import describe
from fracture.artifacts import arrays
from fracture.artifacts import bundle as bundles
from fracture.artifacts import known as known_radiographs
from fracture.artifacts.splits import Part
from fracture.inference.neighbours import Known, compare
from fracture.inference.runtimes import choose, explainer, load

PARTS: tuple[Part, ...] = ("validation", "test")
HEADER = ["told by", "n", "accuracy", "Brier", "n", "accuracy", "Brier"]


def main() -> None:
    """Print a row for each way to tell the body part: validation, then test."""
    parser = argparse.ArgumentParser("python -m benchmarks.body_part", description=__doc__)
    parser.add_argument("--bundle", type=Path, help="else the headline's")
    parser.add_argument("--variant", default="plain", help="that its first network sees")
    given = parser.parse_args()
    folder = given.bundle or bundles.find()
    bundle = bundles.read(folder)
    name, each = next(iter(bundle.networks.items()))
    of = bundles.network_path(folder, name)
    if each.furthest is None:
        parser.error(f"{folder} knows no training radiographs")
    known = Known(known_radiographs.read(of), each.furthest)
    packed = arrays.read(arrays.path(given.variant))
    network = explainer(load(of, choose("auto", bundle.networks), "all"))
    names, shown = known.body_parts, packed.table["body_part"].to_numpy(object)
    shares = np.array([known.radiographs.body_parts.count(one) for one in names], float)
    table, unlike = [["share in training"], ["features"]], {}
    for part in PARTS:
        rows = packed.rows(part)
        rows = rows[np.isin(shown[rows], names)]
        truth = np.array([names.index(one) for one in shown[rows]])
        beside = compare(network.explain(packed.images, rows, each.batch_size).features, known)
        unlike[part] = np.mean([one.unlike for one in beside])
        table[0] += judged(np.tile(shares / shares.sum(), (len(truth), 1)), truth)
        table[1] += judged(np.array([[*one.body_parts.values()] for one in beside]), truth)
    print(tabulate(table, HEADER, tablefmt="github", disable_numparse=True))
    told_unlike = ", ".join(f"{part} {share:.3f}" for part, share in unlike.items())
    print(f"{', '.join(names)} of {len(known.radiographs.ids)}; noted as unlike: {told_unlike}")
    print(f"{bundle.system}, {bundle.dataset.name}; {describe()}")


def judged(told: npt.NDArray[np.float64], truth: npt.NDArray[np.int64]) -> Iterator[str]:
    """Yield how many there are, accuracy, and Brier score, 0 to 2.

    Args:
        told: The probability of each body part, (n, parts).
        truth: The position of the true one, (n,).
    """
    yield str(len(truth))
    yield f"{(told.argmax(axis=1) == truth).mean():.3f}"
    yield f"{np.square(told - np.eye(told.shape[1])[truth]).sum(axis=1).mean():.3f}"


if __name__ == "__main__":
    main()
