"""External validation as Markdown: internal beside external, and what the numbers rest on."""

from collections.abc import Mapping, Sequence

from tabulate import tabulate

from fracture.artifacts.external import External
from fracture.artifacts.scores import Scores
from fracture.params.datasets import DATASETS

TITLE = "# External validation\n\n"
NONE = f"""\
{TITLE}No other data set is named. Name one in `params.yaml`, then run `dvc repro external`:
```yaml
external:
  other_hospital: {{dataset: class_folders, root: data/raw/other_hospital}}
```
`dataset` is who reads it, a key of `datasets`; a key that is not given is that of `datasets`.
"""

SYNTHETIC = " **Synthetic radiographs take part: says nothing about patients.**"


def ranked(external: External, scores: Mapping[str, Scores]) -> list[str]:
    """Return the models that were scored there, best on their own validation part first."""
    return sorted(
        external.parts, key=lambda name: (-(scores[name].validation_auroc.value or 0), name)
    )


def synthetic(externals: Sequence[External], scores: Mapping[str, Scores]) -> bool:
    """Return whether drawn radiographs take part, at home or abroad."""
    return any(one.synthetic for one in externals) or any(one.synthetic for one in scores.values())


def counts(external: External) -> str:
    """Say how many radiographs there are, how many were left out and why, how many scored."""
    reasons = ", ".join(f"{count} {reason}" for reason, count in external.left_out.items())
    without = f"{sum(external.left_out.values())} left out{f' ({reasons})' if reasons else ''}"
    found = f"{external.found} radiographs, {without}"
    part = next(iter(external.parts.values()), None)
    if part is None:
        return f"{found}: none is left to score"
    told = f"{found}: n = {part.n}, {part.positives} fractured, {part.groups} groups"
    if part.positives in (0, part.n):
        told += "; one class only, so that the AUROC and the drop are undefined"
    return told


def markdown(externals: Sequence[External], scores: Mapping[str, Scores]) -> str:
    """Return the report; without a data set, how to name one.

    Args:
        externals: As scored, in order.
        scores: Of each model on its own data set.
    """
    if not externals:
        return NONE
    first = externals[0]
    drawn = synthetic(externals, scores)
    sections = "\n\n".join(_section(external, scores) for external in externals)
    return f"""\
{TITLE}Models trained on {first.trained_on}, scored on data sets that they never saw. Nothing was \
chosen there: temperature and thresholds are those of validation. Not for clinical use.\
{SYNTHETIC * drawn}

{sections}

Intervals: {100 * first.confidence:g} %, {first.draws} bootstrap draws of groups; for the drop, \
the internal test AUROC minus the external one, each data set is drawn by itself. Order: internal \
validation AUROC.
"""


def _section(external: External, scores: Mapping[str, Scores]) -> str:
    meaning = DATASETS[external.dataset].meaning
    told = (
        f"## {external.name}\nRead as {external.dataset}; fractured means: {meaning}. "
        f"{counts(external)}."
    )
    if not external.parts:
        return told
    rows = [
        [
            name,
            str(scores[name].auroc),
            str(external.parts[name].scores["auroc"]),
            str(external.drop[name]),
            scores[name].headline,
            str(_at_headline(external, scores[name], "sensitivity")),
            str(_at_headline(external, scores[name], "specificity")),
        ]
        for name in ranked(external, scores)
    ]
    headers = ["model", "internal AUROC", "external AUROC", "drop", "point", "sensitivity there"]
    table = tabulate(
        rows,
        headers=[*headers, "specificity there"],
        tablefmt="pipe",
        disable_numparse=True,
        colalign=["left", "right", "right", "right", "left", "right", "right"],
    )
    return f"{told}\n\n{table}"


def _at_headline(external: External, scores: Scores, score: str) -> object:
    return external.parts[scores.model].points[scores.headline].scores[score]
