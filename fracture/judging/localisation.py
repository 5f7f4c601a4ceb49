"""How well heatmaps point at the fractures, against heatmaps that know nothing of them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from fracture.artifacts.arrays import PackedImages
from fracture.artifacts.localisation import CURVE, FALSE_MARKS, Kind, Localisation, Measure, Small
from fracture.artifacts.maps import Measured
from fracture.artifacts.row import Estimate
from fracture.console import progress
from fracture.imaging.letterbox import Box
from fracture.inference.gradcam import Floats, heatmap
from fracture.judging.bootstrap import Bootstrap, estimate, means
from fracture.judging.free_response import (
    Numbers,
    Ranked,
    Weights,
    average_precision,
    rank_marks,
    sensitivity,
    side,
)
from fracture.judging.marks import Marks, find_marks
from fracture.judging.pointing import centred_blob, energy, inside_boxes, pointing
from fracture.params.evaluate import Evaluate
from fracture.targets import FRACTURED

RATES = np.unique([*np.geomspace(0.01, 10, 61).round(6), *FALSE_MARKS])
"""False marks a radiograph at which the free-response ROC is drawn."""


@dataclass(frozen=True)
class Localised:
    """How well the heatmaps of one system point at the fractures.

    Attributes:
        summary: All measures.
        curves: The free-response ROC of each kind of heat as far as its marks reach, with the
            columns of `CURVE`; empty where nothing is measured.
    """

    summary: Localisation
    curves: pd.DataFrame


@dataclass(frozen=True)
class _Looked:
    """What the n radiographs show, before anything is averaged.

    Attributes:
        table: A row for each radiograph; no number where a measure does not count it.
        ranked: The marks of all of them, by kind of heat: the network's first.
    """

    table: pd.DataFrame
    ranked: dict[str, Ranked]


def measured(packed: PackedImages) -> npt.NDArray[np.intp]:
    """Return the positions of the test radiographs on which localisation is measured, ascending.

    They are the fractured ones with fracture boxes, and those without a fracture, where every mark
    is false. Fractured ones without boxes are left out; where none has boxes, all are.
    """
    test = packed.rows("test")
    fractured = packed.table[FRACTURED].to_numpy()[test] == 1
    boxed = fractured & np.array([bool(packed.boxes(row)) for row in test], np.bool_)
    return test[boxed | ~fractured] if boxed.any() else test[:0]


def describe(packed: PackedImages) -> Measured:
    """Return the radiographs of `measured`, with their fractures.

    Args:
        packed: Radiographs of all parts.
    """
    rows = measured(packed)
    table = packed.table.iloc[rows]
    height, width = packed.images.shape[1:3]
    fractured = table[FRACTURED].tolist()
    return Measured(
        ids=table["id"].tolist(),
        groups=table["group"].tolist(),
        boxes=[
            packed.boxes(row) if label else [] for row, label in zip(rows, fractured, strict=True)
        ],
        size=(height, width),
        dataset=str(packed.table["dataset"].iloc[0]),
        synthetic=packed.synthetic,
    )


def localise(
    name: str,
    radiographs: Measured,
    heat: Mapping[str, Floats],
    kind: Kind,
    section: Evaluate,
    seed: int,
) -> Localised:
    """Measure the heatmaps of a system against the fracture boxes and the controls.

    Every draw of the bootstrap takes the same radiographs for all kinds of heat: gains are paired.

    Args:
        name: Of the system.
        radiographs: Perhaps none.
        heat: Of `network`, perhaps of `gradcam` beside a fracture map, and of `random_weights`:
            float32 (n, rows, columns). The probabilities of a map, or Grad-CAM's heat as it is.
            Marks are scored by it: divided by the maximum of each radiograph, as for a picture,
            all would begin at 1.
        kind: What the network's heat is.
        section: Draws and confidence of the intervals, and how marks are found.
        seed: Of the bootstrap.
    """
    boxes = radiographs.boxes
    groups = np.array(radiographs.groups, object)
    estimates: Mapping[str, Estimate] = defaultdict(lambda: Estimate(value=None))
    curves = pd.DataFrame(columns=CURVE)
    empty = dict.fromkeys(heat, 0)
    if boxes:
        looked = _look(radiographs, heat, section)
        bootstrap = Bootstrap(section.draws, section.confidence, seed)
        shares = _groups_of_shares(boxes, groups, [*looked.ranked], section.small_fracture)
        estimates = estimate(lambda drawn: _score(looked, drawn), groups, bootstrap, shares)
        curves = _curves(looked.ranked, estimates)
        empty = {name: int(looked.table[f"empty/{name}"].sum()) for name in heat}
    fractured = [own for own in boxes if own]
    summary = Localisation(
        model=name,
        kind=kind,
        dataset=radiographs.dataset,
        synthetic=radiographs.synthetic,
        confidence=section.confidence,
        draws=section.draws,
        n=len(fractured),
        fractures=sum(map(len, fractured)),
        normal=len(boxes) - len(fractured),
        groups=len(set(groups)),
        empty=empty["network"],
        empty_random_weights=empty["random_weights"],
        mark_share=section.mark_share,
        **_measures(fractured, [*heat, "centred_blob"], estimates, section.small_fracture),
    )
    return Localised(summary, curves)


def _measures(
    boxes: Sequence[Sequence[Box]],
    kinds: Sequence[str],
    estimates: Mapping[str, Estimate],
    small_side: float,
) -> dict[str, Any]:
    """Return the fields of `Localisation` that were measured.

    Args:
        boxes: Of each fractured radiograph.
        kinds: Of heat.
        estimates: By name, as `_score` names them.
        small_side: A fracture whose `side` is below it is small, pixels.
    """

    def measure(name: str) -> Measure:
        return _as_measure(name, kinds, estimates)

    def at_rates(name: str) -> dict[str, Measure]:
        return {f"{rate:g}": measure(f"{name}/{rate:g}") for rate in FALSE_MARKS}

    are_small = [[side(box) < small_side for box in own] for own in boxes]
    small = Small(
        side=small_side,
        n=sum(map(all, are_small)),
        fractures=sum(map(sum, are_small)),
        pointing=measure("small_pointing"),
        sensitivity=at_rates("small_sensitivity"),
    )
    return {
        "box_area": estimates["box_area"],
        "pointing": measure("pointing"),
        "energy": measure("energy"),
        "sensitivity": at_rates("sensitivity"),
        "average_precision": measure("average_precision"),
        "small": small,
    }


def _groups_of_shares(
    boxes: Sequence[Sequence[Box]],
    groups: npt.NDArray[np.object_],
    kinds: Sequence[str],
    small_side: float,
) -> dict[str, int]:
    """Return of each measure that is a share, as `_score` names it, how many groups hold its whole.

    Args:
        boxes: Of each radiograph.
        groups: Of the radiographs.
        kinds: Of heat.
        small_side: As for `_measures`.
    """
    small = [[side(box) < small_side for box in own] for own in boxes]
    boxed = [bool(own) for own in boxes]
    at_rates = [f"{rate:g}/{kind}" for rate in RATES for kind in kinds]
    wholes = {
        "pointing": (kinds, boxed),
        # No box matched, or all and no false one: then it says the same as their share.
        "average_precision": (kinds, boxed),
        "sensitivity": (at_rates, boxed),
        "small_pointing": (kinds, [bool(own) and all(own) for own in small]),
        "small_sensitivity": (at_rates, [any(own) for own in small]),
    }
    return {
        f"{measure}/{name}": len(set(groups[held]))
        for measure, (names, held) in wholes.items()
        for name in names
    }


def _as_measure(name: str, kinds: Sequence[str], estimates: Mapping[str, Estimate]) -> Measure:
    return Measure(
        network=estimates[f"{name}/network"],
        gradcam=estimates[f"{name}/gradcam"] if "gradcam" in kinds else None,
        random_weights=estimates[f"{name}/random_weights"],
        centred_blob=estimates[f"{name}/centred_blob"],
        gain={kind: estimates[f"{name}/gain/{kind}"] for kind in kinds if kind != "network"},
    )


def _score(looked: _Looked, weights: Weights) -> dict[str, Numbers]:
    """Return every measure of every kind of heat in each draw, and what the network is beyond."""
    scores = means(looked.table, weights)
    for kind, ranked in looked.ranked.items():
        scores[f"average_precision/{kind}"] = average_precision(ranked, weights)
        for name, small in (("sensitivity", False), ("small_sensitivity", True)):
            found = sensitivity(ranked, weights, RATES, small=small)
            scores |= {
                f"{name}/{rate:g}/{kind}": at for rate, at in zip(RATES, found.T, strict=True)
            }
    gains = {}
    for name in [name for name in scores if name.endswith("/network")]:
        measure = name.removesuffix("/network")
        for kind in looked.ranked:
            if kind != "network" and f"{measure}/{kind}" in scores:
                gains[f"{measure}/gain/{kind}"] = scores[name] - scores[f"{measure}/{kind}"]
    return scores | gains


def _look(radiographs: Measured, heat: Mapping[str, Floats], section: Evaluate) -> _Looked:
    """Look at one radiograph after the other; of marks as well as of each heatmap."""
    boxes, (height, width) = radiographs.boxes, radiographs.size
    blob = centred_blob(height, width)
    at_blob = find_marks(blob, height, width, section.mark_share)
    marks: dict[str, list[Marks]] = {kind: [] for kind in heat} | {
        "centred_blob": [at_blob] * len(boxes)
    }
    lines: list[dict[str, float]] = []
    for place, own in enumerate(progress(boxes, len(boxes), "localise", "radiographs")):
        for kind, coarse in heat.items():
            marks[kind].append(find_marks(coarse[place], height, width, section.mark_share))
        line: dict[str, float] = {}
        if own:
            inside = inside_boxes(own, height, width)
            line["box_area"] = inside.mean()
            shown = {kind: heatmap(coarse[place], height, width) for kind, coarse in heat.items()}
            line |= {f"empty/{kind}": not hot.any() for kind, hot in shown.items()}
            small = all(side(box) < section.small_fracture for box in own)
            for kind, hot in {**shown, "centred_blob": blob}.items():
                hit = pointing(hot, inside)
                line |= {f"pointing/{kind}": hit, f"energy/{kind}": energy(hot, inside)}
                line[f"small_pointing/{kind}"] = hit if small else np.nan
        lines.append(line)
    ranked = {kind: rank_marks(each, boxes, section.small_fracture) for kind, each in marks.items()}
    return _Looked(pd.DataFrame(lines).astype(np.float64), ranked)


def _curves(ranked: Mapping[str, Ranked], estimates: Mapping[str, Estimate]) -> pd.DataFrame:
    lines = []
    for kind, marks in ranked.items():
        # Beyond its last mark a curve has no points.
        for rate in RATES[: np.searchsorted(RATES, marks.false_marks) + 1]:
            found = estimates[f"sensitivity/{rate:g}/{kind}"]
            lines.append((kind, rate, found.value, found.low, found.high))
    return pd.DataFrame(lines, columns=CURVE).astype(dict.fromkeys(CURVE[1:], float))
