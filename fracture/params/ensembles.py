"""The section of params.yaml that names ensembles, and what stands beside models thanks to it."""

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import Field

from fracture.console import PipelineError
from fracture.params.section import PATH, Section, require, value_at


class Ensemble(Section):
    """An entry of `ensembles`: some models, whose logits are averaged.

    Attributes:
        candidates: Keys of `models`; `all` in the file stands for each of them.
        members: At most so many, chosen by forward selection on validation; or each candidate.
    """

    candidates: list[str]
    members: Annotated[int, Field(ge=1)] | Literal["all"]


@dataclass(frozen=True)
class Classifier:
    """What is scored and compared: a model, or an ensemble of models.

    Attributes:
        name: A key of `models` or of `ensembles`.
        is_ensemble: Which of the two.
    """

    name: str
    is_ensemble: bool

    @property
    def predicted_by(self) -> str:
        """The stage of dvc.yaml that leaves its predictions."""
        return "ensemble" if self.is_ensemble else f"predict@{self.name}"

    @property
    def scored_by(self) -> str:
        """The stage of dvc.yaml that leaves its scores."""
        return f"{'evaluate_ensemble' if self.is_ensemble else 'evaluate'}@{self.name}"


def classifiers(parameters: dict[str, Any]) -> list[Classifier]:
    """Return all models, then all ensembles, in the order of params.yaml."""
    return [
        *(Classifier(name, is_ensemble=False) for name in value_at(parameters, "models")),
        *(Classifier(name, is_ensemble=True) for name in value_at(parameters, "ensembles")),
    ]


def classifier(parameters: dict[str, Any], name: str, where: str) -> Classifier:
    """Return the model or ensemble of a name.

    Raises:
        PipelineError: `name`, found at `where`, is neither.
    """
    known = {each.name: each for each in classifiers(parameters)}
    require(name, known, where)
    return known[name]


def ensembles_of(parameters: dict[str, Any]) -> dict[str, Ensemble]:
    """Return the ensembles by name, `candidates: all` written out.

    Raises:
        PipelineError: An entry is not valid, bears the name of a model, or names an unknown
            candidate, one twice, or fewer than two networks in all.
    """
    entries = value_at(parameters, "ensembles")
    if not isinstance(entries, dict):
        raise PipelineError(
            f"{PATH}: ensembles is {entries!r}; expected {{}}, or entries such as "
            "best_of_all: {candidates: all, members: 10}"
        )
    return {name: _ensemble(parameters, name) for name in entries}


def _ensemble(parameters: dict[str, Any], name: str) -> Ensemble:
    entry, where = value_at(parameters, "ensembles", name), f"ensembles.{name}"
    models, seeds = value_at(parameters, "models"), value_at(parameters, "seeds")
    if name in models:
        raise PipelineError(f"{PATH}: {name} is a key of models and of ensembles: rename one")
    if isinstance(entry, dict) and entry.get("candidates") == "all":
        entry = entry | {"candidates": list(models)}
    section = Ensemble.parse(entry, where)
    for candidate in section.candidates:
        require(candidate, models, f"{where}.candidates")
        if section.candidates.count(candidate) > 1:
            raise PipelineError(f"{PATH}: {where}.candidates names {candidate} more than once")
    # One model alone is an ensemble of what its training seeds gave.
    networks = len(section.candidates) * len(seeds)
    if networks < 2:  # noqa: PLR2004
        raise PipelineError(
            f"{PATH}: {where} has {len(section.candidates)} candidates and {len(seeds)} training "
            "seed: expected two networks or more; name further models or seeds"
        )
    return section
