"""Pictures as a page holds them: scaled to what a screen shows, compressed, as data URIs."""

import base64
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path

from PIL import Image as Pillow

from fracture.artifacts import audit, scores
from fracture.presenting.report.blocks import Image

FULL, SMALL = 1600, 1000
"""Pixels across at most: pictures of the data and of the model chosen, of the other models."""
QUALITY = 90
"""Of WebP, 0 to 100: thin lines and small print stay clean."""

AUDIT = ("overview", "left_out", "duplicates", "opposite_labels")
COMPARISON = tuple(
    Path("plots/comparison") / f"{name}.png" for name in ("comparison", "verdicts", "ablation")
)
EXTERNAL = Path("plots/external/external.png")
AUGMENTED = Path("plots/preprocess/augmented.png")


def audit_sheet(name: str) -> Path:
    """Return where a picture of the audit stands, a name of `AUDIT`."""
    return audit.PLOTS / f"{name}.png"


def variant(name: str) -> Path:
    """Return where the sheet of a variant's radiographs stands."""
    return AUGMENTED.with_name(f"{name}.png")


def of_model(model: str, name: str) -> Path:
    """Return where a picture of a model stands, such as `evaluation`."""
    return scores.plots(model) / f"{name}.png"


def wanted(
    chosen: str, networks: Iterable[str], others: Iterable[str], variants: Iterable[str]
) -> dict[Path, int]:
    """Return the pictures that the page shows, and how many pixels across they may be.

    Args:
        chosen: The model chosen.
        networks: Itself, or the members of the ensemble that it is.
        others: All other models.
        variants: Keys of `variants` in params.yaml.
    """
    winner = ("evaluation", "calibration", "subgroups", "gradcam")
    full = [
        *map(audit_sheet, AUDIT),
        *map(variant, variants),
        AUGMENTED,
        *COMPARISON,
        *(of_model(chosen, name) for name in winner),
        *(of_model(name, "training") for name in networks),
        EXTERNAL,
    ]
    return dict.fromkeys(full, FULL) | {of_model(name, "evaluation"): SMALL for name in others}


def inline(path: Path, widest: int) -> Image:
    """Return a picture as WebP of at most `widest` pixels across; the same bytes each time."""
    with Pillow.open(path) as picture:
        shown = picture.convert("RGB")
    if shown.width > widest:
        height = round(shown.height * widest / shown.width)
        shown = shown.resize((widest, height), Pillow.Resampling.LANCZOS)
    packed = BytesIO()
    shown.save(packed, "WEBP", quality=QUALITY, method=4)
    uri = f"data:image/webp;base64,{base64.b64encode(packed.getvalue()).decode()}"
    return Image(uri, shown.width, shown.height)
