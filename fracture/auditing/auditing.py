"""All that the audit tells, put together from the tables."""

from collections import Counter
from collections.abc import Sequence

import pandas as pd

from fracture.artifacts.audit import Audit
from fracture.artifacts.duplicates import Pair
from fracture.artifacts.left_out import LeftOut
from fracture.auditing import counts
from fracture.auditing.auroc import Bootstrap
from fracture.auditing.lookup import hash_lookup
from fracture.auditing.shortcuts import best_shortcut, shortcuts
from fracture.params import evaluate as params
from fracture.params.datasets import DATASETS


def audit(
    dataset: str,
    tables: tuple[pd.DataFrame, pd.DataFrame],
    left_out: Sequence[LeftOut],
    pairs: Sequence[Pair],
    section: params.Audit,
    bootstrap: Bootstrap,
) -> Audit:
    """Return the audit of a data set and its split, the same whatever the order of the rows.

    Args:
        dataset: A key of `datasets` in params.yaml.
        tables: What is kept and what was found, as `kept_table` and `found_table` of
            fracture/auditing/table.py return them.
        left_out: What is found and not kept.
        pairs: What shows the same exposure.
        section: `audit` of params.yaml.
        bootstrap: Of the intervals.
    """
    kept, found = tables
    by_class = counts.count(kept)
    exposed = kept.merge(found[["id", "exposure"]], on="id", validate="one_to_one")
    guesses = shortcuts(kept, section, bootstrap)
    return Audit(
        dataset=dataset,
        synthetic=dataset == "synthetic",
        label=DATASETS[dataset].meaning,
        found=len(found),
        kept=len(kept),
        left_out=dict(sorted(Counter(one.reason for one in left_out).items())),
        by_class={
            "fractured": by_class["fractured"],
            "not_fractured": by_class["radiographs"] - by_class["fractured"],
        },
        by_body_part=counts.count_by(kept, "body_part"),
        by_view=counts.count_by(kept, "view"),
        by_flag=counts.count_by_flag(kept),
        groups=kept["group"].nunique(),
        patients=counts.different(kept, "patient"),
        studies=counts.different(kept, "patient", "study"),
        sizes=counts.sizes(kept),
        duplicates=counts.duplicates(found, pairs),
        parts=counts.parts(kept),
        unused=int((kept["part"] == "unused").sum()),
        hash_lookup={
            "our_split": hash_lookup(exposed, "part", bootstrap),
            "shipped_split": hash_lookup(exposed, "shipped", bootstrap),
        },
        shortcuts=guesses,
        best_shortcut=best_shortcut(guesses),
        left_out_radiographs=[
            {"id": one.id, "reason": one.reason} for one in sorted(left_out, key=lambda o: o.id)
        ],
    )
