"""Say how long a run will take on this machine and how much it will leave, before it starts.

A few real steps of each kind of network are timed: seconds to minutes. The times are those of all
epochs: early stopping ends sooner. Of the other stages the start is timed, what DVC does for each,
and the reading of a few radiographs; what is up to date takes no time.
"""

import json
import os
from collections.abc import Mapping
from contextlib import redirect_stdout
from dataclasses import replace
from io import StringIO
from time import monotonic
from typing import Any

from tabulate import tabulate

from fracture.console import run
from fracture.device import prepare
from fracture.inputs.presence import require_presence
from fracture.params.run import chosen
from fracture.params.section import load, value_at
from fracture.params.train import resolve
from fracture.params.whole import validate
from tools.estimate.rest import overhead, seconds_of_reading, stages_of
from tools.estimate.work import (
    Pace,
    Work,
    array_bytes,
    channels_of,
    parts_of,
    radiographs_of,
    size_of,
    work_of,
)


def main() -> None:
    """Print time and space for each model of the run, and for all."""
    parameters = load()
    validate(parameters)
    require_presence(parameters, chosen(parameters).models)
    known = radiographs_of(parameters)
    parts, work = parts_of(parameters, known), work_of(parameters, known)
    told = ", ".join(f"{count:,} {part}" for part, count in parts.items())
    counted = "" if known else "; images counted anew: `ingest` has not read this data set as it is"
    name, recipe = value_at(parameters, "dataset"), value_at(parameters, "recipe")
    print(f"{name}, recipe {recipe}: {told}{counted}")
    _, settings = resolve(parameters, chosen(parameters).models[0])
    began = monotonic()
    device = prepare(settings.device, 0, settings.precision, settings.threads)
    paces = measured(parameters, work, monotonic() - began)
    stages = stages_of(parameters)
    print(f"timing the start of {stages.others + stages.passed} other stages ...", flush=True)
    count = sum(parts.values())
    others = overhead().seconds(stages) + seconds_of_reading(parameters, count)
    print(as_text(work, paces, seconds(work, paces), others))
    print(
        f"{device}; one model after the other, nothing up to date yet. Other work on the machine "
        "makes it longer. With `make repro JOBS=2` two models share the machine."
    )
    print(space(parameters, work, paces, count))


def measured(
    parameters: dict[str, Any], work: Mapping[str, Work], loading: float
) -> dict[str, Pace]:
    """Return the pace of each model; those of one kind are measured once.

    Args:
        parameters: params.yaml, valid.
        work: Of the models of the run.
        loading: Seconds until Keras is there, which each stage waits for.
    """
    # Only now: it imports Keras, whose backend reads its settings while it is imported.
    from tools.estimate.pace import measure  # noqa: PLC0415

    found: dict[str, Pace] = {}
    paces = {}
    for name, each in work.items():
        channels = channels_of(parameters, each.model.variant)
        kind = json.dumps([each.model.backbone, channels, each.settings.model_dump(mode="json")])
        if kind not in found:
            print(f"timing {name} ...", flush=True)
            with redirect_stdout(StringIO()):  # lines of a training that nobody asked for
                found[kind] = measure(each.model, each.settings, size_of(parameters), channels)
        paces[name] = replace(found[kind], start=found[kind].start + loading)
    return paces


def seconds(work: Mapping[str, Work], paces: Mapping[str, Pace]) -> dict[str, float]:
    """Return how long each model takes at most; features that models share count once.

    Args:
        work: Of the models of the run, in their order.
        paces: Of each.
    """
    left: set[str] = set()
    times = {}
    for name, each in work.items():
        times[name] = each.seconds(paces[name], has_features=each.features_key in left)
        left.add(each.features_key)
    return times


def as_text(
    work: Mapping[str, Work], paces: Mapping[str, Pace], times: Mapping[str, float], others: float
) -> str:
    """Return the table for people: a row a model, one of all other stages, and the sum.

    Args:
        work: Of the models of the run.
        paces: Of each.
        times: Seconds of each.
        others: Seconds of the stages that neither train nor predict.
    """
    rows: list[list[object]] = [
        [
            name,
            each.networks,
            f"{paces[name].weights / 1e6:.1f}",
            rate(paces[name].features),
            rate(paces[name].finetune),
            duration(times[name]),
            size(each.network_bytes(paces[name])),
        ]
        for name, each in work.items()
    ]
    networks = sum(each.network_bytes(paces[name]) for name, each in work.items())
    rest = ["other stages", "", "", "", "", duration(others), ""]
    total = ["all", "", "", "", "", duration(sum(times.values()) + others), size(networks)]
    headers = [
        "model", "networks", "weights/M", "frozen/s", "fine-tuning/s", "at most", "on disk"
    ]  # fmt: skip
    return tabulate([*rows, rest, total], headers=headers, disable_numparse=True)


def rate(pace: float) -> str:
    """Return radiographs a second; empty where there are none."""
    return f"{1 / pace:.1f}" if pace else ""


def duration(seconds: float) -> str:
    """Return seconds for people, such as `48 s`, `12 min`, `5.5 h`."""
    if seconds < 100:  # noqa: PLR2004 - two digits either way
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 6000 else f"{seconds / 3600:.1f} h"  # noqa: PLR2004


def space(
    parameters: dict[str, Any], work: Mapping[str, Work], paces: Mapping[str, Pace], count: int
) -> str:
    """Return in one line what a run leaves on the disk.

    Args:
        parameters: params.yaml, valid.
        work: Of the models of the run.
        paces: Of each.
        count: Of the radiographs of all parts.
    """
    networks = sum(each.network_bytes(paces[name]) for name, each in work.items())
    arrays = array_bytes(parameters, count)
    by_key = {each.features_key: each.feature_bytes(paces[name]) for name, each in work.items()}
    from fracture.training.cache import Cache  # noqa: PLC0415 - imports Keras

    cache = Cache.from_environment(os.environ)
    features = min(sum(by_key.values()), cache.limit if cache else 0)
    # A composed system may be made of all of them.
    name = str(value_at(parameters, "model")).partition(".")[0]
    headline = [name] if name in work else [*work]
    choice = value_at(parameters, "track", "networks")
    copies = {"none": [], "headline": headline, "all": [*work]}[choice]
    tracked = sum(work[name].network_bytes(paces[name]) for name in copies)
    whole = 2 * (networks + arrays) + tracked + features
    return (
        f"disk: {size(whole)}: networks {size(networks)} and radiographs {size(arrays)}, both also "
        f"in DVC's cache; networks in MLflow {size(tracked)}; features, which may be deleted at "
        f"any time, {size(features)}"
    )


def size(count: float) -> str:
    """Return bytes for people, such as `12 MB`, `1.5 GB`."""
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{count / 1e6:.0f} MB"  # noqa: PLR2004


if __name__ == "__main__":
    run(main, __doc__)
