"""What the stages before the scores leave: an audit, a split, a verdict, a history."""

from typing import Any

import pandas as pd

from fracture.artifacts import gate, splits
from fracture.artifacts.audit import Audit
from fracture.artifacts.manifest import Radiograph

CITATION = """\
title: Fracture classification
authors:
  - name: The contributors
  - given-names: Ada
    family-names: Byron
version: 1.2.3
license: Apache-2.0
"""
LOCK = """\
version = 1
[[package]]
name = "bone"
version = "0.1.0"
source = { virtual = "." }
dependencies = [{ name = "numpy", version = "2.4.6" }]
[package.optional-dependencies]
keras = [{ name = "keras" }]
tests = [{ name = "absl-py" }]
[[package]]
name = "absl-py"
version = "2.5.1"
source = { registry = "https://pypi.org/simple" }
[[package]]
name = "keras"
version = "3.15.1"
source = { registry = "https://pypi.org/simple" }
[[package]]
name = "numpy"
version = "2.4.6"
source = { registry = "https://pypi.org/simple" }
[[package]]
name = "numpy"
version = "2.5.5"
source = { registry = "https://pypi.org/simple" }
"""
COUNTS = {"n": 116, "positives": 48}
BASELINE = COUNTS | {
    "validation_auroc": 0.6, "auroc": 0.55, "auroc_low": 0.5, "auroc_high": 0.6,
    "suspicious": False,
}  # fmt: skip


def make_audit(**changes: Any) -> Audit:
    count = {"radiographs": 289, "fractured": 121}
    fields: dict[str, Any] = {
        "dataset": "synthetic",
        "synthetic": True,
        "label": "a fracture is drawn",
        "found": 581,
        "kept": 578,
        "left_out": {"truncated": 3},
        "other_files": {},
        "notes": [],
        "by_class": {"fractured": 242, "not_fractured": 336},
        "by_body_part": {"hand": count, "hip": count},
        "by_view": {"frontal": count, "unknown": count},
        "by_age": {"unknown": {"radiographs": 578, "fractured": 242}},
        "by_sex": {"unknown": {"radiographs": 578, "fractured": 242}},
        "by_flag": {"hardware": {"radiographs": 36, "fractured": 21}},
        "groups": 360,
        "patients": 371,
        "studies": 443,
        "sizes": {
            "different": 556,
            "most_frequent": "222 x 384",
            "radiographs": 3,
            "width": {"minimum": 220, "median": 277.0, "maximum": 420},
            "height": {"minimum": 220, "median": 329.0, "maximum": 420},
        },
        "duplicates": {
            "pairs": {"bytes": 6, "pixels": 5, "near": 0},
            "clusters": 11,
            "radiographs": 22,
            "clusters_with_opposite_labels": 1,
        },
        "parts": {
            name: {"groups": 74, "rate": 0.42, "by_body_part": {"hand": count}} | count
            for name in splits.PARTS
        },
        "unused": 0,
        "hash_lookup": {
            name: COUNTS
            | {"looked_up": 0, "share": 0.0, "accuracy": 0.58}
            | {"auroc": 0.5, "auroc_low": 0.45, "auroc_high": 0.55}
            for name in ("our_split", "shipped_split")
        },
        "shortcuts": {
            "image_number": BASELINE,
            "file_size": dict.fromkeys(BASELINE) | COUNTS,
        },
        "best_shortcut": {"column": "image_number"} | BASELINE,
        "priors": {
            "body_part": BASELINE | {"validation_auroc": 0.7, "auroc": 0.75},
            "sex": dict.fromkeys(BASELINE) | COUNTS,
        },
        "best_prior": {"column": "body_part"} | BASELINE,
        "left_out_radiographs": [{"id": f"r{i}", "reason": "truncated"} for i in range(3)],
    }  # fmt: skip
    return Audit(**(fields | changes))


def make_leakage(validation: int = 0, test: int = 0) -> gate.Leakage:
    return gate.Leakage(
        dataset="synthetic",
        verdict="leaks" if validation or test else "clean",
        radiographs={"train": 347, "validation": 115, "test": 116},
        leaking={"validation": validation, "test": test},
        by_kind={},
        leaking_pairs=validation + test,
        pairs=[],
    )


def make_radiographs() -> tuple[list[Radiograph], dict[str, splits.Part]]:
    radiographs = [
        Radiograph(
            f"r{i}", f"r{i}.png", i % 2 == 0, "hand", patient=f"p{i // 2}", study=f"s{i // 2}",
            dataset="synthetic", group=f"g{i // 2}",
        )
        for i in range(10)
    ]  # fmt: skip
    split: dict[str, splits.Part] = {
        one.id: "train" if i < 6 else "validation" if i < 8 else "test"
        for i, one in enumerate(radiographs)
    }
    return radiographs, split


def make_history() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "seed": [0, 0, 1],
            "trained_on": "",
            "epoch": [1, 2, 1],
            "phase": ["frozen", "finetune", "frozen"],
            "loss": [0.75, 0.5, 0.6],
            "auc": [0.5, 0.625, 0.6],
            "validation_loss": [0.625, 0.75, None],
            "validation_auc": [None, 0.5, None],
            "learning_rate": [0.01, 0.001, 0.01],
        }
    )
