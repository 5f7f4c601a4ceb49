"""Keys of params.yaml as options of `dvc exp run`."""

import json
import re
import shlex
from typing import Any


def option(key: str, value: Any) -> str:
    """Return the option that sets a key to a value, quoted for a shell.

    Args:
        key: From the outermost to the innermost, with dots between them.
        value: As read from params.yaml.
    """
    return f"-S {shlex.quote(f'{key}={_hydra(value)}')}"


def command(options: list[str]) -> str:
    """Return `dvc exp run` with options, one a line."""
    return " \\\n    ".join(["dvc exp run", *options])


def _hydra(value: Any) -> str:
    """Return a value in the grammar of Hydra's overrides, which `-S` takes."""
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case int() | float():
            return str(value)
        case list():
            return f"[{','.join(map(_hydra, value))}]"
        case dict():
            return f"{{{','.join(f'{key}:{_hydra(each)}' for key, each in value.items())}}}"
    text = str(value)
    plain = re.fullmatch(r"[A-Za-z_./][\w./-]*", text) and text not in {"null", "true", "false"}
    return text if plain else json.dumps(text, ensure_ascii=False)
