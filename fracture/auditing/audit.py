"""The audit of a data set and its split: counts, and what can be guessed without a network."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, get_args

import pandas as pd

from fracture.artifacts.audit import Audit, Count
from fracture.artifacts.duplicates import Kind, Pair
from fracture.artifacts.left_out import LeftOut
from fracture.artifacts.manifest import Radiograph, require_same
from fracture.artifacts.notes import Note
from fracture.artifacts.splits import PARTS, Part
from fracture.auditing.baselines import best, hash_lookup, priors, shortcuts
from fracture.examining.copies import equal_pairs
from fracture.examining.groups import components
from fracture.judging.bootstrap import Bootstrap
from fracture.judging.subgroups import age_band
from fracture.params import evaluate as params
from fracture.params.datasets import DATASETS
from fracture.targets import FRACTURED, KEYS


@dataclass(frozen=True)
class Remarks:
    """What ingest wrote down beside the manifest.

    Attributes:
        left_out: What is found and not kept, and files that are no radiographs.
        pairs: What shows the same exposure.
        notes: What people must be told.
    """

    left_out: Sequence[LeftOut] = ()
    pairs: Sequence[Pair] = ()
    notes: Sequence[Note] = ()


def audit(
    dataset: str,
    tables: tuple[pd.DataFrame, pd.DataFrame],
    remarks: Remarks,
    section: params.Audit,
    age_bands: Sequence[int],
    bootstrap: Bootstrap,
) -> Audit:
    """Return the audit of a data set and its split, the same whatever the order of the rows.

    Args:
        dataset: A key of `datasets` in params.yaml.
        tables: What is kept and what was found, as `kept_table` and `found_table` return them.
        remarks: What ingest wrote down besides.
        section: `audit` of params.yaml.
        age_bands: Ages at which a band begins, see fracture/judging/subgroups.py.
        bootstrap: Of the intervals.
    """
    kept, found = tables
    left_out = [each for each in remarks.left_out if each.radiograph]
    others = Counter(each.reason for each in remarks.left_out if not each.radiograph)
    exposed = kept.merge(found[["id", "exposure"]], on="id", validate="one_to_one")
    of_files = shortcuts(kept, section, bootstrap)
    of_table = priors(kept, section, bootstrap)
    return Audit(
        dataset=dataset,
        synthetic=dataset == "synthetic",
        label=DATASETS[dataset].meaning,
        found=len(found),
        kept=len(kept),
        left_out=dict(sorted(Counter(each.reason for each in left_out).items())),
        other_files=dict(sorted(others.items())),
        notes=[str(note) for note in sorted(remarks.notes)],
        by_class={KEYS[label]: int((kept[FRACTURED] == label).sum()) for label in (1, 0)},
        by_body_part=count_by(kept, "body_part"),
        by_view=count_by(kept, "view"),
        by_age=count_by_age(kept, age_bands),
        by_sex=count_by(kept, "sex"),
        by_flag=count_by_flag(kept),
        groups=kept["group"].nunique(),
        patients=different(kept, "patient"),
        studies=different(kept, "study"),
        sizes=sizes(kept),
        duplicates=duplicates(found, remarks.pairs),
        parts=parts(kept),
        unused=int((kept["part"] == "unused").sum()),
        hash_lookup={
            "our_split": hash_lookup(exposed, "part", bootstrap),
            "shipped_split": hash_lookup(exposed, "shipped", bootstrap),
        },
        shortcuts=of_files,
        best_shortcut=best(of_files),
        priors=of_table,
        best_prior=best(of_table),
        left_out_radiographs=[
            {"id": each.id, "reason": each.reason}
            for each in sorted(left_out, key=lambda each: each.id)
        ],
    )


def kept_table(radiographs: Sequence[Radiograph], parts: dict[str, Part]) -> pd.DataFrame:
    """Return the fields of each radiograph, `fractured` as 0 or 1, and its `part`.

    Args:
        radiographs: Of the manifest.
        parts: Of each, by id.

    Raises:
        PipelineError: The split is not one of these radiographs.
    """
    require_same(radiographs, parts)
    table = pd.DataFrame(radiographs)
    return table.assign(part=table["id"].map(parts), **{FRACTURED: table[FRACTURED].astype(int)})


def found_table(
    radiographs: Sequence[Radiograph], left_out: Sequence[LeftOut], pairs: Iterable[Pair]
) -> pd.DataFrame:
    """Return all that the data set names: `id`, `path`, `label` and `exposure`, sorted by id.

    `label` is `fractured`, `not_fractured` or, where unknown, empty. `exposure` is the smallest id
    of those that a chain of pairs, or of equal pixels, ties together; what was left out is a link
    of such chains too.

    Args:
        radiographs: Of the manifest.
        left_out: What is not in it.
        pairs: Those of both that show one exposure.
    """
    rows = [(each.id, each.path, KEYS[each.fractured]) for each in radiographs]
    rows += [(each.id, each.path, each.label) for each in left_out if each.radiograph]
    hashed = [each for each in radiographs if each.pixels_sha256]
    alike = [*pairs, *equal_pairs(hashed, "pixels")]
    smallest = {
        name: min(exposure)
        for exposure in components((pair.first, pair.second) for pair in alike)
        for name in exposure
    }
    table = pd.DataFrame(rows, columns=["id", "path", "label"])
    table["exposure"] = [smallest.get(name, name) for name in table["id"]]
    return table.sort_values("id", ignore_index=True)


def count(table: pd.DataFrame) -> Count:
    """Return how many rows, and how many of them `fractured`."""
    return {"radiographs": len(table), FRACTURED: int(table[FRACTURED].sum())}


def count_by(table: pd.DataFrame, column: str) -> dict[str, Count]:
    """Return the counts for each value of a column, sorted by value.

    Args:
        table: A row for each radiograph, with `fractured` as 0 or 1.
        column: A column of texts; an empty text is counted as `unknown`.
    """
    values = table[column].replace("", "unknown")
    return {str(value): count(rows) for value, rows in table.groupby(values)}


def count_by_age(table: pd.DataFrame, age_bands: Sequence[int]) -> dict[str, Count]:
    """Return the counts of each band of age, ascending, `unknown` last.

    Args:
        table: As for `count_by`; `age` in years, missing where unknown.
        age_bands: Ages at which a band begins.
    """
    bands = age_band(table["age"], age_bands)
    return {str(band): count(rows) for band, rows in table.groupby(bands, observed=True)}


def count_by_flag(table: pd.DataFrame) -> dict[str, Count]:
    """Return the counts of each flag, sorted; a radiograph may bear several or none."""
    return count_by(table.explode("flags").dropna(subset="flags"), "flags")


def different(table: pd.DataFrame, column: str) -> int | None:
    """Return how many different texts a column holds, the empty one aside; None for none."""
    return table.loc[table[column] != "", column].nunique() or None


def sizes(table: pd.DataFrame) -> dict[str, Any]:
    """Return the range of sizes in pixels, and the most frequent one."""
    pairs = Counter(zip(table["width"], table["height"], strict=True))
    (width, height), radiographs = min(pairs.items(), key=lambda item: (-item[1], item[0]))
    return {
        "different": len(pairs),
        "most_frequent": f"{width} x {height}",
        "radiographs": radiographs,
    } | {
        side: {
            "minimum": int(table[side].min()),
            "median": float(table[side].median()),
            "maximum": int(table[side].max()),
        }
        for side in ("width", "height")
    }


def duplicates(found: pd.DataFrame, pairs: Iterable[Pair]) -> dict[str, Any]:
    """Return the counts of pairs by kind and of the clusters that they make.

    Args:
        found: As `found_table` returns it.
        pairs: From which it was made.
    """
    kinds = Counter(pair.kind for pair in pairs)
    size = found.groupby("exposure").size()
    labels = found[found["label"] != ""].groupby("exposure")["label"].nunique()
    return {
        "pairs": {kind: kinds[kind] for kind in get_args(Kind)},
        "clusters": int((size > 1).sum()),
        "radiographs": int(size[size > 1].sum()),
        "clusters_with_opposite_labels": int((labels > 1).sum()),
    }


def parts(table: pd.DataFrame) -> dict[str, dict[str, Any]]:
    """Return what each part of the split holds."""
    return {
        part: {"groups": rows["group"].nunique()}
        | count(rows)
        | {
            "rate": round(float(rows[FRACTURED].mean()), 6),
            "by_body_part": count_by(rows, "body_part"),
        }
        for part in PARTS
        for rows in [table[table["part"] == part]]
    }
