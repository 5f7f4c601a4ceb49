"""A trained model on packed radiographs: probabilities of each network, heat of the first."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fracture.artifacts import network as networks
from fracture.inference.gradcam import Explained, Floats, GradCAM, hotter_sign, randomise
from fracture.inference.networks import Member, Probabilities, predict


@dataclass(frozen=True)
class Predicted:
    """What the networks of one model say of n radiographs.

    Attributes:
        probabilities: Of a fracture, float32 (n,), 0 to 1, by training seed.
        explained: The n radiographs, as the first seed's network sees them.
        control: Heat of the same network with random weights, float32 (m, rows, columns), of m of
            the radiographs.
    """

    probabilities: Mapping[int, Probabilities]
    explained: Explained
    control: Floats | None


def predict_model(
    members: Mapping[int, Member],
    images: npt.NDArray[np.uint8],
    rows: npt.NDArray[np.intp],
    controlled: npt.NDArray[np.intp],
    seed: int,
) -> Predicted:
    """Predict with each network of a model, and explain with the first.

    Args:
        members: The networks by training seed, the first one first.
        images: uint8 (n, height, width, 1); only a batch of them is read at a time.
        rows: Positions of the radiographs to predict, at least one.
        controlled: Positions of those for which a network with random weights is explained too.
        seed: Of those weights.
    """
    (first, member), *others = members.items()
    network = networks.read(member.folder)
    gradcam = GradCAM(network)
    explained = gradcam.explain(images, rows, member.batch_size)
    upright = explained.probabilities
    probabilities = {first: predict(network, member, images, rows, upright, "predict")}
    for key, other in others:
        probabilities[key] = predict(
            networks.read(other.folder), other, images, rows, label="predict"
        )
    control = None
    if len(controlled):
        randomise(network, seed)
        control = hotter_sign(gradcam.explain(images, controlled, member.batch_size).heat)
    return Predicted(probabilities, explained, control)
