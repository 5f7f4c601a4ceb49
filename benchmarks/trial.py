"""Try training settings on held-out development radiographs; the test part is never looked at.

After `dvc repro preprocess` (with `dataset` and `recipe` as wanted):

    python -m benchmarks.trial mobilenet_v2 --to base.csv
    python -m benchmarks.trial mobilenet_v2 --set ema=0.98 --to ema.csv --against base.csv

Training and validation part together are drawn anew into folds by group. Each fold is predicted by
a network that saw nothing of it, neither to learn from nor to stop early. docs/experiments.md keeps
what was found.
"""

import argparse
import os
import time
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from ruamel.yaml import YAML
from sklearn.model_selection import StratifiedGroupKFold

from benchmarks.command_line import end_in_a_line
from benchmarks.trial_scores import check_same, comparison
from fracture.artifacts import arrays
from fracture.artifacts.arrays import PackedImages
from fracture.artifacts.network import write
from fracture.device import prepare
from fracture.inference.gradcam import heatmap
from fracture.judging.logits import logits, of_logits
from fracture.judging.pointing import inside_boxes, pointing
from fracture.params import section
from fracture.params.train import Model, Train, merge, resolve


def main() -> None:
    """Train on the folds asked for and print the scores of what they held out."""
    arguments = read_arguments()
    parameters = section.load()
    for assignment in arguments.set:
        parameters = changed(parameters, arguments.model, assignment)
    begun = time.monotonic()
    table = held_out(parameters, arguments)
    table.to_csv(arguments.to, index=False)
    print(f"{' '.join(arguments.set) or 'as it stands'}: {time.monotonic() - begun:.0f} s")
    trials = {}
    if against := arguments.against:
        trials[str(against)] = [pd.read_csv(against)]
        check_same(table, trials[str(against)][0])
    trials[str(arguments.to)] = [table]
    alone = {"mean": table["alone"], "pointing": table["pointing_alone"]}
    trials["... without mirror images"] = [table.assign(**alone)]
    print(comparison(trials))


def read_arguments() -> argparse.Namespace:
    """Return the command line's arguments."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", help="a key of models in params.yaml")
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="of the recipe's train section, such as finetune.epochs=4",
    )
    parser.add_argument("--folds", type=int, default=4)
    parser.add_argument("--first", type=int, default=2, help="how many of the folds to hold out")
    parser.add_argument(
        "--skip",
        type=int,
        default=0,
        help="how many of these to skip",
    )
    parser.add_argument(
        "--seeds", type=int, nargs="+", default=[0], help="of the trainings; several are pooled"
    )
    parser.add_argument("--to", type=Path, required=True, help="CSV of the held-out predictions")
    parser.add_argument(
        "--against", type=Path, help="CSV of another trial, for a paired comparison"
    )
    parser.add_argument(
        "--networks",
        type=Path,
        help="folder where the networks are kept",
    )
    parser.add_argument(
        "--leave-out",
        metavar="BODY_PART",
        help="hold out all radiographs of a body part, such as leg, instead of folds",
    )
    return parser.parse_args()


def changed(parameters: dict[str, Any], model: str, assignment: str) -> dict[str, Any]:
    """Return parameters with one of a model's settings changed, whatever else states it.

    Args:
        parameters: params.yaml, as read.
        model: A key of its `models`.
        assignment: Such as `finetune.epochs=4`.
    """
    key, _, value = assignment.partition("=")
    change: Any = YAML(typ="safe").load(StringIO(value))
    for name in reversed(key.split(".")):
        change = {name: change}
    if not change.keys() & Model.model_fields.keys():
        # What an entry says of the chosen recipe wins over all else.
        change = {"recipes": {section.value_at(parameters, "recipe"): change}}
    return merge(parameters, {"models": {model: change}})


def held_out(parameters: dict[str, Any], arguments: argparse.Namespace) -> pd.DataFrame:
    """Return the radiographs of the chosen folds with their held-out probabilities."""
    model, settings = resolve(parameters, arguments.model)
    packed = arrays.read(arrays.path(model.variant))
    table = packed.table
    development = np.flatnonzero(table["part"] != "test")
    tables = []
    folds = held_out_rows(table, development, arguments)
    for number, fold in enumerate(folds, arguments.skip):
        parts = reassign(table, np.setdiff1d(development, fold))
        shown = [
            train_and_predict(
                model,
                settings,
                PackedImages(packed.images, parts),
                fold,
                seed,
                arguments.networks and arguments.networks / f"fold{number}-seed{seed}",
            )
            for seed in arguments.seeds
        ]
        alone, mean = (
            of_logits(np.mean([logits(each[name]) for each in shown], axis=0))
            for name in ("alone", "mean")
        )
        told = table.iloc[fold][["id", "fractured", "group"]]
        points = {
            name: np.mean([each[name] for each in shown], axis=0)
            for name in ("pointing", "pointing_alone")
        }
        tables.append(told.assign(alone=alone, mean=mean, fold=number, **points))
    together: pd.DataFrame = pd.concat(tables)
    return together


def held_out_rows(
    table: pd.DataFrame, development: npt.NDArray[np.intp], arguments: argparse.Namespace
) -> list[npt.NDArray[np.intp]]:
    """Return the rows that each training holds out: folds by group, or a body part's groups."""
    labels = table["fractured"].to_numpy()[development]
    groups = table["group"].to_numpy()[development]
    if arguments.leave_out:
        of_part = table["body_part"].to_numpy()[development] == arguments.leave_out
        return [development[np.isin(groups, groups[of_part])]]
    splitter = StratifiedGroupKFold(arguments.folds, shuffle=True, random_state=0)
    folds = [development[rows] for _, rows in splitter.split(labels, labels, groups)]
    return folds[arguments.skip : arguments.first]


def train_and_predict(
    model: Model,
    settings: Train,
    packed: PackedImages,
    rows: Any,
    seed: int,
    folder: Path | None = None,
) -> dict[str, npt.NDArray[np.float64]]:
    """Return what a network says of some rows that it did not see in training.

    Args:
        model: Backbone and target.
        settings: How it is trained.
        packed: All radiographs, those for training and validation marked so.
        rows: Positions of the radiographs that it is asked about.
        seed: Of the training.
        folder: Where the network is kept; None: it is not.

    Returns:
        The probabilities `alone` and as the `mean` with those of mirror images; `pointing`: whether
        the hottest pixel of the fracture map, or where there is none of Grad-CAM, lies in a box;
        NaN where there are no boxes; and `pointing_alone`, without mirror images.
    """
    prepare(settings.device, seed, settings.precision, settings.threads)
    import keras  # noqa: PLC0415 - once the device is chosen

    from fracture.imaging.variant import View  # noqa: PLC0415
    from fracture.inference.gradcam import GradCAM  # noqa: PLC0415
    from fracture.inference.models import shown_first  # noqa: PLC0415
    from fracture.inference.networks import Member, explain  # noqa: PLC0415
    from fracture.training.cache import Cache  # noqa: PLC0415
    from fracture.training.fitting import Support  # noqa: PLC0415
    from fracture.training.network import build  # noqa: PLC0415
    from fracture.training.training import train  # noqa: PLC0415

    _, size, _, channels = packed.images.shape
    network = build(model, settings, size, channels=channels)
    support = Support(cache=Cache.from_environment(os.environ))
    history = train(network, packed, settings, seed, support)
    print(history.to_string(index=False), flush=True)
    if folder:
        write(network.whole, folder)
    gradcam = GradCAM(network.whole)
    told = {}
    for probability, points, mirror in (
        ("alone", "pointing_alone", False),
        ("mean", "pointing", True),
    ):
        member = Member(Path(), (), View(size, ()), mirror, settings.batch_size)
        explained = explain(gradcam, member, packed.images, rows)
        told[probability] = explained.probabilities[:, 0].astype(np.float64)
        told[points] = hits(shown_first(explained)[:, 0], packed, rows)
    keras.utils.clear_session()
    return told


def hits(heat: npt.NDArray[np.float32], packed: PackedImages, rows: Any) -> npt.NDArray[np.float64]:
    """Return whether the hottest pixel of each radiograph lies in a box, NaN where it has none.

    Args:
        heat: Of n radiographs, (n, rows, columns).
        packed: All radiographs.
        rows: Positions of the n.
    """
    size = packed.images.shape[1]
    return np.array(
        [
            pointing(heatmap(each, size, size), inside_boxes(boxes, size, size))
            if boxes
            else np.nan
            for each, boxes in zip(heat, map(packed.boxes, rows), strict=True)
        ]
    )


def reassign(table: pd.DataFrame, rows: Any) -> pd.DataFrame:
    """Return the table with `rows` anew for training and, one group in nine, for validation."""
    labels, groups = table["fractured"].to_numpy()[rows], table["group"].to_numpy()[rows]
    splitter = StratifiedGroupKFold(9, shuffle=True, random_state=1)
    _, chosen = next(splitter.split(labels, labels, groups))
    part = np.full(len(table), "test", object)
    part[rows] = "train"
    part[rows[chosen]] = "validation"
    return table.assign(part=part)


if __name__ == "__main__":
    end_in_a_line(main)
