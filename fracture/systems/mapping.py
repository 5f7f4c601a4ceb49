"""Where a mean of models sees fractures: the mean of their fracture maps."""

from collections.abc import Iterable, Mapping

import cv2
import numpy as np
import numpy.typing as npt

from fracture.artifacts.maps import Maps
from fracture.systems.formula import Leaf, Linear, Node

Floats = npt.NDArray[np.float32]


def shares(formula: Node) -> dict[str, float] | None:
    """Return how much each model counts in the map of a system, by its name; they sum to 1.

    As in what the service shows, the members of a mean count the same. None where a route chooses.

    Args:
        formula: Of the system.
    """
    if isinstance(formula, Leaf):
        return {formula.network.partition("/")[0]: 1.0}
    if not isinstance(formula, Linear):
        return None
    total: dict[str, float] = {}
    for part in formula.parts:
        of_part = shares(part)
        if of_part is None:
            return None
        for model, share in of_part.items():
            total[model] = total.get(model, 0.0) + share / len(formula.parts)
    return total


def mean_maps(shared: Mapping[str, float], maps: Mapping[str, Maps]) -> Maps | None:
    """Return the mean of fracture maps, as fine as the finest; None if of other radiographs.

    Args:
        shared: How much each model counts, as `shares` returns it.
        maps: Of these models; of several training seeds that of the first stands for its model.
    """
    first, *others = (maps[model] for model in shared)
    if any(each.measured != first.measured for each in others):
        return None
    network, control = (
        _mean([(share, getattr(maps[model], of)) for model, share in shared.items()])
        for of in ("network", "random_weights")
    )
    return Maps(first.measured, network, control)


def _mean(weighed: Iterable[tuple[float, Floats]]) -> Floats:
    weighed = list(weighed)
    rows, columns = max(heat.shape[1:] for _, heat in weighed)
    return np.sum(
        [
            [
                np.float32(share) * cv2.resize(one, (columns, rows), interpolation=cv2.INTER_LINEAR)
                for one in heat
            ]
            for share, heat in weighed
        ],
        axis=0,
    )
