"""Runs of states of the pipeline, and which runs of systems stand below them.

The run of a system is a child of the run of the state of the pipeline in which its result was
first seen; the runs of later states name it in their description.
"""

from collections.abc import Mapping

from fracture.tracking.record import HEADLINE, PARENT, STATE, Record
from fracture.tracking.store import Store
from fracture.tracking.view import fitting

NOTE = "mlflow.note.content"


def link(store: Store, children: Mapping[str, Record], state: str, text: str) -> None:
    """Put the runs of systems below that of a state, and mark the headline's.

    An experiment in a copy of the repository leaves the mark where the workspace has it.

    Args:
        store: Where they are.
        children: What the runs of the state's systems hold, by their id.
        state: The run of the state, the parent of those that have none.
        text: The state's description, without the names of its runs.
    """
    client = store.client
    tags = {run: client.get_run(run).data.tags for run in children}
    parents = parents_of(store, tags)
    named = fitting(f"{names(children, parents, state, store.experiment)}\n\n{text}")
    before = client.get_run(state).data.tags[NOTE]
    if before == fitting(text) or None in parents.values():  # else it may have been edited since
        client.set_tag(state, NOTE, named)
    for run, record in children.items():
        if parents[run] is None:
            client.set_tag(run, PARENT, state)
        if store.location.in_copy or record.headline is (HEADLINE in tags[run]):
            continue
        if record.headline:
            client.set_tag(run, HEADLINE, "yes")
        else:
            client.delete_tag(run, HEADLINE)


def parents_of(store: Store, tags: Mapping[str, Mapping[str, str]]) -> dict[str, str | None]:
    """Return the parent of each run; None of a run without one, or whose parent was deleted.

    Args:
        store: Where they are.
        tags: Of the runs, by their id.
    """
    states = store.client.search_runs([store.experiment], f"tags.kind = '{STATE}'")
    known = {state.info.run_id for state in states}
    parents = {run: each.get(PARENT) for run, each in tags.items()}
    return {run: parent if parent in known else None for run, parent in parents.items()}


def names(
    children: Mapping[str, Record], parents: Mapping[str, str | None], state: str, experiment: str
) -> str:
    """Return links to the runs of a state, in Markdown; those of earlier states apart.

    Args:
        children: What the runs hold, by their id.
        parents: Their parents, by their id.
        state: The run of the state.
        experiment: The experiment's id.
    """
    linked = {
        run: f"[{record.name}](#/experiments/{experiment}/runs/{run})"
        for run, record in children.items()
    }
    own = [linked[run] for run in children if parents[run] in {None, state}]
    earlier = [linked[run] for run in children if parents[run] not in {None, state}]
    lines = [f"Runs first seen in this state: {', '.join(own)}."] if own else []
    lines += [f"Runs of earlier states: {', '.join(earlier)}."] if earlier else []
    return "\n\n".join(lines)
