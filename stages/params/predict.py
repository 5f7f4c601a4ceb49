"""The section of a recipe that says how trained networks predict."""

from typing import Any

from stages.params.section import Section, at


class Predict(Section):
    """How a network sees a radiograph that it did not learn from.

    Attributes:
        mirror: Whether its probability is averaged with that of its mirror image.
    """

    mirror: bool


def predicting(parameters: dict[str, Any]) -> Predict:
    """Return the section of the chosen recipe.

    Raises:
        PipelineError: It is missing, or a key or value is not allowed.
    """
    where = ("recipes", at(parameters, "recipe"), "predict")
    return Predict.parse(at(parameters, *where), ".".join(where))
