"""An entry of params.yaml as text: to be read, to be set from the command line, to be written."""

import io
import re
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedSeq

from fracture.artifacts.atomic import replacing
from fracture.console import PipelineError
from fracture.params.overrides import option
from fracture.params.section import PATH
from tools.look.proposals import Proposal

WIDE = 4096  # characters: no line is broken


def as_yaml(proposal: Proposal, model: str) -> str:
    """Return the entry and the run of one model, to be pasted into params.yaml.

    Args:
        proposal: The entry.
        model: The headline's. Alone it trains on any data set: a recipe's further systems may ask
            for what this one lacks, such as several body parts.
    """
    whole = {
        "dataset": proposal.dataset,
        "run": _flow([model]),
        "datasets": {proposal.dataset: _flow(proposal.section)},
    }
    return _dump(whole)


def as_options(proposal: Proposal, parameters: dict[str, Any]) -> list[str]:
    """Return what `dvc exp run` takes for the entry, an option for each key that differs.

    Args:
        proposal: The entry.
        parameters: params.yaml, as it is.
    """
    key = f"datasets.{proposal.dataset}"
    present = parameters["datasets"].get(proposal.dataset, {})
    changed = [("dataset", proposal.dataset), *_changed(proposal.section, present, key)]
    if parameters["run"] != [parameters["model"]]:
        changed.append(("run", [parameters["model"]]))
    return [option(name, value) for name, value in changed]


def write(proposal: Proposal, model: str, path: Path = PATH) -> None:
    """Put the entry and the run into params.yaml; no other line changes, comments stay.

    Args:
        proposal: The entry.
        model: As for `as_yaml`.
        path: Of params.yaml.

    Raises:
        PipelineError: params.yaml has no such section, or not in the form that it came with.
    """
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    start, end = _block(lines, proposal.dataset)
    yaml = _yaml()
    entry = yaml.load(dedent("".join(lines[start:end])))
    _update(entry[proposal.dataset], proposal.section)
    text = _dump(entry)
    indented = "".join(
        f"  {line}" if line.strip() else line for line in text.splitlines(keepends=True)
    )
    new = [*lines[:start], indented, *lines[end:]]
    for key, value in (("dataset", proposal.dataset), ("run", f"[{model}]")):
        chosen = [place for place, line in enumerate(new) if line.startswith(f"{key}:")]
        if len(chosen) != 1:
            raise PipelineError(f"{path} has {len(chosen)} lines `{key}:`, expected one")
        new[chosen[0]] = _replaced(new[chosen[0]], f"{key}: {value}")
    with replacing(path) as beside:
        beside.write_text("".join(new), encoding="utf-8")


def _block(lines: list[str], name: str) -> tuple[int, int]:
    """Return the lines of the entry of a data set, from its name to the next."""
    section = next((at for at, line in enumerate(lines) if line.startswith("datasets:")), None)
    after = range(section + 1, len(lines)) if section is not None else range(0)
    start = next((at for at in after if re.match(rf"  {name}:", lines[at])), None)
    if start is None:
        raise PipelineError(f"{PATH} has no datasets.{name} in the form that it came with")
    ends = (at for at in range(start + 1, len(lines)) if re.match(r" {0,2}[^\s#]", lines[at]))
    return start, next(ends, len(lines))


def _replaced(line: str, text: str) -> str:
    """Return a line of params.yaml with another key and value, its comment where it was."""
    value, mark, comment = line.rstrip("\n").partition("#")
    room = max(len(value), len(text) + 1) if mark else 0
    return f"{text.ljust(room)}{mark}{comment}\n"


def _changed(
    section: dict[str, Any], present: dict[str, Any], key: str
) -> Iterator[tuple[str, Any]]:
    for name, value in section.items():
        old = present.get(name)
        if isinstance(value, dict) and isinstance(old, dict):
            yield from _changed(value, old, f"{key}.{name}")
        elif value != old:
            yield f"{key}.{name}", value


def _update(entry: Any, section: dict[str, Any]) -> None:
    for name, value in section.items():
        if isinstance(value, dict) and isinstance(entry.get(name), dict):
            _update(entry[name], value)
        elif entry.get(name) != value:
            entry[name] = _flow(value)


def _flow(value: Any) -> Any:
    """Return the same with its lists on one line."""
    if isinstance(value, dict):
        return {key: _flow(each) for key, each in value.items()}
    if isinstance(value, list):
        sequence = CommentedSeq(value)
        sequence.fa.set_flow_style()
        return sequence
    return value


def _yaml() -> YAML:
    yaml = YAML()
    yaml.width = WIDE
    yaml.preserve_quotes = True
    yaml.representer.add_representer(
        type(None), lambda self, _: self.represent_scalar("tag:yaml.org,2002:null", "null")
    )
    return yaml


def _dump(value: Any) -> str:
    text = io.StringIO()
    _yaml().dump(value, text)
    return text.getvalue()
