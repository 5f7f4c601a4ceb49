"""Print what training and predicting cost on this machine, and what a report has to cite.

These numbers differ with each run, so that no output of DVC holds them. Networks that came out of
DVC's cache were not measured here.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256

from tqdm import tqdm

from fracture.artifacts import costs, manifest, scores, splits
from fracture.artifacts.costs import Costs
from fracture.artifacts.scores import Scores
from fracture.console import PipelineError, run
from fracture.params.run import chosen
from fracture.params.section import load, value_at
from fracture.presenting.words import plain_table
from fracture.tracking.provenance import common_tags

NOT_MEASURED = "not measured on this machine"
COMPARE = (
    "Compare trainings by `processor`, the work of all cores together: other work on the machine "
    "changes it little. A GPU's is not in it. All other times are by the clock."
)
HEADERS = (
    "model", "training", "processor", "images/s", "memory", "ms a radiograph", "trained at",
    "device",
)  # fmt: skip


def main() -> None:
    """Print a table of the models of the run, then where the results come from; draw a picture."""
    parameters = load()
    measured = {name: costs.read(name) for name in chosen(parameters).models}
    rows = [row(name, each) for name, each in measured.items()]
    print(plain_table(rows, list(HEADERS)))
    print(COMPARE)
    print(origin(value_at(parameters, "dataset")))
    if picture(measured):
        print(f"test AUROC against processor time: {costs.PICTURE}")


def row(name: str, measured: Costs) -> list[str]:
    """Return the cells under `HEADERS` of a model.

    Args:
        name: Of the model.
        measured: What is known of its networks.
    """
    training, prediction = measured.training, measured.prediction
    told = f"{prediction.milliseconds:.1f}" if prediction else "-"
    if training is None:
        device = prediction.device if prediction else ""
        return [name, NOT_MEASURED, "-", "-", "-", told, "-", device]
    speed = training.images_per_second
    least = "" if training.whole else "at least "
    return [
        name,
        f"{least}{tqdm.format_interval(training.seconds)}",
        f"{least}{tqdm.format_interval(training.processor_seconds)}",
        "-" if speed is None else f"{speed:,.1f}",
        f"{training.megabytes:,.0f} MB",
        told,
        f"{datetime.fromisoformat(training.finished):%Y-%m-%d %H:%M}",
        training.device,
    ]


def origin(dataset: str) -> str:
    """Return revision, date, machine and data: what no output of DVC holds, and a report cites.

    Args:
        dataset: A key of `datasets`.
    """
    tags = common_tags({})
    changed = ", changed since" if tags.get("git_dirty") == "true" else ""
    revision = f"revision {tags['git_revision'][:12]}{changed}" if tags else "no git revision"
    files = [path for path in (manifest.PATH, splits.PATH) if path.is_file()]
    digests = [f"SHA-256 of {path} {sha256(path.read_bytes()).hexdigest()[:12]}" for path in files]
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    return "; ".join([revision, today, costs.machine(), f"data set {dataset}", *digests])


def picture(measured: Mapping[str, Costs]) -> bool:
    """Draw the test AUROC of models against the processor time of their training.

    Args:
        measured: What is known of each model; drawn are those whose training is measured whole, and
            that have the target of the first.

    Returns:
        Whether there are any.
    """
    known = [
        (scored, each.training.processor_seconds)
        for name, each in measured.items()
        if each.training and each.training.whole and (scored := _scores(name))
    ]
    same = [(scored, took) for scored, took in known if scored.target == known[0][0].target]
    if not same:
        return False
    # Only now: Matplotlib takes a second.
    from fracture.presenting.cost_figure import Priced, against  # noqa: PLC0415
    from fracture.presenting.figures import looks, save  # noqa: PLC0415

    best = scores.rank(scored for scored, _ in same)[0]
    drawn = looks(measured)
    priced = [
        Priced(scored.model, took, scored.auroc, scored is best, True, drawn[scored.model])
        for scored, took in same
        if scored.auroc.value is not None
    ]
    axis = "processor seconds of training on this machine (logarithmic)"
    save(against(priced, axis, best.basis, len(best.seeds)), costs.PICTURE, best.synthetic)
    return True


def _scores(model: str) -> Scores | None:
    """Return the scores of a model; None where it is no system, or was not judged yet."""
    try:
        return scores.read(model)
    except PipelineError:
        return None


if __name__ == "__main__":
    run(main, __doc__)
