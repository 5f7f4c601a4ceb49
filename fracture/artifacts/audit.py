"""The audit of a data set: counts, and what can be guessed without a network, as JSON."""

from pathlib import Path
from typing import Annotated, Any

from fracture.artifacts.row import Estimate, Row, having, read_row, write_row
from fracture.artifacts.splits import PARTS
from fracture.targets import FRACTURED

PATH = Path("metrics/audit.json")
PLOTS = Path("plots/audit")
PICTURES = ("overview", "left_out", "duplicates", "opposite_labels")

Count = Annotated[dict[str, int], having("radiographs", FRACTURED)]
"""How many: `radiographs`, and of them `fractured`."""

Baseline = Annotated[
    dict[str, bool | int | float | None],
    having("n", "positives", "auroc", "auroc_low", "auroc_high"),
]
"""What a rule without a network reaches: `n`, `positives`, `auroc` with its ends `auroc_low` and
`auroc_high`, and more; None where undefined."""

SIZES = ("different", "most_frequent", "radiographs", "width", "height")
DUPLICATES = ("pairs", "clusters", "radiographs", "clusters_with_opposite_labels")
PART = ("groups", "radiographs", FRACTURED, "rate", "by_body_part")
"""What the audit counts of sizes, of duplicates and of each part."""


class Audit(Row):
    """A data set and its split, counted; the same keys whatever the data set.

    Attributes:
        dataset: A key of `datasets` in params.yaml.
        synthetic: Whether the radiographs are drawn.
        label: What the data set means by fractured.
        found: Radiographs that it names.
        kept: Those in the manifest, of which all below speaks unless it says otherwise.
        left_out: The others, counted by reason.
        other_files: Files that are no radiographs, counted by reason.
        notes: What people must be told besides, a sentence each.
        by_class: `fractured` and `not_fractured`.
        by_body_part: Counts by body part.
        by_view: Counts by view; `unknown` where the data set names none.
        by_age: Counts by band of age; `unknown` where the data set names none.
        by_sex: Counts by sex, likewise.
        by_flag: Counts of what bears a flag, such as `hardware`.
        groups: How many a split must keep whole.
        patients: How many; None where the data set names none.
        studies: Likewise.
        sizes: `different` sizes, the `most_frequent` and how many `radiographs` are of it; `width`
            and `height` with `minimum`, `median`, `maximum`, pixels.
        duplicates: Among all that was found: `pairs` by kind; `clusters` of radiographs of one
            exposure, the `radiographs` in them, and the `clusters_with_opposite_labels`.
        parts: For train, validation and test: `groups`, `radiographs`, `fractured`, `rate` (the
            share of fractured ones), and counts `by_body_part`.
        unused: Radiographs that are kept and that a given split does not list.
        hash_lookup: A `Baseline` for `our_split` and for the `shipped_split`: see
            fracture/auditing/baselines.py.
        shortcuts: A `Baseline` for each column of file data: see fracture/auditing/baselines.py.
        best_shortcut: The column of the highest validation AUROC, and its `Baseline`.
        priors: A `Baseline` for each column of the table that is known before a radiograph is
            looked at, such as the body part: see fracture/auditing/baselines.py.
        best_prior: As `best_shortcut`, of `priors`.
        left_out_radiographs: `id` and `reason` of each, sorted by id.
    """

    dataset: str
    synthetic: bool
    label: str
    found: int
    kept: int
    left_out: dict[str, int]
    other_files: dict[str, int]
    notes: list[str]
    by_class: dict[str, int]
    by_body_part: dict[str, Count]
    by_view: dict[str, Count]
    by_age: dict[str, Count]
    by_sex: dict[str, Count]
    by_flag: dict[str, Count]
    groups: int
    patients: int | None
    studies: int | None
    sizes: Annotated[dict[str, Any], having(*SIZES)]
    duplicates: Annotated[dict[str, Any], having(*DUPLICATES)]
    parts: Annotated[dict[str, Annotated[dict[str, Any], having(*PART)]], having(*PARTS)]
    unused: int
    hash_lookup: Annotated[dict[str, Baseline], having("our_split", "shipped_split")]
    shortcuts: dict[str, Baseline]
    best_shortcut: Annotated[dict[str, Any], having("column", "auroc", "auroc_low", "auroc_high")]
    priors: dict[str, Baseline]
    best_prior: Annotated[dict[str, Any], having("column", "auroc", "auroc_low", "auroc_high")]
    left_out_radiographs: list[Annotated[dict[str, str], having("id", "reason")]]


def auroc(baseline: Baseline) -> Estimate:
    """Return the test AUROC of a baseline with its interval."""
    low, high = baseline["auroc_low"], baseline["auroc_high"]
    return Estimate(value=baseline["auroc"], low=low, high=high)


def picture(name: str) -> Path:
    """Return where a picture of the audit stands, one of `PICTURES`."""
    return PLOTS / f"{name}.png"


def write(audit: Audit, path: Path = PATH) -> None:
    """Write an audit as JSON, keys in the order of the attributes."""
    write_row(audit, path)


def read(path: Path = PATH) -> Audit:
    """Read what `write` wrote.

    Raises:
        PipelineError: It is not there, or was written by another version of the pipeline.
    """
    return read_row(Audit, path, "audit")
