"""Reading one section of params.yaml: only its own keys, only allowed values."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, Self, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from fracture.artifacts.inputs import require_parameters
from fracture.console import PipelineError, nearest
from fracture.texts import PLAIN_NAME

PATH = Path("params.yaml")

NAMED = (
    "datasets", "external", "variants", "targets", "runs", "recipes", "models", "systems",
    "evaluate.points",
)  # fmt: skip
"""The sections whose keys are names that users choose: stages, files and scores are called so."""

Place = Annotated[str, Field(min_length=1, pattern=r"^[^\x00-\x1f]+$")]
"""The path of a file or a folder."""

Fraction = Annotated[float, Field(ge=0, le=1)]
"""A number from 0 to 1."""


class Section(BaseModel):
    """A section of params.yaml; unknown keys are refused, values checked against bounds."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    @classmethod
    def parse(cls, value: object, where: str) -> Self:
        """Validate a section of params.yaml.

        Args:
            value: What stands there, as read from YAML.
            where: Its keys with dots between them, for messages.

        Raises:
            PipelineError: A key is missing or unknown, or a value is not allowed.
        """
        try:
            return cls.model_validate(value)
        except ValidationError as error:
            raise PipelineError(explain(error, where, cls)) from None

    @classmethod
    def read(cls, parameters: dict[str, Any], *keys: str) -> Self:
        """Return the validated section that stands in params.yaml at a path of keys.

        Args:
            parameters: params.yaml, as `load` returns it.
            *keys: From the outermost to the innermost.

        Raises:
            PipelineError: The section is absent, lacks a key, or a key or value is not allowed.
        """
        return cls.parse(value_at(parameters, *keys), ".".join(keys))


def explain(error: ValidationError, where: str, section: type[Section]) -> str:
    """Put every mistake that pydantic found into one line: the key, the value, what is allowed.

    Args:
        error: What pydantic raised.
        where: The keys of the section that it read, with dots between them.
        section: What it read it as.
    """
    mistakes = []
    for detail in error.errors():
        key = ".".join(part for part in (where, *map(_in_line, detail["loc"])) if part)
        match detail["type"]:
            case "extra_forbidden":
                near = nearest(detail["loc"][-1], _keys(section, detail["loc"][:-1]))
                mistakes.append(f"unknown key {key}{near}: remove it or mend its spelling")
            case "missing":
                mistakes.append(f"{key} is missing")
            case "value_error":
                mistakes.append(str(detail["ctx"]["error"]))
            case _:
                mistakes.append(f"{key} is {detail['input']!r}: {detail['msg'].lower()}")
    return f"{PATH}: {'; '.join(mistakes)}"


def _keys(section: type[Section], path: Iterable[str | int]) -> list[str]:
    """Return the keys that may stand at a path below a section."""
    here = {section}
    for key in path:
        # Where a key is a name that users choose, or an index, its section is known already.
        fields = [each.model_fields[key] for each in here if key in each.model_fields]
        here = {each for field in fields for each in _sections(field.annotation)} or here
    return [key for each in here for key in each.model_fields]


def _sections(annotation: Any) -> set[type[Section]]:
    if isinstance(annotation, type) and issubclass(annotation, Section):
        return {annotation}
    return {each for part in get_args(annotation) for each in _sections(part)}


def _in_line(key: str | int) -> str:
    text = str(key)
    return text if text.isprintable() else repr(text)


def load() -> dict[str, Any]:
    """Return params.yaml as plain dictionaries.

    Raises:
        PipelineError: The file is absent or not a YAML mapping, a name is no plain one, or DVC runs
            this stage and the file was changed since it ran `inputs`.
    """
    if not PATH.is_file():
        raise PipelineError(f"{PATH} not found: run from the folder that holds dvc.yaml")
    content = PATH.read_bytes()
    require_parameters(content, os.environ.get("DVC_STAGE", ""))
    try:
        parameters = YAML(typ="safe").load(content)
    except YAMLError as error:
        raise PipelineError(f"{PATH} is not valid YAML: {' '.join(str(error).split())}") from None
    if not isinstance(parameters, dict):
        raise PipelineError(f"{PATH} holds no mapping of keys to values")
    _require_plain_names(parameters)
    return parameters


def _require_plain_names(parameters: dict[str, Any]) -> None:
    """Require of each name that a user chose that it can stand in a path and in a command.

    Every stage does so, as it reads params.yaml: DVC may be asked for a late stage alone.
    """
    for table in NAMED:
        section: Any = parameters
        for key in table.split("."):
            section = section.get(key) if isinstance(section, dict) else None
        for name in section if isinstance(section, dict) else ():
            if not (isinstance(name, str) and PLAIN_NAME.fullmatch(name)):
                raise PipelineError(
                    f"{PATH}: a key of {table} is {str(name)[:100]!r}; expected letters from a to "
                    "z, digits, _ and -, at most 64, - not first: rename it (a number in quotes)"
                )


def require(name: str, allowed: Iterable[str], where: str) -> None:
    """Require that a name is one of those allowed.

    Args:
        name: As it stands in params.yaml.
        allowed: The names to choose from.
        where: The key at which it stands, for the message.

    Raises:
        PipelineError: The name is not allowed.
    """
    allowed = tuple(allowed)
    if name not in allowed:
        raise PipelineError(
            f"{PATH}: {where} is {name!r}{nearest(name, allowed)}; expected one of: "
            f"{', '.join(allowed)}"
        )


def value_at(parameters: dict[str, Any], *keys: str) -> Any:
    """Return the value at a path of keys.

    Args:
        parameters: params.yaml, as read.
        *keys: From the outermost to the innermost.

    Raises:
        PipelineError: A key is absent; the message lists those that stand there.
    """
    value: Any = parameters
    for depth, key in enumerate(keys):
        if not isinstance(value, dict) or key not in value:
            where = ".".join(keys[:depth]) or "the top level"
            there = ", ".join(map(str, value)) if isinstance(value, dict) else repr(value)
            near = nearest(key, value) if isinstance(value, dict) else ""
            raise PipelineError(f"{PATH}: no {key!r} at {where}{near}; expected one of: {there}")
        value = value[key]
    return value
