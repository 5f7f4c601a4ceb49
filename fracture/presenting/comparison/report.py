"""The comparison in a line or two, as the command prints it."""

from collections import Counter

from fracture.artifacts.comparison import Comparison
from fracture.judging.comparison.comparing import against_first
from fracture.judging.comparison.measuring import Measured


def report(comparison: Comparison, ranked: list[Measured]) -> str:
    """Return which model was chosen, what it scores on test and what it is told apart from."""
    first = ranked[0]
    text = (
        f"{first.model} is first of {len(ranked)} on validation; its test AUROC: {first.test}; "
        + "; ".join(f"{each.name}: {each.auroc}" for each in comparison.baselines)
    )
    verdicts = Counter(pair.verdict for pair in against_first(comparison).values())
    if verdicts:
        text += (
            f"\nbetter than {verdicts['better']} of the others, worse than {verdicts['worse']}, "
            f"not distinguishable from {verdicts['not distinguishable']}"
        )
    return text
