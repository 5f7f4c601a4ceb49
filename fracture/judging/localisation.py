"""How well heatmaps point at the fractures, against heatmaps that know nothing of them."""

from collections.abc import Callable, Iterable, Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from fracture.artifacts.arrays import PackedImages
from fracture.artifacts.localisation import CONTROLS, Localisation, Measure
from fracture.artifacts.row import Estimate
from fracture.console import progress
from fracture.imaging.letterbox import Box
from fracture.inference.gradcam import Floats, heatmap
from fracture.judging.bootstrap import multiplicities, percentiles
from fracture.params.evaluate import Evaluate
from fracture.targets import FRACTURED

Mask = npt.NDArray[np.bool_]

BLOB = 0.25
"""Standard deviation of the blob in the middle, of the radiograph's side."""

HEATMAPS = ("network", *CONTROLS)


def with_boxes(packed: PackedImages) -> npt.NDArray[np.intp]:
    """Return the positions of the fractured test radiographs with fracture boxes, ascending."""
    test = packed.rows("test")
    fractured = test[packed.table[FRACTURED].to_numpy()[test] == 1]
    return np.array([row for row in fractured if packed.boxes(row)], np.intp)


def localise(
    model: str,
    packed: PackedImages,
    heat: Mapping[str, Floats],
    section: Evaluate,
    seed: int,
) -> Localisation:
    """Measure the heatmaps of a model against the fracture boxes and the controls.

    Args:
        model: Its name.
        packed: Radiographs of all parts.
        heat: Of `network` and of `random_weights`, float32 (n, rows, columns), as Grad-CAM gives
            it, for the n radiographs of `with_boxes`. Where n is 0 it is not read.
        section: Draws of the bootstrap and confidence of the intervals.
        seed: Of the bootstrap.
    """
    rows = with_boxes(packed)
    table = _measure(packed, rows, heat)
    groups = packed.table["group"].to_numpy(object)[rows]
    estimates = estimate_means(table, groups, section, seed)
    return Localisation(
        model=model,
        dataset=str(packed.table["dataset"].iloc[0]),
        synthetic=packed.synthetic,
        confidence=section.confidence,
        draws=section.draws,
        n=len(rows),
        groups=len(set(groups)),
        empty=int(table["empty/network"].sum()),
        empty_random_weights=int(table["empty/random_weights"].sum()),
        box_area=estimates["box_area"],
        pointing=_as_measure("pointing", estimates),
        energy=_as_measure("energy", estimates),
    )


def _as_measure(name: str, estimates: Mapping[str, Estimate]) -> Measure:
    return Measure(
        network=estimates[f"{name}/network"],
        random_weights=estimates[f"{name}/random_weights"],
        centred_blob=estimates[f"{name}/centred_blob"],
        gain={control: estimates[f"{name}/gain/{control}"] for control in CONTROLS},
    )


def estimate_means(
    table: pd.DataFrame, groups: npt.NDArray[np.object_], section: Evaluate, seed: int
) -> dict[str, Estimate]:
    """Return the mean of each column with its interval, undefined where there are no rows.

    Every column is drawn alike, so that the difference of two is a paired one.

    Args:
        table: A row for each of n radiographs, of floats.
        groups: Of the radiographs, (n,): what the bootstrap draws.
        section: Draws of the bootstrap and confidence of the intervals.
        seed: Of the bootstrap.
    """
    names = [str(name) for name in table]
    if table.empty:
        return {name: Estimate(value=None) for name in names}
    values = table.to_numpy(np.float64)
    draws = np.concatenate(
        [
            weights @ values / weights.sum(axis=1, keepdims=True)
            for weights in multiplicities(groups, section.draws, seed)
        ]
    )
    if len(set(groups)) == 1:
        draws[:] = np.nan  # they do not differ
    return {
        name: Estimate.rounded(float(mean), *percentiles(column, section.confidence))
        for name, mean, column in zip(names, values.mean(axis=0), draws.T, strict=True)
    }


def _measure(
    packed: PackedImages, rows: npt.NDArray[np.intp], heat: Mapping[str, Floats]
) -> pd.DataFrame:
    """Return a row for each radiograph: every measure of every system, and what it is beyond."""
    height, width = packed.images.shape[1:3]
    blob = centred_blob(height, width)
    measured: list[dict[str, float]] = []
    for place, row in enumerate(progress(rows, len(rows), "localise", "radiographs")):
        inside = inside_boxes(packed.boxes(row), height, width)
        maps = {name: heatmap(coarse[place], height, width) for name, coarse in heat.items()}
        values = {"box_area": inside.mean()}
        values |= {f"empty/{name}": not shown.any() for name, shown in maps.items()}
        for measure, compute in MEASURES.items():
            by_system = {
                name: compute(shown, inside)
                for name, shown in {**maps, "centred_blob": blob}.items()
            }
            values |= {f"{measure}/{name}": value for name, value in by_system.items()}
            values |= {
                f"{measure}/gain/{control}": by_system["network"] - by_system[control]
                for control in CONTROLS
            }
        measured.append(values)
    return pd.DataFrame(measured, columns=_columns()).astype(np.float64)


def _columns() -> list[str]:
    columns = ["box_area", *(f"empty/{system}" for system in HEATMAPS if system != "centred_blob")]
    for measure in MEASURES:
        columns += [f"{measure}/{system}" for system in HEATMAPS]
        columns += [f"{measure}/gain/{control}" for control in CONTROLS]
    return columns


def pointing(heatmap: Floats, inside: Mask) -> float:
    """Return 1 where the hottest pixel lies in a box, else 0; the share where several are as hot.

    The pointing game (Zhang et al., Top-Down Neural Attention by Excitation Backprop, IJCV 126,
    2018), without its margin of 15 pixels. A heatmap without heat points nowhere: 0.

    Args:
        heatmap: float32 (height, width), 0 or more.
        inside: Whether a pixel lies in a box, (height, width).
    """
    return float(inside[heatmap == heatmap.max()].mean()) if heatmap.any() else 0.0


def energy(heatmap: Floats, inside: Mask) -> float:
    """Return the share of the heat that lies in boxes, 0 to 1; 0 where there is no heat.

    The energy-based pointing game (Wang et al., Score-CAM, CVPR Workshops 2020).

    Args:
        heatmap: float32 (height, width), 0 or more.
        inside: Whether a pixel lies in a box, (height, width).
    """
    total = heatmap.sum(dtype=np.float64)
    return float(heatmap[inside].sum(dtype=np.float64) / total) if total else 0.0


MEASURES: dict[str, Callable[[Floats, Mask], float]] = {"pointing": pointing, "energy": energy}


def inside_boxes(boxes: Iterable[Box], height: int, width: int) -> Mask:
    """Return which pixels have their middle in a box; a box holds one pixel at least.

    Args:
        boxes: Left, top, right and bottom edge in pixels: the first pixel reaches from 0 to 1.
        height: Of the radiograph, pixels.
        width: Likewise.
    """
    inside = np.zeros((height, width), np.bool_)
    for left, top, right, bottom in boxes:
        inside[_span(top, bottom, height), _span(left, right, width)] = True
    return inside


def _span(low: float, high: float, size: int) -> slice:
    first = min(int(low + 0.5), size - 1)
    return slice(first, max(int(high + 0.5), first + 1))


def centred_blob(height: int, width: int) -> Floats:
    """Return a Gaussian in the middle, its standard deviation `BLOB` of each side.

    It is the heatmap of a control that looks at no radiograph, and relies on what is examined being
    in the middle.

    Args:
        height: Of the radiograph, pixels.
        width: Likewise.

    Returns:
        float32 (height, width), the hottest place 1.
    """
    down, along = (
        np.exp(-0.5 * ((np.arange(side) - (side - 1) / 2) / (BLOB * side)) ** 2)
        for side in (height, width)
    )
    blob = np.outer(down, along)
    return (blob / blob.max()).astype(np.float32)
