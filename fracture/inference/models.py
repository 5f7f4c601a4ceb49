"""A trained model on packed radiographs: what its networks say, and the heat behind it."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fracture.artifacts import network as networks
from fracture.inference.gradcam import Explained, Floats, GradCAM, hotter_sign, randomise
from fracture.inference.networks import Member, Probabilities, explain, milliseconds, predict

Key = tuple[str, int]
"""What a network was trained on, empty unless it is one of several; and its training seed."""
LABEL = "predict and explain"


@dataclass(frozen=True)
class Predicted:
    """What the networks of one model say of n radiographs.

    Attributes:
        probabilities: All that each network gives, float32 (n, outputs).
        heat: Of the n radiographs, as the network of the first seed that knows their kind sees
            them, float32 (n, classes, rows, columns): the probabilities of its fracture map, else
            Grad-CAM, see `Explained`; 0 where none does.
        gradcam: Likewise Grad-CAM where the networks have a fracture map, else None.
        control: Likewise what `heat` is with random weights, of the m radiographs for which it was
            asked, float32 (m, classes, rows, columns).
        milliseconds: That a radiograph takes in the first network.
    """

    probabilities: Mapping[Key, Probabilities]
    heat: Floats
    gradcam: Floats | None
    control: Floats
    milliseconds: float


def predict_model(
    members: Mapping[Key, Member],
    images: npt.NDArray[np.uint8],
    rows: npt.NDArray[np.intp],
    kinds: Mapping[str, npt.NDArray[np.bool_]],
    controlled: npt.NDArray[np.bool_],
    seed: int,
) -> Predicted:
    """Predict with each network of a model, and explain with those of the first seed.

    Args:
        members: The networks; of each kind the first seed comes first.
        images: uint8 (n, height, width, channels); only a batch of them is read at a time.
        rows: Positions of the radiographs to predict, at least one.
        kinds: Which of these radiographs the networks of one `trained_on` explain, bool (n,).
        controlled: Those for which networks with random weights are explained too, bool (n,).
        seed: Of those weights.
    """
    probabilities: dict[Key, Probabilities] = {}
    heat = control = np.empty(0, np.float32)
    beside: Floats | None = None
    explained: set[str] = set()
    took = 0.0
    for key, member in members.items():
        network = networks.read(member.folder)
        kind = key[0]
        if kind in explained:
            probabilities[key] = predict(network, member, images, rows, "predict")
            continue
        explained.add(kind)
        gradcam = GradCAM(network)
        found = explain(gradcam, member, images, rows, LABEL)
        probabilities[key] = found.probabilities
        took = took or milliseconds(network, member, images, rows)
        first = shown_first(found)
        if not heat.size:
            heat, control = np.zeros_like(first), np.zeros_like(first)
            beside = None if found.map is None else np.zeros_like(found.heat)
        heat[kinds[kind]] = first[kinds[kind]]
        if beside is not None:
            beside[kinds[kind]] = found.heat[kinds[kind]]
        if len(chosen := np.flatnonzero(kinds[kind] & controlled)):
            randomise(network, seed)
            untrained = explain(gradcam, member, images, rows[chosen], LABEL)
            control[chosen] = hotter_sign(shown_first(untrained))
    return Predicted(probabilities, heat, beside, control[controlled], took)


def shown_first(explained: Explained) -> Floats:
    """Return the fracture map of a network that has one, else its Grad-CAM."""
    return explained.heat if explained.map is None else explained.map
