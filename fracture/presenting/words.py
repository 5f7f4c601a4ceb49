"""Numbers, names and small tables as people read them, and the sentences that warn of misuse."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tabulate import tabulate

from fracture.artifacts.row import Estimate, number
from fracture.params.radiographs import CannyChannel, Clahe, Step, Variant

SYNTHETIC = "Synthetic: the radiographs are drawn. Nothing here says anything about patients."
NOT_CLINICAL = "Not for clinical use: nothing here was validated for diagnosis."
SCORES = {
    "auroc": "AUROC",
    "average_precision": "average precision",
    "sensitivity_at_specificity_90": "sensitivity at specificity 0.90",
    "sensitivity_at_specificity_95": "sensitivity at specificity 0.95",
    "specificity_at_sensitivity_90": "specificity at sensitivity 0.90",
    "specificity_at_sensitivity_95": "specificity at sensitivity 0.95",
    "log_loss": "log loss",
    "brier": "Brier score",
    "calibration_error": "calibration error",
    "calibration_error_beyond_chance": "calibration error beyond chance",
    "accuracy": "accuracy",
    "balanced_accuracy": "balanced accuracy",
    "sensitivity": "sensitivity",
    "specificity": "specificity",
    "precision": "PPV",
    "negative_predictive_value": "NPV",
    "f1": "F1",
    "kappa": "kappa",
    "mcc": "MCC",
    "macro_f1": "macro F1",
}
"""What the scores are called, by their names in the artifacts."""

UNCORRECTED = (
    "Intervals of differences are not corrected for the number of comparisons, verdicts are: an "
    'interval may miss 0 and its verdict still be "not distinguishable".'
)
"""What stands beside the first differences of a page."""

HEATS = {"map": "fracture map", "gradcam": "Grad-CAM"}
"""What kinds of heat are called, by their names in the artifacts."""

LATEX = {
    "▲": r"$\uparrow$", "▼": r"$\downarrow$", "≈": r"$\approx$", "≥": r"$\ge$", "≤": r"$\le$",
    "\N{NO-BREAK SPACE}": "~",
}  # fmt: skip
"""How LaTeX writes signs that its fonts lack."""

LEAST_P = 0.001
"""A p-value below this is not given as a number."""


def warnings(synthetic: bool) -> tuple[str, ...]:
    """Return the sentences that stand above all results.

    Args:
        synthetic: Whether radiographs are drawn.
    """
    return (SYNTHETIC, NOT_CLINICAL) if synthetic else (NOT_CLINICAL,)


def score_name(score: str) -> str:
    """Return what a score is called; one that is not in the table keeps its name.

    `auroc/hand`, that of a class against all others, is called `AUROC of hand`.
    """
    if score.startswith("auroc/"):
        return f"AUROC of {score.removeprefix('auroc/')}"
    return SCORES.get(score, readable(score))


def steps(variant: Variant) -> str:
    """Return what a variant does to a radiograph once it is scaled."""
    return ", then ".join(map(_step, variant.steps)) or "nothing further"


def _step(step: Step) -> str:
    if isinstance(step, CannyChannel):
        return "Canny edges as the third channel, the radiograph in the other two"
    if isinstance(step, Clahe):
        return f"contrast made equal in {step.tiles} x {step.tiles} tiles (CLAHE)"
    if step.blend == 1:
        return "Canny edges in place of the radiograph"
    return f"Canny edges blended in, {100 * step.blend:g} %"


def count(n: int, one: str) -> str:
    """Return a number with its noun: `1 group`, `2,040 groups`."""
    return f"{n:,} {one if n == 1 else f'{one}s'}"


def percent(share: float | None) -> str:
    """Return a share, 0 to 1, in percent with one decimal; `-` where it is undefined."""
    return "-" if share is None else f"{100 * share:.1f} %"


def signed(difference: Estimate) -> str:
    """Return a difference with its sign and interval."""
    if difference.value is None:
        return "-"
    value = with_sign(difference.value)
    if difference.low is None or difference.high is None:
        return value
    return f"{value} ({with_sign(difference.low)} to {with_sign(difference.high)})"


def with_sign(value: float) -> str:
    """Return a number with its sign and three decimals; one that rounds to 0 has no sign."""
    text = f"{value:+.3f}"
    return text[1:] if float(text) == 0 else text


def trainings(seeds: int) -> str:
    """Return what verdicts are said of: the trainings at hand, `one seed each` or more.

    Args:
        seeds: Of each training.
    """
    return "these trainings, one seed each" if seeds == 1 else f"trainings with {seeds} seeds each"


def one_of(seeds: Iterable[object]) -> str:
    """Return which training is shown where there are several, the first; else an empty text.

    Args:
        seeds: Of the trainings, that of the network served first.
    """
    first, *others = seeds
    return f" (training seed {first}, the first of {1 + len(others)})" if others else ""


def mean_over(seeds: int) -> str:
    """Return that a mean over trainings is shown where there are several; else an empty text."""
    return f" (mean over {seeds} training seeds)" if seeds > 1 else ""


def corrected_alone(rows: int) -> str:
    """Say what the verdicts on variants are corrected over.

    Args:
        rows: Of the table of variants.
    """
    return (
        f"Holm's correction over {count(rows, 'row')} alone: a verdict may differ from that of the "
        "same two systems among all pairs (verdicts.png)."
    )


def p_value(p: float | None) -> str:
    """Return a p-value with three decimals; `-` where it is undefined."""
    if p is None:
        return "-"
    return f"below {LEAST_P}" if p < LEAST_P else number(p)


def listed(names: Iterable[str]) -> str:
    """Return names as a sentence lists them: `a`, `a and b`, `a, b and c`."""
    *before, last = names
    return f"{', '.join(before)} and {last}" if before else last


def readable(key: str) -> str:
    """Return a key of an artifact as words: `image_number` as `image number`."""
    return key.replace("_", " ")


def called(heat: str) -> str:
    """Return what a kind of heat is called; one that is not in the table keeps its name."""
    return HEATS.get(heat, readable(heat))


def left_out_by_reason(reasons: dict[str, int]) -> str:
    """Return how many radiographs were left out for each reason; empty where none was."""
    return ", ".join(f"{n:,} {reason}" for reason, n in reasons.items())


@dataclass(frozen=True)
class Table:
    """A table.

    Attributes:
        caption: What it shows, and of what.
        columns: Headers.
        rows: Cells as text, as many as there are columns; the first names the row.
    """

    caption: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]

    def __post_init__(self) -> None:
        """Refuse a row that does not fill the columns."""
        for row in self.rows:
            if len(row) != len(self.columns):
                raise ValueError(f"{self.caption}: {len(row)} cells under {len(self.columns)}")


def plain_table(rows: Sequence[Sequence[str]], headers: Sequence[str]) -> str:
    """Return a table for the console, its columns aligned by blanks."""
    return tabulate(rows, headers, tablefmt="plain", disable_numparse=True)


def markdown_table(
    rows: Sequence[Sequence[str]], headers: Sequence[str], left: Iterable[int]
) -> str:
    """Return a table as Markdown.

    Args:
        rows: Cells, as many in each as there are headers.
        headers: The titles of the columns.
        left: Positions of the columns that are aligned to the left; the others are to the right.
    """
    left = set(left)
    align = ["left" if column in left else "right" for column in range(len(headers))]
    return tabulate(rows, headers, tablefmt="pipe", disable_numparse=True, colalign=align)


FITTED = r"\resizebox{\ifdim\width>\linewidth\linewidth\else\width\fi}{!}{%"
"""What LaTeX makes smaller where it is wider than the line."""


def latex_table(table: Table, label: str) -> str:
    """Return a table as LaTeX, for the packages booktabs and graphicx; no wider than the line.

    Args:
        table: Its caption becomes LaTeX's.
        label: For `ref`, behind `tab:`.
    """
    body = tabulate(table.rows, table.columns, tablefmt="latex_booktabs", disable_numparse=True)
    caption = tabulate([[table.caption]], tablefmt="latex_booktabs").splitlines()[2]
    caption = caption.removesuffix(r"\\").strip()
    lines = [
        r"% \usepackage{booktabs,graphicx}",
        r"\begin{table}",
        r"\centering",
        rf"\caption{{{caption}}}\label{{tab:{label}}}",
        f"{FITTED}\n{body}}}",
        r"\end{table}",
    ]
    text = "".join(f"{line}\n" for line in lines)
    for sign, command in LATEX.items():
        text = text.replace(sign, command)
    return text


def count_if_named(n: int | None) -> str:
    """Return a count, or say that the data set names none."""
    return "not named" if n is None else f"{n:,}"
