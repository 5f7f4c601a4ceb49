"""Live curves: a process of its own shows each epoch in MLflow while the training goes on.

MLflow's imports, locks, waits and random numbers (it draws from Python's generator, as Keras does
for the order of batches) never touch a training. Like fracture/training/progress.py, nothing here
reaches a file that a stage leaves.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Any

from tqdm import tqdm

VARIABLE = "FRACTURE_LIVE"
COMMAND = [sys.executable, "-m", "fracture.tracking.live"]
WAIT = 30
"""Seconds within which the process has to finish once the training has ended."""


@dataclass
class Live:
    """A process that shows a training; when it fails, there is one warning and no further epoch.

    Attributes:
        process: Reads a line of JSON for each epoch and one for the end.
        errors: Its standard error.
        works: Whether it has not failed yet.
    """

    process: subprocess.Popen[bytes]
    errors: IO[bytes]
    works: bool = True

    @property
    def pipe(self) -> Any:
        """What the process reads from."""
        return self.process.stdin

    def show(self, epoch: int, phase: str, logs: dict[str, float]) -> None:
        """Show an epoch.

        Args:
            epoch: From 1, over both phases.
            phase: Its name, which becomes the number `finetune`, 0 or 1.
            logs: The epoch's losses, scores and times, by name.
        """
        numbers = {name.replace("val_", "validation_"): value for name, value in logs.items()}
        self._send({"epoch": epoch, "numbers": numbers | {"finetune": float(phase == "finetune")}})

    def end(self, status: str) -> None:
        """Say how the training ended, in MLflow's word, and wait for the process to finish."""
        self._send({"status": status})
        self.pipe.close()
        if self.works:
            try:
                if self.process.wait(WAIT):
                    self._give_up()
            except subprocess.TimeoutExpired:
                self._give_up(f"MLflow has not answered for {WAIT} s")

    def _send(self, message: dict[str, Any]) -> None:
        if not self.works:
            return
        try:
            # A line is shorter than PIPE_BUF: it is written as a whole, or not at all.
            if self.pipe.write(json.dumps(message).encode() + b"\n") is None:
                self._give_up("MLflow is too slow")
        except BrokenPipeError:
            self.process.wait()
            self._give_up()

    def _give_up(self, reason: str = "") -> None:
        """Print the reason, or the last line that the process wrote."""
        self.works = False
        self.process.kill()
        self.process.wait()
        self.errors.seek(0)
        lines = self.errors.read().decode(errors="replace").splitlines()
        warn(reason or next(filter(None, reversed(lines)), "its process ended"))


@contextmanager
def live_curves(model: str, seed: int, training: str) -> Iterator[Live | None]:
    """Show what is trained within the block, if the user asks for it with FRACTURE_LIVE=1.

    Args:
        model: A key of `models` in params.yaml.
        seed: Of the training.
        training: A name that stays the same when an interrupted training goes on.
    """
    if os.environ.get(VARIABLE, "0") in {"", "0"}:
        yield None
        return
    with tempfile.TemporaryFile() as errors:
        try:
            process = subprocess.Popen(  # noqa: S603 - a module of this project
                [*COMMAND, model, str(seed), training],
                bufsize=0,
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=errors,
                start_new_session=True,  # Ctrl-C ends the training; the process then marks its run
            )
        except OSError as error:
            warn(str(error))
            yield None
            return
        live, status = Live(process, errors), "FAILED"
        os.set_blocking(live.pipe.fileno(), False)  # a full pipe must not stop the training
        try:
            yield live
            status = "FINISHED"
        except KeyboardInterrupt:
            status = "KILLED"
            raise
        finally:
            live.end(status)


def warn(reason: str) -> None:
    """Say in one line that there are no live curves from here on."""
    with tqdm.external_write_mode(sys.stderr):
        print(f"warning: no live curves, the training goes on: {reason}", file=sys.stderr)
