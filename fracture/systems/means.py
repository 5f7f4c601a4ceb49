"""Means of logits: their members' weights are given, or chosen on validation."""

from collections import Counter
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from fracture.artifacts.row import number
from fracture.artifacts.systems import Step, System
from fracture.artifacts.trained import TargetRow
from fracture.console import PipelineError
from fracture.judging.logits import Probabilities
from fracture.judging.logits import logits as logits_of
from fracture.params.systems import Mean, Selected
from fracture.systems.fitting import fit_weights, log_loss, select, stack
from fracture.systems.formula import Linear, Node, Weight
from fracture.systems.predicted import Predicted


def compose_mean(
    name: str, section: Mean, systems: Mapping[str, System], predicted: Predicted
) -> System:
    """Return a mean, with the weights that validation gives it.

    Args:
        name: A key of `systems`.
        section: Its entry, `all` written out.
        systems: All that it may be made of.
        predicted: What their networks say.

    Raises:
        PipelineError: Its members have different classes, or validation cannot choose.
    """
    members = {member: systems[member] for member in section.parts}
    first = members[section.parts[0]]
    require_same_classes(name, {member: system.target for member, system in members.items()})
    nodes = {member: predicted.part(system) for member, system in members.items()}
    logits = {}
    for member, part in nodes.items():
        sample = predicted.validation(first, part)
        logits[member], labels = logits_of(sample.probabilities), sample.labels
    if section.weights == "stacked" and len(set(labels)) < len(first.target.classes):
        raise PipelineError(
            f"systems.{name}: a logistic regression needs every class of {first.target.name} among "
            f"the {len(labels)} validation radiographs: choose other weights, or raise "
            "split.validation in params.yaml"
        )
    weights, intercept, steps = weigh(section.weights, logits, labels)
    parts = [nodes[member] for member in weights]
    node: Node = Linear(parts=parts, weights=[*weights.values()], intercept=intercept)
    if len(weights) == 1 and section.weights != "stacked":
        (node,) = parts
    loss = log_loss(logits_of(predicted.validation(first, node).probabilities), labels)
    numbers = {each: weight for each, weight in weights.items() if isinstance(weight, float)}
    return System(
        name=name,
        kind="mean",
        target=first.target,
        where=first.where,
        made_of=f"{in_words(section, weights)}; log loss on validation {number(loss)}",
        seeds=first.seeds,
        parts=section.parts,
        weights=numbers,
        steps=steps,
        ranked=True,
        formula=node,
    )


def weigh(
    choice: str | Selected, logits: Mapping[str, Probabilities], labels: npt.NDArray[np.int64]
) -> tuple[dict[str, Weight], list[float], list[Step]]:
    """Return the weight of each member, the intercept, and the steps of a selection.

    Args:
        choice: See `Mean` in fracture/params/systems.py.
        logits: Of each candidate on n validation radiographs.
        labels: Of these, (n,).
    """
    if isinstance(choice, Selected):
        joined, kept = select(logits, labels, choice.selected)
        counts = Counter(member for member, _ in joined[:kept])
        steps = [Step(system=member, log_loss=loss) for member, loss in joined]
        return {member: count / kept for member, count in counts.items()}, [0], steps
    if choice == "fitted":
        return {**fit_weights(logits, labels)}, [0], []
    if choice == "stacked":
        return *stack(logits, labels), []
    return dict.fromkeys(logits, 1 / len(logits)), [0], []


def in_words(section: Mean, weights: Mapping[str, Weight]) -> str:
    """Say whose mean it is, and who chose.

    Args:
        section: The entry.
        weights: Of the members.
    """
    numbers = {each: weight for each, weight in weights.items() if isinstance(weight, float)}
    unequal = len(set(numbers.values())) > 1
    names = ", ".join(f"{each} ({numbers[each]:.3f})" if unequal else each for each in weights)
    among = f"among {len(section.parts)} systems"
    match section.weights:
        case "equal":
            return f"mean logit of {names}"
        case "fitted":
            return f"mean logit of {names}, weights {among} fitted on validation"
        case "stacked":
            return f"logistic regression on the logits of {names}, fitted on validation"
        case Selected():
            return f"mean logit of {names}, selected {among} on validation"


def require_same_classes(name: str, targets: Mapping[str, TargetRow]) -> None:
    """Require that the parts of a composition predict the same.

    Args:
        name: A key of `systems`.
        targets: Of each part, by name.

    Raises:
        PipelineError: They have different classes.
    """
    (first, target), *others = targets.items()
    for other, row in others:
        if row != target:
            raise PipelineError(
                f"systems.{name}: {first} and {other} predict different classes ("
                f"{', '.join(target.classes)}; {', '.join(row.classes)}): name systems that are "
                "trained on the same radiographs"
            )
