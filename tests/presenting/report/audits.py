"""An audit as the audit stage leaves it."""

from typing import Any

from fracture.artifacts import splits
from fracture.artifacts.audit import Audit

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
        "by_class": {"fractured": 242, "not_fractured": 336},
        "by_body_part": {"hand": count, "hip": count},
        "by_view": {"frontal": count, "unknown": count},
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
            "pairs": {"bytes": 6, "pixels": 5, "near": 0, "name": 0},
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
        "left_out_radiographs": [{"id": f"r{i}", "reason": "truncated"} for i in range(3)],
    }  # fmt: skip
    return Audit(**(fields | changes))
