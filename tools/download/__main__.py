"""Fetch a data set's official archive, check it and unpack it to where its reader looks.

What was cut is resumed by the same command. Nothing that is there is overwritten.
"""

import sys
from pathlib import Path

from fracture.console import PipelineError
from fracture.params import section
from fracture.params.datasets import DATASETS
from tools.download.command import arguments
from tools.download.disk import require_room, writing
from tools.download.fetch import fetch, missing
from tools.download.sources import ARCHIVES, BY_HAND
from tools.download.unpack import unpack, unpacked


def main(name: str, to: str | None) -> None:
    """Leave the data set `name` in the folder `to`, or in the one that params.yaml gives it."""
    if name in BY_HAND:
        raise PipelineError(f"{name} is not fetched by this command: {BY_HAND[name]}")
    if name not in ARCHIVES:
        known = ", ".join([*ARCHIVES, *BY_HAND])
        raise PipelineError(f"no data set {name!r} to fetch; expected one of: {known}")
    source = ARCHIVES[name]
    root = Path(to or configured_root(source.dataset)).expanduser().resolve()
    archive = root.with_name(source.file_name)
    with writing(root.parent):
        if unpacked(source, root):
            print(f"{source.title} is in place, nothing to do: {root}")
            return
        require_room(root.parent, missing(source, archive) + source.unpacked_bytes)
        fetch(source, archive)
        count = unpack(source, archive, root)
    print(f"{source.title}, {count:,} files: {root}")
    if to:
        print(f"set datasets.{source.dataset}.root in params.yaml to it")
    print(f"{archive} is no longer needed")


def configured_root(dataset: str) -> str:
    """Return `datasets.<dataset>.root` of params.yaml."""
    where = f"datasets.{dataset}"
    return DATASETS[dataset].parse(section.value_at(section.load(), *where.split(".")), where).root


if __name__ == "__main__":
    given = arguments(__doc__)
    try:
        main(given.dataset, given.to)
    except PipelineError as error:
        sys.exit(f"error: {error}")
    except KeyboardInterrupt:
        sys.exit("interrupted: what was fetched is kept; the same command goes on from there")
