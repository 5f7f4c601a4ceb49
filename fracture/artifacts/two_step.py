"""Systems of two steps in full: who routes, how well each way to answer does, the differences."""

from pathlib import Path
from typing import Literal

from fracture.artifacts.comparison import Pair
from fracture.artifacts.row import Count, Estimate, Row, read_rows, write_rows
from fracture.artifacts.trained import TargetRow

PATH = Path("metrics/two_step.json")

Role = Literal[
    "hard routing", "soft routing", "perfect routing", "one network", "network of both targets"
]
"""How a radiograph gets its answer, in the order of the tables."""


class Router(Row):
    """A system that says of which class a radiograph is, such as its body part.

    All training seeds together route; of a network that learnt both targets, that answers is no
    route, but how well it tells the classes apart is comparable.

    Attributes:
        system: Its name.
        routes: Whether a route asks it.
        classes: That it tells apart.
        n: Test radiographs of these classes.
        others: Test radiographs that are routed and are of none of these classes.
        confusion: Counts by actual and by most probable class.
        accuracy: Share of the `n` whose most probable class is theirs.
    """

    system: str
    routes: bool
    classes: list[str]
    n: Count
    others: Count
    confusion: list[list[Count]]
    accuracy: Estimate


class Subgroup(Row):
    """Scores of a system on test radiographs of one class of the router.

    Attributes:
        n: Radiographs.
        counts: Those of each class of the target.
        scores: As those of `Answering`.
    """

    n: Count
    counts: list[Count]
    scores: dict[str, Estimate]


class Answering(Row):
    """A system that answers for all radiographs, by two steps or without.

    Attributes:
        system: Its name; of a network that was trained several times, with how often.
        role: How it comes to its answer.
        one_by_one: Of a network that was trained several times, the mean test AUROC over its
            trainings: `scores` are of all together, as a route asks all trainings of its networks.
        scores: On the test part: `auroc`, `accuracy` and, of two classes, `sensitivity` and
            `specificity`, decisions at the headline's operating point.
        subgroups: By class of the router, none where the evaluation has no such subgroups.
    """

    system: str
    role: Role
    one_by_one: Estimate | None
    scores: dict[str, Estimate]
    subgroups: dict[str, Subgroup]


class TwoStep(Row):
    """Routes to the same specialists, and networks that do without them.

    Attributes:
        target: What all of them predict.
        column: What the router tells apart, such as `body_part`.
        best: The ranked route of highest validation AUROC; the first where none is ranked.
        specialists: By class of the best route, the models whose networks answer.
        otherwise: The models whose networks answer for all other classes, perhaps none.
        basis: What the scores rest on, in words.
        headline: Name of the operating point.
        synthetic: Whether the radiographs are drawn.
        confidence: Of every interval; 1 minus it is the level of every test.
        routers: Those that route first.
        systems: In the order of `Role`.
        pairs: Each once; every test is corrected over these alone.
    """

    target: TargetRow
    column: str
    best: str
    specialists: dict[str, list[str]]
    otherwise: list[str]
    basis: str
    headline: str
    synthetic: bool
    confidence: float
    routers: list[Router]
    systems: list[Answering]
    pairs: list[Pair]

    @property
    def binary(self) -> bool:
        """Whether the target has two classes."""
        return len(self.target.classes) == 2  # noqa: PLR2004

    @property
    def together(self) -> bool:
        """Whether networks were trained several times, and answer together."""
        return any(each.one_by_one for each in self.systems)

    def one(self, role: Role) -> Answering | None:
        """Return the first system of a role; None where there is none."""
        return next((each for each in self.systems if each.role == role), None)

    def against_best(self, system: str) -> Pair | None:
        """Return the pair of the best route and another system, the best first."""
        for pair in self.pairs:
            if {pair.first, pair.second} == {self.best, system}:
                return pair if pair.first == self.best else pair.swapped()
        return None


def write(two_steps: list[TwoStep]) -> None:
    """Write one for each set of specialists; none where the run has no route."""
    write_rows("two_steps", two_steps, PATH)


def read() -> list[TwoStep]:
    """Read what `write` wrote.

    Raises:
        PipelineError: It is not there, or was written by another version of the pipeline.
    """
    return read_rows("two_steps", TwoStep, PATH, "compare")
