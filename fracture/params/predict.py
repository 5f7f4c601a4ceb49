"""The section of a recipe that says how trained networks predict."""

from typing import Any

from fracture.params.section import Section, value_at


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
    where = ("recipes", value_at(parameters, "recipe"), "predict")
    return Predict.parse(value_at(parameters, *where), ".".join(where))
