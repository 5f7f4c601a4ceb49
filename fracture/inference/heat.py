"""Where a system sees what it says: the heat of its networks, weighed as their answers are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from fracture.inference.gradcam import Explained, Floats, enlarge, heatmap
from fracture.judging.logits import Probabilities
from fracture.systems.formula import Leaf, Linear, Node, branches

MAP, GRADCAM = "fracture map", "Grad-CAM"
OPACITY = 0.75  # of the hottest place, as in the pictures of fracture/presenting/overlays.py


@dataclass(frozen=True)
class Heat:
    """Where a system sees what it says of a radiograph.

    Attributes:
        radiograph: Letterboxed as the first network sees it, but grey and without its further
            steps, uint8 (height, width).
        heat: How much each pixel speaks for the class, float32 (height, width), 0 to 1: the
            probability of a fracture there where it is a fracture map, else relative to the hottest
            pixel; 0 everywhere where nothing speaks for it.
        shown: `fracture map` or `Grad-CAM`.
    """

    radiograph: npt.NDArray[np.uint8]
    heat: Floats
    shown: str


def overlay(heat: Heat) -> npt.NDArray[np.uint8]:
    """Return a radiograph under its heat, uint8 (height, width, 3), red first."""
    colours = cv2.applyColorMap(np.rint(255 * heat.heat).astype(np.uint8), cv2.COLORMAP_INFERNO)
    opacity = np.float32(OPACITY) * heat.heat[..., None]
    mixed = (1 - opacity) * heat.radiograph[..., None] + opacity * colours[..., ::-1]
    return np.rint(mixed).astype(np.uint8)


def answering_leaves(node: Node) -> list[Leaf]:
    """Return the leaves of a formula but for those of its routers, each once, in order."""
    if isinstance(node, Leaf):
        return [node]
    if isinstance(node, Linear):
        parts = node.parts
    else:
        parts = [*node.to.values(), *([node.otherwise] if node.otherwise else [])]
    return list(dict.fromkeys(leaf for part in parts for leaf in answering_leaves(part)))


def weights_of(node: Node, leaves: Mapping[Leaf, Probabilities]) -> dict[Leaf, Probabilities]:
    """Return how much each network that answers counts for each of n radiographs, (n,).

    The weights of a radiograph sum to 1: the members of a mean count the same, the specialists of a
    route as their answers do, its router not at all.

    Args:
        node: The formula.
        leaves: What each of its leaves says.
    """
    if isinstance(node, Leaf):
        return {node: np.ones(len(leaves[node]))}
    if isinstance(node, Linear):
        shared = [(np.array(1 / len(node.parts)), part) for part in node.parts]
    else:
        shared = branches(node, leaves)
    weights: dict[Leaf, Probabilities] = {}
    for share, part in shared:
        for leaf, weight in weights_of(part, leaves).items():
            weights[leaf] = weights.get(leaf, 0) + share * weight
    return weights


def show(
    weights: Mapping[Leaf, Probabilities],
    explained: Mapping[str, Explained],
    classes: Sequence[int],
    radiographs: Sequence[npt.NDArray[np.uint8]],
) -> list[Heat]:
    """Return where a system sees what it says of each of n radiographs.

    Where all of its networks have a fracture map, these are averaged, else what Grad-CAM gives.

    Args:
        weights: Of the networks that answer, as `weights_of` returns them.
        explained: What each of these networks says and why, by its name.
        classes: Position of the class that the heat is to speak for; of two classes 0.
        radiographs: As `Heat` shows them.
    """
    maps = all(explained[leaf.network].map is not None for leaf in weights)
    shown = []
    for row, (place, radiograph) in enumerate(zip(classes, radiographs, strict=True)):
        heat = np.zeros(radiograph.shape, np.float32)
        for leaf, weight in weights.items():
            found = explained[leaf.network]
            given, scale = (found.map, enlarge) if maps else (found.heat, heatmap)
            if given is not None:
                heat += np.float32(weight[row]) * scale(given[row, place], *radiograph.shape)
        if not maps:
            heat /= heat.max() or np.float32(1)
        shown.append(Heat(radiograph, np.clip(heat, 0, 1), MAP if maps else GRADCAM))
    return shown
