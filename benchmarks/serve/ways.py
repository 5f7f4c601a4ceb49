"""Ways to answer within one process: each loads, then answers one radiograph, then 32 together."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from benchmarks.machine import peak_memory
from fracture.artifacts import bundle as bundles
from fracture.artifacts import network as networks
from fracture.imaging.variant import View, see

TOGETHER = 32
WARM = 3
Images = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Cost:
    """What a way costs.

    Attributes:
        start: Processor seconds until it can answer, imports among them.
        memory: Peak of its processes, MiB.
        alone: Seconds of each radiograph by itself.
        together: Radiographs a second, `TOGETHER` at once.
        processor: Processor milliseconds of each of those.
    """

    start: float
    memory: int
    alone: Sequence[float]
    together: float
    processor: float


def time_answers(
    answer: Callable[[Sequence[Any]], Any],
    sources: Sequence[Any],
    count: int,
    processor: Callable[[], float] = process_time,
) -> tuple[list[float], float, float]:
    """Return seconds of each radiograph alone, then a second's radiographs and processor time.

    Args:
        answer: Answers several radiographs.
        sources: Radiographs, at least one; they are gone through again and again.
        count: How many are answered alone; of batches a tenth of it.
        processor: Seconds that have been spent.
    """
    one, batches = cycle(sources), max(2, count // 10)
    for _ in range(WARM):
        answer([next(one)])
    alone = []
    for _ in range(count):
        began = perf_counter()
        answer([next(one)])
        alone.append(perf_counter() - began)
    batch = list(islice(cycle(sources), TOGETHER))
    answer(batch)
    began, spent = perf_counter(), processor()
    for _ in range(batches):
        answer(batch)
    answered = batches * TOGETHER
    seconds, spent = perf_counter() - began, processor() - spent
    return alone, answered / seconds, 1000 * spent / answered


def bare(folder: Path, contents: Sequence[bytes], count: int, runtime: str) -> Cost:
    """Return the cost of `predict` of Keras, or of ONNX Runtime, on decoded arrays.

    With the mirror image where the bundle asks for it.

    Args:
        folder: Of a bundle of one network.
        contents: Files of radiographs.
        count: See `time_answers`.
        runtime: `keras` or `onnx`.
    """
    (name, network), *_ = bundles.read(folder).networks.items()
    images = _decode(folder, contents)
    began, of = process_time(), bundles.network_path(folder, name)
    run = _keras(of) if runtime == "keras" else _onnx(of)
    run(np.stack(images[:1]))
    start = process_time() - began

    def answer(chosen: Sequence[Any]) -> None:
        batch = np.stack(chosen)
        for each in (batch, batch[:, :, ::-1]) if network.mirror else (batch,):
            run(np.ascontiguousarray(each))

    alone, together, processor = time_answers(answer, images, count)
    return Cost(start, peak_memory(), alone, together, processor)


def by_hand(folder: Path, contents: Sequence[bytes], count: int) -> Cost:
    """Return the cost of what one would write oneself: OpenCV decodes and scales, ONNX Runtime.

    Without a check of the file, the orientation, calibration, a note or a reply; with the mirror
    image where the bundle asks for it.

    Args:
        folder: Of a bundle of one network without steps.
        contents: Files of radiographs that OpenCV reads.
        count: See `time_answers`.
    """
    began = process_time()
    (name, network), *_ = bundles.read(folder).networks.items()
    run, size = _onnx(bundles.network_path(folder, name)), network.size

    def scaled(content: bytes) -> Images:
        grey = np.asarray(cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_GRAYSCALE))
        scale = size / max(grey.shape)
        height, width = (max(1, round(scale * side)) for side in grey.shape)
        small = cv2.resize(grey, (width, height), interpolation=cv2.INTER_AREA)
        square = np.zeros((size, size, 1), np.uint8)
        top, left = (size - height) // 2, (size - width) // 2
        square[top : top + height, left : left + width, 0] = small
        return square

    def answer(chosen: Sequence[bytes]) -> None:
        batch = np.stack([scaled(content) for content in chosen])
        for each in (batch, batch[:, :, ::-1]) if network.mirror else (batch,):
            run(np.ascontiguousarray(each))

    answer(contents[:1])
    start = process_time() - began
    return Cost(start, peak_memory(), *time_answers(answer, contents, count))


def _keras(folder: Path) -> Callable[[Images], Any]:
    from fracture.device import load_keras  # noqa: PLC0415 - what is timed

    load_keras("auto")
    network = networks.read(folder)
    return lambda images: network.predict(images, batch_size=TOGETHER, verbose=0)


def _onnx(folder: Path) -> Callable[[Images], Any]:
    import onnxruntime  # noqa: PLC0415 - what is timed

    session = onnxruntime.InferenceSession(networks.onnx_path(folder))
    (given,) = session.get_inputs()
    return lambda images: session.run(None, {given.name: images})


def ours(
    folder: Path, contents: Sequence[bytes], count: int, runtime: Any, *, decoded: bool
) -> Cost:
    """Return the cost of the predictor.

    Args:
        folder: Of a bundle of one network.
        contents: Files of radiographs.
        count: See `time_answers`.
        runtime: `keras` or `onnx`.
        decoded: Whether it gets arrays, not files.
    """
    images = _decode(folder, contents) if decoded else []
    began = process_time()
    from fracture.inference import Predictor  # noqa: PLC0415 - what is timed

    predictor = Predictor.load(folder, runtime)
    predictor.predict(contents[:1])
    start = process_time() - began

    def look(chosen: Sequence[Images]) -> None:
        predictor.answer(predictor.networks.predict([image] for image in chosen))

    if decoded:
        told = time_answers(look, images, count)
    else:
        told = time_answers(predictor.predict, contents, count)
    return Cost(start, peak_memory(), *told)


def _decode(folder: Path, contents: Sequence[bytes]) -> list[Images]:
    (network,) = bundles.read(folder).networks.values()
    view = View(network.size, network.steps)
    return [see(content, [view], 0)[0] for content in contents]
