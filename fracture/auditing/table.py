"""One row a radiograph: what the manifest says, its part, and what shows the same exposure."""

from collections.abc import Iterable, Sequence

import pandas as pd
from scipy.cluster.hierarchy import DisjointSet

from fracture.artifacts.duplicates import Pair
from fracture.artifacts.left_out import LeftOut
from fracture.artifacts.manifest import Radiograph, require_same
from fracture.artifacts.splits import Part

FRACTURED, NOT_FRACTURED = "fractured", "not_fractured"


def kept_table(radiographs: Sequence[Radiograph], parts: dict[str, Part]) -> pd.DataFrame:
    """Return the fields of each radiograph, `fractured` as 0 or 1, and its `part`.

    Raises:
        PipelineError: The split is not one of these radiographs.
    """
    require_same(radiographs, parts)
    table = pd.DataFrame(radiographs)
    return table.assign(part=table["id"].map(parts), fractured=table["fractured"].astype(int))


def found_table(
    radiographs: Sequence[Radiograph], left_out: Sequence[LeftOut], pairs: Iterable[Pair]
) -> pd.DataFrame:
    """Return all that the data set names: `id`, `path`, `label` and `exposure`, sorted by id.

    `label` is `fractured`, `not_fractured` or, where unknown, empty. `exposure` is the smallest id
    of those that a chain of pairs, or of equal pixels, ties together; what was left out is a link
    of such chains too.
    """
    rows = [
        (kept.id, kept.path, FRACTURED if kept.fractured else NOT_FRACTURED) for kept in radiographs
    ] + [(one.id, one.path, one.label) for one in left_out]
    exposures = DisjointSet(name for name, *_ in rows)
    for pair in pairs:
        exposures.merge(pair.first, pair.second)
    first: dict[str, str] = {}
    for kept in radiographs:
        if kept.pixels_sha256:
            exposures.merge(kept.id, first.setdefault(kept.pixels_sha256, kept.id))
    smallest = {name: min(subset) for subset in exposures.subsets() for name in subset}
    table = pd.DataFrame(rows, columns=["id", "path", "label"])
    table["exposure"] = table["id"].map(smallest)
    return table.sort_values("id", ignore_index=True)
