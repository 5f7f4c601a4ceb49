"""What the process does that decodes and predicts, and that may be killed at any time."""

import io
import json
import logging
import os
import resource
import signal
import sys
import threading
import warnings
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from multiprocessing.connection import Connection
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
from PIL import Image
from tqdm import tqdm

from fracture.console import PipelineError
from fracture.imaging.decode import decode_grey
from fracture.imaging.jpeg import START_OF_JPEG
from fracture.imaging.letterbox import fit, pad
from fracture.inference import Answer, Refusal
from serving.answers import similar_to, studies_of
from serving.app.limits import Limits

READY = b"ready"
SIDE = 1024  # pixels: the longest side of a radiograph that is shown


@dataclass(frozen=True)
class Job:
    """A radiograph to look at.

    Attributes:
        content: Of its file.
        heat: Whether to say where the system sees what it says.
        sized: Whether to tell its size even so.
    """

    content: bytes = field(repr=False)
    heat: bool = False
    sized: bool = False


class Ready(Protocol):
    """What is loaded: `fracture.inference.Predictor`, or what tests put in its place."""

    def predict(self, sources: Sequence[bytes], *, heat: bool = False) -> list[Answer | Refusal]:
        """Return the answer for each radiograph."""
        ...


def work(connection: Connection, load: Callable[[], Ready], limits: Limits) -> None:
    """Load a system, say so, and answer batches of jobs until the connection ends.

    An answer is JSON and, after it, pictures: the process that asks unpickles nothing that this one
    sends, as this one reads files of strangers.

    Args:
        connection: To the process that asks.
        load: Returns the system; imports what it needs.
        limits: Those of the service.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # By itself tqdm locks with a semaphore of the system, which a process that is killed leaves.
    tqdm.set_lock(threading.RLock())
    try:
        predictor = load()
        predictor.predict([drawn()])
        predictor.predict([drawn()], heat=True)
    except PipelineError as error:
        connection.send_bytes(str(error).encode())
        return
    _confine(limits)
    connection.send_bytes(READY)
    while True:
        try:
            jobs: list[Job] = connection.recv()
        except EOFError:
            return
        told, pictures = answered(predictor, jobs)
        connection.send_bytes(json.dumps(told).encode())
        for picture in pictures:
            connection.send_bytes(picture)


def _confine(limits: Limits) -> None:
    """Let nothing of what is read reach the disk or the log, and no picture be too large."""
    Image.MAX_IMAGE_PIXELS = limits.megapixels * 10**6
    for kind in (resource.RLIMIT_FSIZE, resource.RLIMIT_CORE):
        resource.setrlimit(kind, (0, 0))
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    sys.stdout.flush()
    sys.stderr.flush()
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):  # libraries in C write there what they find in a file
        os.dup2(nowhere, stream)


def answered(predictor: Ready, jobs: Sequence[Job]) -> tuple[list[dict[str, Any]], list[bytes]]:
    """Return what is told of each job, and the pictures of those that asked for heat.

    Args:
        predictor: Looks at those that ask for heat together, and at the others together.
        jobs: Any number.
    """
    answers: dict[int, Answer | Refusal] = {}
    for heat in {job.heat for job in jobs}:
        places = [place for place, job in enumerate(jobs) if job.heat == heat]
        contents = [jobs[place].content for place in places]
        answers |= zip(places, predictor.predict(contents, heat=heat), strict=True)
    told, pictures = [], []
    for place, job in enumerate(jobs):
        answer = answers[place]
        if isinstance(answer, Refusal):
            told.append({"refusal": answer.reason})
            continue
        plain = asdict(replace(answer, heat=None, similar=()))
        similar = similar_to(answer, pictures=job.heat)
        said: dict[str, Any] = {"answer": plain | {"similar": similar}}
        said["study"] = studies_of([job.content], [""])[0]
        if job.heat or job.sized:
            grey = decode_grey(job.content, truncated=True, at_least=SIDE)
            said["height"], said["width"] = upright_size(job.content, grey)
            if job.heat:
                shown = fit(grey, min(SIDE, max(grey.shape)))
                pictures += [jpeg(pad(shown, max(shown.shape))), b""]
                said["shown"] = ""
            if answer.heat is not None:
                pictures[-1] = png(answer.heat.heat)
                said["shown"] = answer.heat.shown
        told.append(said)
    return told, pictures


def upright_size(content: bytes, grey: npt.NDArray[np.uint8]) -> tuple[int, int]:
    """Return height and width of an upright radiograph.

    Args:
        content: Of its file.
        grey: Its pixels; those of a JPEG perhaps at a fraction of both sides.
    """
    factor = 1
    if content.startswith(START_OF_JPEG):
        with suppress(OSError), Image.open(io.BytesIO(content)) as image:
            factor = max(image.size) // max(grey.shape)
    return grey.shape[0] * factor, grey.shape[1] * factor


def jpeg(grey: npt.NDArray[np.uint8]) -> bytes:
    """Return a picture, uint8 (height, width), as a JPEG file."""
    return _saved(grey, "JPEG", quality=90)


def png(shares: npt.NDArray[np.float32]) -> bytes:
    """Return shares of 0 to 1, float32 (height, width), as a grey PNG file."""
    return _saved(np.asarray(np.round(255 * np.clip(shares, 0, 1)), np.uint8), "PNG")


def drawn() -> bytes:
    """Return a picture that any system admits, with which it is warmed up."""
    levels = np.random.default_rng(0).integers(0, 256, (256, 256), np.uint8)
    return _saved(np.asarray(levels, np.uint8), "PNG")


def _saved(grey: npt.NDArray[np.uint8], kind: str, **options: int) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(grey).save(stream, kind, **options)
    return stream.getvalue()
