"""Random changes of params.yaml: what a hand, a script or an attacker may leave there."""

from copy import deepcopy
from random import Random
from typing import Any

SHELL = [
    "x; touch TOUCHED #", "$(touch TOUCHED)", "`touch TOUCHED`", "../best", "a/b", "-rf", "a b",
    "${model}", "a\nb", "a\0b", "ü", "", "'", '"', "*", "~", "~nobody/x", "%s",
]  # fmt: skip
VALUES: list[Any] = [
    None, True, False, 0, 1, -1, 2, 0.5, 1.0, -0.1, 1e-9, 1e9, 10**12, float("nan"), float("inf"),
    [], {}, [1], ["a"], {"a": 1}, [None], [[]], "recipe", "all", "plain", "auto", *SHELL,
]  # fmt: skip
Path = tuple[str | int, ...]


def mutate(parameters: dict[str, Any], random: Random) -> tuple[dict[str, Any], list[Path]]:
    """Return parameters with one to three changes, and where these are.

    Args:
        parameters: params.yaml, as read; it does not change.
        random: Decides all.
    """
    changed, where = deepcopy(parameters), []
    for _ in range(random.choice([1, 1, 1, 2, 3])):
        path = random.choice(_places(changed, random))
        if path:
            where.append(path)
            _change(changed, path, random)
    return changed, where


def _places(parameters: dict[str, Any], random: Random) -> list[Path]:
    """Return the places below one top-level key, so that no large section is changed most."""
    top = random.choice([*parameters])
    found: list[Path] = []

    def walk(value: Any, path: Path) -> None:
        found.append(path)
        below = dict(enumerate(value)) if isinstance(value, list) else value
        for key, inner in below.items() if isinstance(below, dict) else ():
            walk(inner, (*path, key))

    walk(parameters[top], (top,))
    return found


def _change(parameters: dict[str, Any], path: Path, random: Random) -> None:
    section: Any = parameters
    for key in path[:-1]:
        section = section[key]
    key, value = path[-1], section[path[-1]]
    kind = random.choice(["value", "near", "near", "near", "delete", "add", "rename"])
    if kind == "near" and (near := _near(value, random)) is not None:
        section[key] = near
    elif kind == "delete":
        del section[key]
    elif kind == "add" and isinstance(value, dict):
        value[random.choice([*SHELL, "unknown", 1, None])] = random.choice(VALUES)
    elif kind == "add" and isinstance(value, list):
        value.append(random.choice(VALUES))
    elif kind == "rename" and isinstance(section, dict):
        section[random.choice([*SHELL, "other", "recipe", "truth", 7])] = section.pop(key)
    else:
        section[key] = random.choice(VALUES)


def _near(value: Any, random: Random) -> Any:
    """Return another value that may well be allowed; None where there is none."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return random.choice([value + 1, max(0, value - 1), value * 2, value // 2])
    if isinstance(value, float):
        return random.choice([value / 2, min(1.0, value * 2), value, 0.05, 0.0])
    if isinstance(value, list):
        return random.sample(value, len(value))
    return None
