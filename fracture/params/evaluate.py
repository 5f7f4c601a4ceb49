"""The sections of params.yaml that say how predictions are scored and data sets audited."""

from typing import Annotated, Literal

from pydantic import Field, field_validator

from fracture.params.section import Fraction, Section


class AtSensitivity(Section):
    """The point of at least this sensitivity on validation that calls the fewest fractured."""

    sensitivity: Fraction


class AtSpecificity(Section):
    """The point of at least this specificity on validation that finds the most fractures."""

    specificity: Fraction


Rule = Literal["youden"] | Fraction | AtSensitivity | AtSpecificity
"""How an operating point is found: Youden's index, a fixed probability, or a rate to keep."""


def in_words(rule: Rule) -> str:
    """Say how a rule finds its threshold."""
    match rule:
        case AtSensitivity():
            return f"sensitivity {rule.sensitivity:g} or more on validation"
        case AtSpecificity():
            return f"specificity {rule.specificity:g} or more on validation"
        case "youden":
            return "Youden's index on validation"
        case _:
            return "fixed"


class ControlRisk(Section):
    """The risks that two thresholds keep, between which a radiograph is unsure.

    Used by fracture/judging/conformal.py.

    Attributes:
        missed: The expected share of a group's radiographs of the second of two classes, such as
            fractured, that are called the first.
        false_alarms: Likewise of the first, called the second.
    """

    missed: Fraction
    false_alarms: Fraction


class Evaluate(Section):
    """Operating points, bootstrap, and how a heatmap is judged.

    Used by fracture/judging/evaluation.py; the rules by fracture/judging/points.py, the marks and
    small fractures by fracture/judging/localisation.py.

    Attributes:
        points: Rules by name; the first is that of the headline.
        unsure: The risks of the calls that come with a guarantee.
        draws: Of the bootstrap.
        confidence: Of every interval.
        age_bands: Ages at which a band of subgroups begins, years; the first begins at 0.
        least_subgroup: Radiographs of each of its classes that a subgroup holds to be called the
            weakest.
        mark_share: From which share of a peak's heat on its surroundings belong to its mark.
        small_fracture: A fracture is small below this side, pixels of what the network sees: the
            square root of the area of its box.
    """

    points: Annotated[dict[str, Rule], Field(min_length=1)]
    unsure: ControlRisk
    draws: Annotated[int, Field(ge=100, le=100_000)]
    confidence: Annotated[float, Field(gt=0, lt=1)]
    age_bands: tuple[Annotated[int, Field(ge=1, le=120)], ...]
    least_subgroup: Annotated[int, Field(ge=1)]
    mark_share: Annotated[float, Field(gt=0, lt=1)]
    small_fracture: Annotated[float, Field(gt=0)]

    @property
    def headline(self) -> str:
        """Name of the operating point that the headline shows."""
        return next(iter(self.points))

    @field_validator("age_bands")
    @classmethod
    def _ascend(cls, age_bands: tuple[int, ...]) -> tuple[int, ...]:
        if [*age_bands] != sorted(set(age_bands)):
            raise ValueError(
                f"evaluate.age_bands is {[*age_bands]}: expected ages in ascending order, each once"
            )
        return age_bands

    @field_validator("points", mode="before")
    @classmethod
    def _explain(cls, points: object) -> object:
        """Say in one line what a rule may be, where pydantic lists every alternative."""
        for name, rule in points.items() if isinstance(points, dict) else ():
            is_rate = isinstance(rule, dict) and [*rule] in (["sensitivity"], ["specificity"])
            number = next(iter(rule.values())) if is_rate else rule
            is_share = type(number) in (int, float) and 0 <= number <= 1
            if not (is_share or rule == "youden"):
                raise ValueError(
                    f"evaluate.points.{name} is {rule!r}: expected youden, a probability from "
                    "0 to 1, {sensitivity: 0 to 1} or {specificity: 0 to 1}"
                )
        return points


class Audit(Section):
    """Leaves of the tree that guesses from one column; test AUROC above which file data is flagged.

    Used by fracture/auditing/baselines.py.
    """

    leaves: Annotated[int, Field(ge=2, le=256)]
    suspicious: Annotated[float, Field(ge=0.5, le=1)]
