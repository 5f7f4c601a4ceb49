"""Copy what DVC tracks into MLflow: a run for each system, one for the state of all."""

import os
import sys
from collections.abc import Mapping

from fracture.console import PipelineError, progress, run
from fracture.params import section
from fracture.params.systems import headline_target
from fracture.params.whole import Track
from fracture.tracking.gather import records_of
from fracture.tracking.location import Location, advice, quieten
from fracture.tracking.look import experiment_with_all
from fracture.tracking.provenance import common_tags, locked_stages, stage_tags
from fracture.tracking.record import Record, by_key
from fracture.tracking.view import VIEW, address, experiment_tags


def main() -> None:
    """Gather the records and write those that MLflow does not have."""
    parameters = section.load()
    settings = Track.read(parameters, "track")
    records = by_key(records_of(parameters))
    tags = experiment_tags(headline_target(parameters))
    location, added = Location.find(os.environ), 0
    try:
        experiment = experiment_with_all(records, location, settings.experiment, tags[VIEW])
        if experiment is None:
            experiment, added = copy(records, location, settings.experiment, tags)
    except Exception as error:  # of whatever kind: MLflow's, its database's, the network's
        told = f"MLflow at {location} lacks these results, which are whole in DVC"
        name = os.environ.get("DVC_EXP_NAME")
        if isinstance(error, ModuleNotFoundError) and error.name == "mlflow":
            print(f"warning: {told}: it is not installed", file=sys.stderr)
        elif name:  # DVC throws an experiment away whose last stage fails
            again = f"`dvc exp apply {name}`, then `dvc repro`, adds them"
            print(f"warning: {told}; {again}: {advice(error)}", file=sys.stderr)
        else:
            raise PipelineError(f"{told}; `dvc repro` adds them: {advice(error)}") from error
        return
    print(f"{added} of {len(records)} runs are new in {location}")
    print(f"Look: {'make mlflow' if location.database else address(location, experiment)}")


def copy(
    records: Mapping[str, Record], location: Location, experiment: str, tags: dict[str, str]
) -> tuple[str, int]:
    """Write the records that a store lacks.

    The run of a system is a child of the run of the state of the pipeline in which its result was
    first seen; the runs of later states name it in their description.

    Args:
        records: By key, that of the state last.
        location: Of the store.
        experiment: Its name.
        tags: Of the experiment.

    Returns:
        The experiment's id, and how many runs were written.
    """
    quieten()
    # Only now: MLflow reads those settings as it is imported, takes seconds, and may not be there.
    from fracture.tracking.states import link  # noqa: PLC0415
    from fracture.tracking.store import opened  # noqa: PLC0415

    common, locked = common_tags(os.environ), locked_stages()
    with opened(location, experiment, tags) as store:
        children: dict[str, Record] = {}
        added = 0
        for key, record in progress(records.items(), len(records), "track", "runs"):
            kind, name = record.tags["kind"], record.tags.get("model", record.name)
            run, new = store.add(key, record, common | stage_tags(locked, kind, name))
            added += new
            if record.is_state:
                link(store, children, run, record.description)
            else:
                children[run] = record
        return store.experiment, added


if __name__ == "__main__":
    run(main, __doc__)
