"""What is measured in each process, as it is handed over."""

import json
import sys
from collections.abc import Callable
from contextlib import redirect_stdout
from dataclasses import asdict, dataclass
from typing import Any

Seconds = list[dict[str, float]]
"""Of so many steps, by what was run, a row for each repetition."""


@dataclass(frozen=True)
class Work:
    """Steps over batches of noise.

    Attributes:
        batch: Radiographs of a step.
        size: Pixels.
        steps: Of an epoch.
        repetitions: Epochs that are timed.
        augmented: Whether the augmentation is part of the model.
        mode: Of torch.compile.
    """

    batch: int
    size: int
    steps: int
    repetitions: int
    augmented: bool
    mode: str

    def words(self) -> str:
        """Return what `answer` takes from the command line."""
        return json.dumps(asdict(self))


def answer(measure: Callable[[Work], dict[str, Any]]) -> None:
    """Do the work that the command line names and print its result as the last line."""
    with redirect_stdout(sys.stderr):
        found = measure(Work(**json.loads(sys.argv[1])))
    print(json.dumps(found))
