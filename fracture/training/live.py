"""Live curves: each finished epoch is told to a process of its own, which shows it in MLflow.

That process is a command of the track stage. So MLflow's imports, locks, waits and random numbers
(it draws from Python's generator, as Keras does for the order of batches) never touch a training.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tqdm import tqdm

VARIABLE = "FRACTURE_LIVE"
COMMAND = [sys.executable, "-m", "fracture.tracking.live"]
WAIT = 30
"""Seconds that the process is granted to finish once the training has ended."""


class Live:
    """A process that shows a training; the first time that it fails is told, and is the last."""

    def __init__(self, *arguments: str) -> None:
        """Start the process.

        Args:
            *arguments: Of the command: the model, the seed, the training's name.
        """
        source, self.pipe = os.pipe()
        os.set_blocking(self.pipe, False)
        self.errors = tempfile.TemporaryFile()  # noqa: SIM115 - `end` closes it
        try:
            self.process = subprocess.Popen(  # noqa: S603 - of this project
                [*COMMAND, *arguments],
                stdin=source,
                stdout=subprocess.DEVNULL,
                stderr=self.errors,
                start_new_session=True,  # Ctrl-C ends the training; the process then marks its run
            )
        except OSError:
            os.close(self.pipe)
            self.errors.close()
            raise
        finally:
            os.close(source)
        self.works = True

    def show(self, phase: str, epoch: int, logs: dict[str, float]) -> None:
        """Tell of an epoch, counted from 1 in its phase, and what Keras has logged of it."""
        numbers = {name.replace("val_", "validation_"): value for name, value in logs.items()}
        self._tell({"phase": phase, "epoch": epoch, "numbers": numbers})

    def end(self, status: str) -> None:
        """Tell how the training ended, in MLflow's word, and wait for the process to finish."""
        self._tell({"status": status})
        os.close(self.pipe)
        if self.works:
            try:
                self.process.wait(WAIT)
            except subprocess.TimeoutExpired:
                self._give_up(f"MLflow has not answered for {WAIT} s")
        if self.works and self.process.returncode:
            self._give_up()
        self.errors.close()

    def _tell(self, message: dict[str, Any]) -> None:
        if not self.works:
            return
        try:
            os.write(self.pipe, json.dumps(message).encode() + b"\n")
        except BlockingIOError:  # the pipe is full
            self._give_up("MLflow is too slow")
        except BrokenPipeError:
            self.process.wait()
            self._give_up()

    def _give_up(self, reason: str = "") -> None:
        """Say why, or what the process said last."""
        self.works = False
        self.process.kill()
        self.process.wait()
        self.errors.seek(0)
        said = self.errors.read().decode(errors="replace").splitlines()
        warn(reason or next(filter(None, reversed(said)), "its process ended"))


@contextmanager
def shown(model: str, seed: int, training: str) -> Iterator[Live | None]:
    """Show what is trained within the block, if the user asks for it with FRACTURE_LIVE=1.

    Args:
        model: A key of `models` in params.yaml.
        seed: Of the training.
        training: A name that this training, if it was interrupted, had before.
    """
    if os.environ.get(VARIABLE, "0") in {"", "0"}:
        yield None
        return
    try:
        live = Live(model, str(seed), training)
    except OSError as error:
        warn(str(error))
        yield None
        return
    status = "FAILED"
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
