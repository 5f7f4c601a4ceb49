"""Grad-CAM: where in a radiograph a network sees a class, from the same forward pass."""

import re
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import numpy.typing as npt

from fracture.console import PipelineError
from fracture.inference.networks import in_batches

if TYPE_CHECKING:
    import keras

Floats = npt.NDArray[np.float32]
FURTHER = re.compile(r"probability_\d+|probabilities")
"""Layers of fracture/training/network.py that belong to further targets."""

MAP = "fracture_map"
"""The layer that gives the logits of the places, in a network that has a fracture map."""

EXPECTED = (
    "Grad-CAM expects a feature map, a layer `pooled`, then fixed normalisation, Dense layers with "
    "ReLU, Dropout and one sigmoid or softmax, as fracture/training builds them"
)


@dataclass(frozen=True)
class Explained:
    """What a network says of n radiographs, and why.

    Attributes:
        probabilities: All that the network gives, float32 (n, outputs), 0 to 1.
        heat: How much each place of the feature map speaks for a class of the network's own target,
            float32 (n, classes, rows, columns), less than 0 where it speaks against it; see
            `heatmap`. Of a target with two classes it is that of the second alone. Where the
            network has a fracture map, it is what speaks for the logit of its head alone.
        map: The fracture map, the probability of each place, float32 (n, 1, rows, columns); None
            where the network has none.
        features: The pooled ones, float32 (n, d).
    """

    probabilities: Floats
    heat: Floats
    map: Floats | None = None
    features: Floats = field(default_factory=lambda: np.empty((0, 0), np.float32))


class Explainer(ABC):
    """A network that says where it sees a class."""

    @abstractmethod
    def look(self, batch: npt.NDArray[np.uint8], count: int) -> Explained:
        """Return probability and heat of the first radiographs of a batch.

        Args:
            batch: uint8 (n, height, width, channels); all of it is computed.
            count: How many of them.
        """

    def explain(
        self,
        images: npt.NDArray[np.uint8],
        rows: npt.NDArray[np.intp],
        batch_size: int,
        label: str = "",
    ) -> Explained:
        """Return probability and heat of each chosen radiograph.

        Args:
            images: uint8 (n, height, width, channels); only a batch of them is read at a time.
            rows: Positions of the radiographs, at least one.
            batch_size: How many are computed together.
            label: Of the progress bar; without one there is none.
        """
        batches = in_batches(images, rows, batch_size, label)
        return join([self.look(batch, count) for batch, count in batches])


class GradCAM(Explainer):
    """Grad-CAM of a network, its gradients in closed form.

    Behind the pooled feature map there is only a small head, so the chain rule takes a few lines
    of NumPy. No backend's differentiation is needed: the heat is the same in each of them and costs
    no second pass. New weights of the network count from the next call on, and nothing is traced
    again.

    References:
        Selvaraju, R. R. et al. Grad-CAM: Visual Explanations from Deep Networks via Gradient-Based
        Localization. ICCV 2017.
    """

    def __init__(self, network: "keras.Model") -> None:
        """Find feature map and head of a network that fracture/training/network.py built.

        Raises:
            PipelineError: It has another structure.
        """
        import keras  # noqa: PLC0415 - the device is to be chosen before

        pooled, self.head = _find_head(network)
        self.classes = int(self.head[-1].units)
        outputs = [pooled.input, pooled.output, network.output]
        if MAP in [layer.name for layer in network.layers]:
            outputs.append(keras.ops.sigmoid(network.get_layer(MAP).output))
        self.model = keras.Model(network.input, outputs)

    def look(self, batch: npt.NDArray[np.uint8], count: int) -> Explained:
        """Return probability and heat of the first radiographs of a batch."""
        maps, pooled, probability, *places = (
            np.asarray(output)[:count].astype(np.float32)
            for output in self.model.predict_on_batch(batch)
        )
        classes = [weigh(maps, gradient(self.head, pooled, unit)) for unit in range(self.classes)]
        fracture_map = places[0][..., 0][:, None] if places else None
        return Explained(probability, np.stack(classes, axis=1), fracture_map, pooled)


def join(parts: Sequence[Explained]) -> Explained:
    """Return what a network says of the radiographs of several batches, at least one."""
    maps = [part.map for part in parts if part.map is not None]
    return Explained(
        np.concatenate([part.probabilities for part in parts]),
        np.concatenate([part.heat for part in parts]),
        np.concatenate(maps) if maps else None,
        np.concatenate([part.features for part in parts]),
    )


def weigh(maps: Any, gradients: Any, math: Any = np) -> Any:
    """Return the sum of the channels, each times its weight, float32 (n, rows, columns).

    A channel's weight is the mean over all places of the logit's gradient there. With average
    pooling each place has the gradient of the pooled feature, divided by the number of places; with
    maximum pooling the hottest place has all of it. The mean is the same.

    Args:
        maps: Feature maps, float32 (n, rows, columns, channels).
        gradients: Of the logit by the pooled features, float32 (n, channels).
        math: What computes, NumPy or `keras.ops`: with this the heat becomes part of a network.
    """
    weights = gradients / np.prod(maps.shape[1:3], dtype=np.float32)
    return math.einsum("nrck,nk->nrc", maps, weights)


def gradient(head: list[Any], features: Any, unit: int = 0, math: Any = np) -> Any:
    """Return the gradient of a class's logit by the features, in the shape of the features.

    Args:
        head: The layers above the features; the last one gives the logits.
        features: float32 (n, d).
        unit: Position of the class among the logits.
        math: As for `weigh`.
    """
    import keras  # noqa: PLC0415

    layer, *above = head
    if not above:
        kernel, _ = layer.get_weights()
        return math.add(math.zeros_like(features), kernel[:, unit])
    if isinstance(layer, keras.layers.BatchNormalization):
        mean, variance = layer.get_weights()
        scale = 1 / np.sqrt(variance + np.float32(layer.epsilon))
        normalized = math.multiply(math.subtract(features, mean), scale)
        return math.multiply(scale, gradient(above, normalized, unit, math))
    if isinstance(layer, keras.layers.Dense):
        kernel, bias = layer.get_weights()
        activations = math.maximum(math.add(math.matmul(features, kernel), bias), 0)
        passed = math.where(activations > 0, gradient(above, activations, unit, math), 0)
        return math.matmul(passed, kernel.T)
    # Dropout passes everything on, but in training.
    return gradient(above, features, unit, math)


def heatmap(heat: Floats, height: int, width: int) -> Floats:
    """Return heat at the size of the radiograph, float32 (height, width), the hottest place 1.

    What speaks against a fracture counts as 0. All of it is 0 where nothing speaks for one, or
    where heat is no number, as after an overflow of 16 bits.

    Args:
        heat: float32 (rows, columns).
        height: Of the radiograph, pixels.
        width: Likewise.
    """
    enlarged = enlarge(heat, height, width)
    return enlarged / (enlarged.max() or np.float32(1))


def enlarge(heat: Floats, height: int, width: int) -> Floats:
    """Return heat at the size of the radiograph as it is, float32 (height, width), 0 or more.

    Args:
        heat: float32 (rows, columns), as for `heatmap`.
        height: Of the radiograph, pixels.
        width: Likewise.
    """
    resized = cv2.resize(np.maximum(heat, 0), (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(resized if np.isfinite(resized).all() else np.zeros_like(resized))


def randomise(network: "keras.Model", seed: int) -> None:
    """Replace the weights of a network, in place, by random ones as before any training.

    Heatmaps that stay as good show the architecture and the radiograph, not what was learnt
    (Adebayo et al., Sanity Checks for Saliency Maps, NeurIPS 2018).

    Args:
        network: Keeps its graph, so that nothing is traced again.
        seed: Of the weights.
    """
    import keras  # noqa: PLC0415 - the device is to be chosen before

    keras.utils.set_random_seed(seed)
    fresh = keras.models.model_from_json(network.to_json())
    network.set_weights(fresh.get_weights())


def hotter_sign(heat: Floats) -> Floats:
    """Return the heat or its negative, whichever has the greater sum above 0.

    A random network whose last layer has the other sign is as random, and gives the negative. One
    without any heat above 0 would point nowhere, and would be no control.

    Args:
        heat: Float32 of any shape, of both signs.
    """
    return heat if np.maximum(heat, 0).sum() >= np.maximum(-heat, 0).sum() else -heat


def _find_head(network: "keras.Model") -> tuple[Any, list[Any]]:
    """Return the pooling layer and the layers above it."""
    names = [layer.name for layer in network.layers]
    if "pooled" not in names[:-1]:
        raise PipelineError(f"{network.name} has no layer `pooled` below a head: {EXPECTED}")
    place = names.index("pooled")
    pooled = network.layers[place]
    # Outputs of further targets, and a fracture map, stand beside the head.
    head = [layer for layer in network.layers[place + 1 :] if not FURTHER.match(layer.name)]
    if MAP in names:
        head = [layer for layer in head if layer.name.startswith("head_")]
    if len(pooled.input.shape) != 4:  # noqa: PLR2004 - radiograph, row, column, channel
        raise PipelineError(f"{network.name} pools {tuple(pooled.input.shape)}: {EXPECTED}")
    for layer in head:
        if not _is_known(layer, last=layer is head[-1]):
            kind = type(layer).__name__
            raise PipelineError(f"{network.name} has a {kind} {layer.name!r} above: {EXPECTED}")
    return pooled, head


def _is_known(layer: Any, last: bool) -> bool:
    from keras import activations, layers  # noqa: PLC0415

    if isinstance(layer, layers.Dense):
        outputs = activations.sigmoid if layer.units == 1 else activations.softmax
        if layer.name == "head_logit":
            outputs = activations.linear
        elif last and layer.name != "probability":
            return False
        return layer.activation is (outputs if last else activations.relu) and layer.use_bias
    if isinstance(layer, layers.BatchNormalization):
        return not (layer.center or layer.scale or last)
    return isinstance(layer, layers.Dropout) and not last
