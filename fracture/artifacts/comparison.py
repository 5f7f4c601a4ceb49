"""The comparisons in full: every pair of systems tested, what preprocessing changes."""

from collections import Counter
from pathlib import Path
from typing import Literal

import pandas as pd

from fracture.artifacts.atomic import replacing, write_text
from fracture.artifacts.row import Count, Estimate, Row, read_rows, write_rows

PATH = Path("metrics/pairs.json")
TEXT = Path("plots/comparison/comparison.md")
TABLE = TEXT.with_suffix(".csv")
PICTURES = ("comparison", "curves", "verdicts", "ablation", "targets", "two_step", "cost")
"""Of the systems of the headline's target; of those of all others; of two steps; of costs."""

Verdict = Literal["better", "worse", "not distinguishable"]


class Test(Row):
    """The p-value of a test, and that after Holm's correction over its table; None if undefined."""

    p: float | None
    p_holm: float | None


class Pair(Row):
    """Two systems on the same test radiographs.

    Attributes:
        first: A key of `models` or `systems` in params.yaml.
        second: Another one.
        difference: Test AUROC of the first minus that of the second, over all seeds.
        bootstrap: Paired bootstrap over groups, and training seeds if several: decides the verdict.
        delong: DeLong's test; takes radiographs as independent, hence is too sure where groups are
            large.
        mcnemar: McNemar's exact test at each model's headline operating point, first training seed.
        only_first_right: Radiographs that the first alone calls rightly there.
        only_second_right: Likewise the second.
        verdict: Of the first against the second.
    """

    first: str
    second: str
    difference: Estimate
    bootstrap: Test
    delong: Test
    mcnemar: Test
    only_first_right: Count
    only_second_right: Count
    verdict: Verdict

    def swapped(self) -> "Pair":
        """Return the same pair with the second system first."""
        difference = self.difference
        value, high, low = (
            None if end is None else 0.0 - end
            for end in (difference.value, difference.low, difference.high)
        )
        opposite: dict[Verdict, Verdict] = {"better": "worse", "worse": "better"}
        return self.model_copy(
            update={
                "first": self.second,
                "second": self.first,
                "difference": Estimate(value=value, low=low, high=high),
                "only_first_right": self.only_second_right,
                "only_second_right": self.only_first_right,
                "verdict": opposite.get(self.verdict, self.verdict),
            }
        )


class Ablation(Row):
    """A backbone on another variant against itself on plain radiographs.

    Attributes:
        backbone: Both models have it; `all` pools the backbones.
        variant: Of the other model, such as `canny`.
        plain: The model on plain radiographs; None where pooled.
        other: The model on the variant; None where pooled.
        difference: Test AUROC of the other minus that of plain; pooled: the mean over backbones.
        test: Paired bootstrap over groups.
        verdict: Of the variant against plain.
    """

    backbone: str
    variant: str
    plain: str | None
    other: str | None
    difference: Estimate
    test: Test
    verdict: Verdict


class Baseline(Row):
    """What is reached without a network, from the audit.

    Attributes:
        name: `hash look-up`; or `shortcut: ` and the column of file data, or `from the table: ` and
            that of the table.
        validation_auroc: What chose the column; None for the look-up.
        auroc: On the test part.
    """

    name: str
    validation_auroc: float | None
    auroc: Estimate


class Spread(Row):
    """Test AUROC of a model over its training seeds; `deviation` None for one seed alone."""

    model: str
    seeds: Count
    mean: float
    deviation: float | None
    least: float
    most: float


class Comparison(Row):
    """Systems of one target side by side.

    Attributes:
        target: What they predict: a key of `targets`.
        classes: Of the target.
        where: A column and its value: they know these radiographs alone; else empty.
        dataset: A key of `datasets`.
        synthetic: Whether the radiographs are drawn.
        confidence: Of every interval; 1 minus it is the level of every test.
        draws: Of the bootstrap.
        ranking: By validation AUROC, best first; the first is the one chosen.
        unranked: Systems that are told what nobody knows of a new radiograph: scored, never chosen.
        baselines: Without a network.
        spreads: Of the models, in the order of `ranking`; a mean of models holds all seeds.
        pairs: Each once, in the order of `ranking`.
        ablations: For each variant, each backbone with a plain model and one on it; then all pooled
            where there are several.
    """

    target: str
    classes: list[str]
    where: dict[str, str]
    dataset: str
    synthetic: bool
    confidence: float
    draws: Count
    ranking: list[str]
    unranked: list[str]
    baselines: list[Baseline]
    spreads: list[Spread]
    pairs: list[Pair]
    ablations: list[Ablation]

    @property
    def title(self) -> str:
        """What its systems predict, and of which radiographs."""
        return ", ".join([self.target, *(f"{key} {value}" for key, value in self.where.items())])

    @property
    def binary(self) -> bool:
        """Whether the target has two classes."""
        return len(self.classes) == 2  # noqa: PLR2004

    @property
    def seeds(self) -> int:
        """Training seeds of each model; 1 where compositions alone are ranked."""
        return max((each.seeds for each in self.spreads), default=1)

    @property
    def not_told_apart(self) -> set[str]:
        """The systems that test does not tell apart from the one chosen."""
        pairs = self.against(self.ranking[0])
        return {name for name, pair in pairs.items() if pair.verdict == "not distinguishable"}

    def against(self, system: str) -> dict[str, Pair]:
        """Return a system's pairs, itself always first, by the other's name in ranking order."""
        found = {}
        for pair in self.pairs:
            if pair.first == system:
                found[pair.second] = pair
            elif pair.second == system:
                found[pair.first] = pair.swapped()
        return found

    def verdicts(self, system: str) -> Counter[Verdict]:
        """Count the verdicts of a system against each other one."""
        return Counter(pair.verdict for pair in self.against(system).values())


def picture(name: str) -> Path:
    """Return where a picture of the comparison stands, one of `PICTURES`."""
    return TEXT.with_name(f"{name}.png")


def write_page(table: pd.DataFrame, text: str) -> None:
    """Write a comparison for people to read.

    Args:
        table: A row for each baseline and each system, written as CSV.
        text: The page, as Markdown.
    """
    with replacing(TABLE) as beside:
        table.to_csv(beside, index=False, lineterminator="\n")
    write_text(TEXT, text)


def write(comparisons: list[Comparison], to: Path = PATH) -> None:
    """Write a comparison for each target, that of the headline first."""
    write_rows("comparisons", comparisons, to)


def read(source: Path = PATH) -> list[Comparison]:
    """Read what `write` wrote.

    Raises:
        PipelineError: It is not there, or was written by another version of the pipeline.
    """
    return read_rows("comparisons", Comparison, source, "compare")
