"""Copy what DVC tracks into MLflow: a run for each model and ensemble, one for the comparison."""

import os
import sys

from fracture.artifacts import compositions
from fracture.console import progress, run
from fracture.params import section
from fracture.params.evaluate import Evaluate
from fracture.params.whole import Track
from fracture.tracking.averages import ensemble_record
from fracture.tracking.gather import comparison_record, model_record, read_data_set
from fracture.tracking.location import Location, one_line, quieten
from fracture.tracking.provenance import common_tags, locked_stages, stage_tags
from fracture.tracking.records import Record
from fracture.tracking.view import address, experiment_tags


def main() -> None:
    """Gather the records and write those that MLflow does not have."""
    parameters = section.load()
    settings = Track.parse(section.value_at(parameters, "track"), "track")
    headline = Evaluate.parse(section.value_at(parameters, "evaluate"), "evaluate").headline
    data = read_data_set(section.value_at(parameters, "dataset"))
    records = [
        model_record(parameters, name, data) for name in section.value_at(parameters, "models")
    ]
    averages = compositions.read(section.value_at(parameters, "systems"))
    records += [ensemble_record(parameters, each, data) for each in averages.values()]
    records.append(comparison_record(parameters, data))
    location = Location.find(os.environ)
    try:
        print(copy(records, settings, location, experiment_tags(headline)))
    except Exception as error:
        # Of whatever kind: MLflow shows results, and never stops what makes them.
        print(
            f"warning: MLflow at {location} lacks these results, `python -m stages.track` tries "
            f"again: {one_line(f'{type(error).__name__}: {error}')}",
            file=sys.stderr,
        )


def copy(records: list[Record], settings: Track, location: Location, tags: dict[str, str]) -> str:
    """Write records into the store and say how many were new, and where to look at them."""
    quieten()
    # Only now: MLflow reads those settings as it is imported, and it may not be there.
    from fracture.tracking.store import opened  # noqa: PLC0415

    common, locked = common_tags(os.environ), locked_stages()
    with opened(location, settings.experiment, tags) as store:
        added = sum(
            store.add(
                record,
                common | stage_tags(locked, record.tags["kind"], record.name),
                settings.networks,
            )
            for record in progress(records, len(records), "track", "runs")
        )
        look = "make mlflow, then " if location.database else ""
        where = address(location, store.experiment)
    return f"{added} of {len(records)} runs are new in {location}\nLook: {look}{where}"


if __name__ == "__main__":
    run(main, __doc__)
