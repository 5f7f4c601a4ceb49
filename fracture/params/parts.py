"""What systems may be made of, and whether it fits together, before anything is trained."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from fracture.console import PipelineError
from fracture.params.section import PATH, require, value_at
from fracture.params.train import Model, model_named

if TYPE_CHECKING:
    from fracture.params.systems import Route

TRUTH = "truth"
"""A router that is told the class that the data set gives; of a new radiograph nobody knows it."""


@dataclass(frozen=True)
class Part:
    """A system that another may be made of.

    Attributes:
        target: A key of `targets`.
        where: A column and its value: it knows these radiographs alone. Empty for all.
        oracle: Whether it is told the truth.
    """

    target: str
    where: dict[str, str]
    oracle: bool = False


@dataclass(frozen=True)
class Parts:
    """All that systems may be made of.

    Attributes:
        systems: By name.
        per: Models with a network for each value of a column, which are no systems.
        parameters: params.yaml, as read.
    """

    systems: dict[str, Part]
    per: dict[str, Model]
    parameters: dict[str, Any]

    @classmethod
    def read(cls, parameters: dict[str, Any]) -> Self:
        """Return the models of params.yaml: each is a system for each of its targets."""
        models = {name: model_named(parameters, name) for name in value_at(parameters, "models")}
        return cls(
            systems={
                f"{name}.{target}" if place else name: Part(
                    target, {str(key): value for key, value in (model.where or {}).items()}
                )
                for name, model in models.items()
                if not model.per
                for place, target in enumerate(model.targets)
            },
            per={name: model for name, model in models.items() if model.per},
            parameters=parameters,
        )

    def of_all_radiographs(self, models: Iterable[str], target: str) -> list[str]:
        """Return those systems of some models that know all radiographs and predict a target."""
        return [
            name
            for name, part in self.systems.items()
            if name.partition(".")[0] in models and part.target == target and not part.where
        ]

    def mean(self, members: Sequence[str], place: str) -> Part:
        """Return what a mean is.

        Args:
            members: Names of systems.
            place: The keys at which they stand, for messages.

        Raises:
            PipelineError: One cannot be a member, or they do not fit together.
        """
        parts = {name: self._usable(name, place) for name in members}
        for name in members:
            if members.count(name) > 1:
                raise PipelineError(f"{PATH}: {place} names {name} more than once")
        # One model alone has a mean too: that of the networks of its training seeds.
        seeds = len(value_at(self.parameters, "training_seeds"))
        if len(members) * seeds < 2:  # noqa: PLR2004
            raise PipelineError(
                f"{PATH}: {place} has {len(members)} systems and {seeds} training seed: "
                "expected two networks or more; name further systems or seeds"
            )
        _require_one("targets", {name: part.target for name, part in parts.items()}, place)
        _require_same_radiographs(parts, place)
        return parts[members[0]]

    def route(self, section: "Route", where: str) -> Part:
        """Return what a route is.

        Args:
            section: Its entry.
            where: The keys at which that stands, for messages.

        Raises:
            PipelineError: A part cannot be used, or they do not fit together.
        """
        if isinstance(section.to, str):
            require(section.to, self.per, f"{where}.to, where it is no table of systems,")
            model = self.per[section.to]
            answering, columns = {section.to: Part(model.target, {})}, {*map(str, model.per or {})}
        else:
            answering = {name: self._usable(name, f"{where}.to") for name in section.specialists}
            columns = {column for part in answering.values() for column in part.where}
        home = Part("", {})
        if section.otherwise:
            home = self._usable(section.otherwise, f"{where}.otherwise")
            answering[section.otherwise] = home
        elif section.least:
            raise PipelineError(
                f"{PATH}: {where}.least is {section.least}, but nothing answers where the router "
                "is less sure: name a system under otherwise, or set least to 0"
            )
        _require_one("targets", {name: part.target for name, part in answering.items()}, where)
        (target, *_) = (part.target for part in answering.values())
        if section.route_by == TRUTH:
            if len(columns) != 1:
                raise PipelineError(
                    f"{PATH}: {where}.route_by is {TRUTH}, but of which column? name under to a "
                    "model with per, or models with where"
                )
            return Part(target, home.where, oracle=True)
        router = self._usable(section.route_by, f"{where}.route_by")
        column = value_at(self.parameters, "targets", router.target, "column")
        if isinstance(section.to, str) and column not in columns:
            raise PipelineError(
                f"{PATH}: {where}.to: {section.to} has a network for each {', '.join(columns)}, "
                f"but {section.route_by} predicts {column}: name another router or other "
                "specialists"
            )
        if section.otherwise:
            _require_same_radiographs({section.route_by: router, section.otherwise: home}, where)
        return Part(target, router.where)

    def _usable(self, name: str, place: str) -> Part:
        if name in self.per:
            raise PipelineError(
                f"{PATH}: {place} names {name}, which has a network for each "
                f"{', '.join(self.per[name].per or {})}: it can stand under to of a route alone"
            )
        if name == TRUTH or (name in self.systems and self.systems[name].oracle):
            raise PipelineError(
                f"{PATH}: {place} names {name}, which is told what nobody knows of a new "
                "radiograph: nothing can be made of it, remove it there"
            )
        require(name, self.systems, place)
        return self.systems[name]


def _require_same_radiographs(parts: dict[str, Part], place: str) -> None:
    texts = {
        name: " ".join(f"{column} {value}" for column, value in part.where.items()) or "all"
        for name, part in parts.items()
    }
    _require_one("radiographs", texts, place)


def _require_one(what: str, named: dict[str, str], place: str) -> None:
    """Require that systems have something in common.

    Args:
        what: That is to be the same.
        named: What it is of each system.
        place: The keys at which these stand.

    Raises:
        PipelineError: They differ.
    """
    if len(set(named.values())) > 1:
        listed = ", ".join(f"{name}: {value}" for name, value in named.items())
        raise PipelineError(
            f"{PATH}: {place} names systems of different {what} ({listed}): name those of one"
        )
