"""What each system of a run is, and what was built and not trained, a row each."""

from collections.abc import Mapping, Sequence
from typing import Any

from fracture.artifacts.built import Built
from fracture.artifacts.systems import System
from fracture.presenting.words import Table, listed, readable

HEADERS = ("system", "kind", "made of", "target", "backbone", "variant", "trained on")


def backbone_and_variant(system: System, models: dict[str, Any]) -> tuple[str, str]:
    """Return the backbones and the variants of a system's networks; several are listed.

    Args:
        system: Of the run.
        models: The section of params.yaml.
    """
    entries = [models[name] for name in system.models]
    backbones, variants = (
        listed(dict.fromkeys(entry[key] for entry in entries)) for key in ("backbone", "variant")
    )
    return backbones, variants


def described(made: Mapping[str, System], models: dict[str, Any]) -> list[list[str]]:
    """Return the cells under `HEADERS` of each system, and of each model that is none.

    Args:
        made: What the systems are, by name.
        models: Those of the run: the section of params.yaml.
    """
    rows = [
        [
            name,
            system.kind if system.ranked else f"{system.kind}, not ranked",
            _made_of(system, models),
            system.target.name,
            *backbone_and_variant(system, models),
            _trained_on(system.models, models),
        ]
        for name, system in made.items()
    ]
    return rows + [
        [
            name,
            "networks, no system",
            f"a network for each {readable(column)}",
            entry["target"],
            entry["backbone"],
            entry["variant"],
            _trained_on([name], models),
        ]
        for name, entry in models.items()
        for column in entry.get("per") or {}
    ]


def _made_of(system: System, models: dict[str, Any]) -> str:
    if system.kind != "model":
        return system.made_of
    model, _, further = system.name.partition(".")
    also = listed([models[model]["target"], *(models[model].get("also") or {})])
    if further or models[model].get("also"):
        return f"the network of {model}, which predicts {also}"
    return "a network"


def _trained_on(names: list[str], models: dict[str, Any]) -> str:
    """Say which radiographs of the training part the networks of models learnt from."""
    # In the order of params.yaml: alike of systems that are made of the same.
    return listed(dict.fromkeys(_radiographs(models[name]) for name in models if name in names))


def _radiographs(model: dict[str, Any]) -> str:
    if where := model.get("where"):
        return listed(f"{readable(column)} {value}" for column, value in where.items())
    if per := model.get("per"):
        return f"one {readable(next(iter(per)))} each"
    return "all radiographs"


def not_trained(built: Sequence[Built]) -> Table:
    """Return what the backbones are made of that the recipe builds and does not train."""
    return Table(
        "Built with random weights, shown one radiograph, not trained: in no ranking",
        ("backbone", "parameters", "layers with weights", "radiograph", "features", "megabytes"),
        [
            (
                each.backbone,
                f"{each.parameters:,}",
                f"{each.layers:,}",
                f"{each.size} x {each.size}",
                " x ".join(map(str, each.features)),
                f"{each.megabytes:.1f}",
            )
            for each in built
        ],
    )
